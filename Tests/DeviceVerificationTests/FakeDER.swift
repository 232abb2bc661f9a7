import Crypto
import Wire

/// As much DER as a fake NVIDIA writes. Shares no code with the reader.
enum FakeDER {
    static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }
    static func context(_ number: UInt8, _ content: [UInt8]) -> [UInt8] { element(0xA0 | number, content) }
    static func octets(_ content: [UInt8]) -> [UInt8] { element(0x04, content) }
    static func identifier(_ content: [UInt8]) -> [UInt8] { element(0x06, content) }
    static func bits(_ content: [UInt8]) -> [UInt8] { element(0x03, [0] + content) }
    static func utf8(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }
    static let yes = element(0x01, [0xFF])

    static func integer(_ octets: [UInt8]) -> [UInt8] {
        element(0x02, (octets.first ?? 0) >= 0x80 ? [0] + octets : octets)
    }

    static func time(_ instant: Instant) -> [UInt8] {
        element(0x18, Array(instant.description.utf8.filter { (0x30...0x39).contains($0) }) + [0x5A])
    }

    static func name(_ commonName: String) -> [UInt8] {
        sequence(
            element(0x31, sequence(identifier([0x55, 4, 3]), utf8(commonName))),
            element(0x31, sequence(identifier([0x55, 4, 10]), utf8("SIMULATED"))))
    }

    static func extended(_ id: [UInt8], critical: Bool = false, _ value: [UInt8]) -> [UInt8] {
        sequence(identifier(id), critical ? yes : [], octets(value))
    }

    static let sha384WithECDSA = sequence(identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 3]))
    static let sha256WithECDSA = sequence(identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2]))
    static let sha384 = identifier([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2])
}

/// A key by its name: the same name, the same key.
struct FakeKey: Sendable {
    let label: String

    init(_ label: String) { self.label = label }

    func privateKey() throws -> P384.Signing.PrivateKey {
        try P384.Signing.PrivateKey(rawRepresentation: Array(SHA384.hash(data: Array("key \(label)".utf8))))
    }

    /// 04 ‖ x ‖ y.
    func point() throws -> [UInt8] { Array(try privateKey().publicKey.x963Representation) }

    func info() throws -> [UInt8] {
        FakeDER.sequence(
            FakeDER.sequence(
                FakeDER.identifier([0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]), FakeDER.identifier([0x2B, 0x81, 4, 0, 0x22])),
            FakeDER.bits(try point()))
    }

    func keyIdentifier() throws -> [UInt8] { Array(Insecure.SHA1.hash(data: try point())) }

    func sign(_ message: [UInt8], withSHA256: Bool = false) throws -> P384.Signing.ECDSASignature {
        withSHA256
            ? try privateKey().signature(for: SHA256.hash(data: message))
            : try privateKey().signature(for: SHA384.hash(data: message))
    }
}
