import Crypto

/// A P-256 key pair made from a seed. Its private half is no secret: anyone with the seed has it.
package struct SimulatedKey: Hashable, Sendable {
    let scalar: [UInt8]
    /// x ‖ y, 64 bytes big-endian.
    package let publicKey: [UInt8]

    /// - Parameters:
    ///   - seed: The world the key belongs to.
    ///   - label: What the key is for; two labels give two unrelated keys.
    init(seed: String, label: String) throws {
        try self.init(scalar: DeterministicSigner.scalar(from: SeededBytes.digest(seed, label)))
    }

    /// - Parameter scalar: 32 bytes big-endian within 1 ..< order.
    init(scalar: [UInt8]) throws {
        self.scalar = scalar
        publicKey = Array(try P256.Signing.PrivateKey(rawRepresentation: scalar).publicKey.rawRepresentation)
    }

    /// r ‖ s over SHA-256 of `message`, 64 bytes.
    func sign(_ message: [UInt8]) throws -> [UInt8] {
        try DeterministicSigner.sign(digest: Array(SHA256.hash(data: message)), scalar: scalar)
    }

    /// r ‖ s over SHA-384 of `message`: what no Intel key does.
    func signSHA384(_ message: [UInt8]) throws -> [UInt8] {
        try DeterministicSigner.sign(digest: Array(SHA384.hash(data: message)), scalar: scalar)
    }

    /// SHA-1 of the uncompressed point, the subject key identifier of RFC 5280 4.2.1.2 (1), 20 bytes.
    var identifier: [UInt8] { Array(Insecure.SHA1.hash(data: [4] + publicKey)) }
}

/// Bytes that look random and follow from the seed.
enum SeededBytes {
    /// SHA-256 of seed, a zero byte (so that no seed and label run into one another) and label.
    static func digest(_ seed: String, _ label: String) -> [UInt8] {
        Array(SHA256.hash(data: Array(seed.utf8) + [0] + Array(label.utf8)))
    }

    static func make(_ seed: String, _ label: String, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var block = 0
        while bytes.count < count {
            bytes += digest(seed, "\(label)/\(block)")
            block += 1
        }
        return Array(bytes.prefix(count))
    }
}
