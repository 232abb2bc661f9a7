import Crypto
import CryptoExtras
import KeyCustody
import Testing
import Wire

/// Signatures of OpenSSL, checked by swift-crypto with what the key set publishes.
@Suite("Signing keys")
struct SigningKeyTests {
    private static let message = Array("header.payload".utf8)

    private static func bytes(_ key: JSON, _ name: String) throws -> [UInt8] {
        guard case .string(let text)? = key[name] else { throw KeyError.unreadable(name) }
        return try #require(Base64URL.decode(Array(text.utf8)[...]))
    }

    @Test("ES256 and EdDSA verify under the published key, and over nothing else", arguments: [KeyKind.p256, .ed25519])
    func elliptic(_ kind: KeyKind) throws {
        let key = try SigningKey.generate(kind)
        let signature = try key.sign(Self.message, with: kind.algorithms[0])
        #expect(signature.count == 64)
        let webKey = key.publicKey.webKey
        func verifies(_ message: [UInt8]) throws -> Bool {
            switch kind {
            case .p256:
                return try P256.Signing.PublicKey(
                    rawRepresentation: try Self.bytes(webKey, "x") + Self.bytes(webKey, "y")
                ).isValidSignature(P256.Signing.ECDSASignature(rawRepresentation: signature), for: message)
            default:
                return try Curve25519.Signing.PublicKey(rawRepresentation: try Self.bytes(webKey, "x"))
                    .isValidSignature(signature, for: message)
            }
        }
        #expect(try verifies(Self.message))
        #expect(try !verifies(Self.message + [0]))
    }

    @Test("RS256, RS384 and PS384 verify under the published key, each with its own padding and digest")
    func rsa() throws {
        let key = try SigningKey.generate(.rsa)
        let published = try _RSA.Signing.PublicKey(
            n: try Self.bytes(key.publicKey.webKey, "n"), e: try Self.bytes(key.publicKey.webKey, "e"))
        func signature(_ algorithm: SignatureAlgorithm) throws -> _RSA.Signing.RSASignature {
            _RSA.Signing.RSASignature(rawRepresentation: try key.sign(Self.message, with: algorithm))
        }
        let sha256 = SHA256.hash(data: Self.message)
        let sha384 = SHA384.hash(data: Self.message)
        #expect(published.isValidSignature(try signature(.rs256), for: sha256, padding: .insecurePKCS1v1_5))
        #expect(published.isValidSignature(try signature(.rs384), for: sha384, padding: .insecurePKCS1v1_5))
        #expect(published.isValidSignature(try signature(.ps384), for: sha384, padding: .PSS))
        #expect(!published.isValidSignature(try signature(.ps384), for: sha384, padding: .insecurePKCS1v1_5))
        #expect(!published.isValidSignature(try signature(.rs256), for: sha384, padding: .insecurePKCS1v1_5))
    }

    @Test("A key signs with no algorithm but its own", arguments: [KeyKind.p256, .ed25519])
    func otherAlgorithms(_ kind: KeyKind) throws {
        let key = try SigningKey.generate(kind)
        for algorithm in SignatureAlgorithm.allCases where !kind.algorithms.contains(algorithm) {
            #expect(throws: KeyError.unsupportedAlgorithm(algorithm, kind)) { try key.sign([1], with: algorithm) }
        }
    }

    @Test(
        "kid is the RFC 7638 thumbprint: SHA-256 over the required members in their order", arguments: KeyKind.allCases)
    func thumbprint(_ kind: KeyKind) throws {
        let published = try SigningKey.generate(kind).publicKey
        func text(_ name: String) -> String { if case .string(let text)? = published.webKey[name] { text } else { "" } }
        let members =
            switch kind {
            case .p256: #"{"crv":"P-256","kty":"EC","x":"\#(text("x"))","y":"\#(text("y"))"}"#
            case .rsa: #"{"e":"\#(text("e"))","kty":"RSA","n":"\#(text("n"))"}"#
            case .ed25519: #"{"crv":"Ed25519","kty":"OKP","x":"\#(text("x"))"}"#
            }
        #expect(published.keyIdentifier == Base64URL.encode(Array(SHA256.hash(data: Array(members.utf8)))))
        #expect(text("kid") == published.keyIdentifier)
        #expect(text("use") == "sig")
        #expect(published.webKey["d"] == nil)
    }

    @Test("Keys that are not used here are refused by what they are")
    func otherKeys() throws {
        let p384 = Array(P384.Signing.PrivateKey().pemRepresentation.utf8)
        #expect(throws: KeyError.unsupportedKind("an EC key on another curve than P-256")) {
            try SigningKey(pem: p384, passphrase: nil)
        }
        for text in ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
            let error = #expect(throws: KeyError.self) { try SigningKey(pem: Array(text.utf8), passphrase: nil) }
            guard case .unreadable? = error else {
                Issue.record("\(text): \(String(describing: error))")
                continue
            }
        }
    }

    @Test("Many threads sign with one key")
    func concurrent() async throws {
        let key = try SigningKey.generate(.p256)
        let signatures = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<200 { group.addTask { try key.sign(Self.message, with: .es256) } }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(signatures.count == 200)
    }
}
