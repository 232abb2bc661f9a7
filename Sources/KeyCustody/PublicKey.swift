import COpenSSL
public import Wire

/// The half that everybody may have.
public struct PublicKey: Hashable, Sendable {
    public let kind: KeyKind
    /// RFC 7638 SHA-256 thumbprint in base64url: the `kid` of tokens.
    public let keyIdentifier: String
    /// The members that RFC 7638 hashes: `crv`, `kty`, `x`, `y`; or `e`, `kty`, `n`.
    let required: [String: String]

    init(_ key: OpaquePointer) throws(KeyError) {
        if EVP_PKEY_is_a(key, "EC") == 1 {
            // Not by parameter: of a key in a token, OpenSSL gives the point compressed.
            let info = try Self.subjectPublicKeyInfo(key)
            guard info.count == 91, info.starts(with: Self.p256Prefix) else {
                throw .unsupportedKind("an EC key on another curve than P-256")
            }
            kind = .p256
            required = [
                "kty": "EC", "crv": "P-256", "x": Base64URL.encode(info[27..<59]), "y": Base64URL.encode(info[59...]),
            ]
        } else if EVP_PKEY_is_a(key, "RSA") == 1 {
            guard (2_048...4_096).contains(EVP_PKEY_get_bits(key)) else {
                throw .unsupportedKind("an RSA key of fewer than 2,048 or more than 4,096 bits")
            }
            kind = .rsa
            required = [
                "kty": "RSA", "n": Base64URL.encode(try Self.number(key, OSSL_PKEY_PARAM_RSA_N)),
                "e": Base64URL.encode(try Self.number(key, OSSL_PKEY_PARAM_RSA_E)),
            ]
        } else if EVP_PKEY_is_a(key, "ED25519") == 1 {
            var count = 32
            let raw = [UInt8](unsafeUninitializedCapacity: 32) { buffer, written in
                written = EVP_PKEY_get_raw_public_key(key, buffer.baseAddress, &count) == 1 ? count : 0
            }
            guard raw.count == 32 else { throw .unreadable(OpenSSLFailure.text) }
            kind = .ed25519
            required = ["kty": "OKP", "crv": "Ed25519", "x": Base64URL.encode(raw)]
        } else {
            throw .unsupportedKind("a key that is neither P-256 nor RSA nor Ed25519")
        }
        let thumbprinted = JSON.object(required.map { ($0.key, .string($0.value)) }).canonicalBytes
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_Digest(thumbprinted, thumbprinted.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            throw .signing(OpenSSLFailure.text)
        }
        keyIdentifier = Base64URL.encode(digest)
    }

    /// The key as a JSON Web Key (RFC 7517), for the first algorithm of its kind.
    public var webKey: JSON { webKey(for: kind.algorithms[0]) }

    /// - Parameter algorithm: The one that the key signs with. Strict readers verify no other with it (RFC 8725 3.1).
    public func webKey(for algorithm: SignatureAlgorithm) -> JSON {
        .object(
            ["kty", "crv", "x", "y", "n", "e"].compactMap { name in required[name].map { (name, .string($0)) } } + [
                ("use", .string("sig")), ("alg", .string(algorithm.rawValue)), ("kid", .string(keyIdentifier)),
            ])
    }

    /// The 32 bytes of an Ed25519 key; `nil` for any other kind.
    public var ed25519: FixedBytes<32>? {
        guard kind == .ed25519, let x = required["x"] else { return nil }
        return Base64URL.decode(Array(x.utf8)[...]).flatMap { FixedBytes(exactly: $0) }
    }

    /// SubjectPublicKeyInfo of P-256 up to x: AlgorithmIdentifier, and a BIT STRING with an uncompressed point.
    private static let p256Prefix = Hex.decode("3059301306072a8648ce3d020106082a8648ce3d03010703420004") ?? []

    private static func subjectPublicKeyInfo(_ key: OpaquePointer) throws(KeyError) -> [UInt8] {
        let count = i2d_PUBKEY(key, nil)
        guard (1...1_024).contains(count) else { throw .unreadable(OpenSSLFailure.text) }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, written in
            var output = buffer.baseAddress
            written = max(0, Int(i2d_PUBKEY(key, &output)))
        }
    }

    private static func number(_ key: OpaquePointer, _ name: String) throws(KeyError) -> [UInt8] {
        var number: OpaquePointer?
        guard EVP_PKEY_get_bn_param(key, name, &number) == 1, let number else {
            throw .unreadable(OpenSSLFailure.text)
        }
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(number)) + 7) / 8)
        BN_bn2bin(number, &bytes)
        return bytes
    }
}
