import DCAPFormats
public import Wire

/// RFC 7638 SHA-256 thumbprints of keys that callers name by their SubjectPublicKeyInfo or as a JWK.
public enum KeyThumbprint {
    /// SubjectPublicKeyInfo up to the point, for P-256: AlgorithmIdentifier and BIT STRING are always these.
    private static let p256Prefix = Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []
    private static let ed25519Prefix = Hex.decode("302a300506032b6570032100") ?? []

    /// - Parameter key: The DER of a SubjectPublicKeyInfo.
    /// - Returns: `nil` for any key but an uncompressed P-256 or an Ed25519 one; such a key is bound all the same, but a
    ///   token does not confirm it.
    public static func ofSubjectPublicKeyInfo(_ key: [UInt8]) -> FixedBytes<32>? {
        if key.starts(with: p256Prefix), key.count == p256Prefix.count + 65, key[p256Prefix.count] == 4 {
            let point = key[(p256Prefix.count + 1)...]
            return hash([
                ("crv", "P-256"), ("kty", "EC"), ("x", Base64URL.encode(point.prefix(32))),
                ("y", Base64URL.encode(point.suffix(32))),
            ])
        }
        if key.starts(with: ed25519Prefix), key.count == ed25519Prefix.count + 32 {
            return hash([("crv", "Ed25519"), ("kty", "OKP"), ("x", Base64URL.encode(key.suffix(32)))])
        }
        return nil
    }

    /// - Parameter key: A JWK with a public key; what else stands in it does not count (RFC 7638 3.2).
    /// - Returns: `nil` for what is no EC, RSA or OKP key.
    public static func ofWebKey(_ key: JSONValue) -> FixedBytes<32>? {
        let names: [StaticString]
        switch key.member("kty")?.string {
        case "EC": names = ["crv", "kty", "x", "y"]
        case "RSA": names = ["e", "kty", "n"]
        case "OKP": names = ["crv", "kty", "x"]
        default: return nil
        }
        var members: [(String, String)] = []
        for name in names {
            guard let value = key.member(name)?.string, !value.isEmpty else { return nil }
            members.append(("\(name)", value))
        }
        return hash(members)
    }

    /// - Parameter members: The required ones, in the order of their names.
    private static func hash(_ members: [(String, String)]) -> FixedBytes<32> {
        let text = JSON.object(members.map { ($0.0, .string($0.1)) }).canonicalBytes
        return FixedBytes(sha256: text[...])
    }
}
