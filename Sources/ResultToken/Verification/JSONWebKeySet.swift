import Crypto
import CryptoExtras
import Wire

/// Public keys to verify tokens with (RFC 7517). Each key has one set of algorithms; a header cannot choose another.
public struct JSONWebKeySet: Sendable {
    struct Key: Sendable {
        enum Material: Sendable {
            case p256(P256.Signing.PublicKey)
            case ed25519(Curve25519.Signing.PublicKey)
            case rsa(_RSA.Signing.PublicKey)
        }

        let identifier: String?
        let material: Material
        /// From the member `alg`; `nil` where the key does not say.
        let algorithm: String?
    }

    let keys: [Key]
    /// As published, with those of kinds that are not used here.
    private let count: Int

    public struct Defect: Error, Hashable, Sendable {
        public let sentence: String
    }

    /// - Parameter bytes: A key set, or one key. Keys of kinds that are not used here are passed over.
    public init(parsing bytes: [UInt8]) throws(Defect) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes).root
        } catch {
            throw Defect(sentence: "not JSON: \(error.reason.rawValue), at byte \(error.offset)")
        }
        let published = root.member("keys").map { Array($0.elements) } ?? [root]
        count = published.count
        keys = published.compactMap { Key($0) }
        guard !keys.isEmpty else { throw Defect(sentence: "no P-256, Ed25519 or RSA key in it") }
    }

    /// The key that a header means: one that is named and of the algorithm; without a name it can only be the one there is.
    ///
    /// - Parameter identifier: The member `kid`.
    /// - Returns: No key, or one.
    func candidates(_ identifier: JSONValue?, _ algorithm: String) -> [Key] {
        let named: [Key]
        if let identifier {
            guard let text = identifier.string else { return [] }
            named = keys.filter { $0.identifier.hasSameBytes(as: text) }
        } else {
            named = count == 1 ? keys : []
        }
        let fitting = named.filter { $0.allows(algorithm) }
        return fitting.count == 1 ? fitting : []
    }
}

extension JSONWebKeySet.Key {
    init?(_ value: JSONValue) {
        func text(_ name: StaticString) -> String? { value.member(name)?.string }
        func bytes(_ name: StaticString) -> [UInt8]? {
            value.member(name)?.plainString.flatMap { Base64URL.decode($0) }
        }
        guard text("use").map({ $0 == "sig" }) ?? true else { return nil }
        switch (text("kty"), text("crv")) {
        case ("EC", "P-256"):
            guard let x = bytes("x"), let y = bytes("y"), x.count == 32, y.count == 32,
                let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
            else { return nil }
            material = .p256(key)
        case ("OKP", "Ed25519"):
            guard let x = bytes("x"), let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
                return nil
            }
            material = .ed25519(key)
        case ("RSA", _):
            guard let n = bytes("n"), let e = bytes("e"), n.count >= 256,
                let key = try? _RSA.Signing.PublicKey(n: n, e: e)
            else { return nil }
            material = .rsa(key)
        default: return nil
        }
        identifier = text("kid")
        algorithm = text("alg")
    }

    /// Whether `algorithm`, from a header nobody has verified, is one this key signs with.
    func allows(_ algorithm: String) -> Bool {
        // A key that is published for one algorithm verifies no other (RFC 8725 3.1).
        guard self.algorithm.map({ $0.hasSameBytes(as: algorithm) }) ?? true else { return false }
        return switch material {
        case .p256: algorithm == "ES256"
        case .ed25519: algorithm == "EdDSA"
        case .rsa: ["RS256", "RS384", "PS384"].contains(algorithm)
        }
    }

    func verifies(_ signature: [UInt8], over input: [UInt8], with algorithm: String) -> Bool {
        guard allows(algorithm) else { return false }
        switch material {
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: input)
        case .ed25519(let key): return key.isValidSignature(signature, for: input)
        case .rsa(let key):
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return switch algorithm {
            case "RS256":
                key.isValidSignature(signature, for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
            case "RS384":
                key.isValidSignature(signature, for: SHA384.hash(data: input), padding: .insecurePKCS1v1_5)
            default: key.isValidSignature(signature, for: SHA384.hash(data: input), padding: .PSS)
            }
        }
    }
}
