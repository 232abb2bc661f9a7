import Crypto
import Wire

/// RFC 7638 thumbprints of keys that callers name by their SubjectPublicKeyInfo.
enum KeyThumbprint {
    /// SubjectPublicKeyInfo up to the point, for P-256: AlgorithmIdentifier and BIT STRING are always these.
    private static let p256Prefix = Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []
    private static let ed25519Prefix = Hex.decode("302a300506032b6570032100") ?? []

    /// - Returns: `nil` for any key but an uncompressed P-256 or an Ed25519 one; such a key is bound all the same, but a
    ///   token does not confirm it.
    static func ofSubjectPublicKeyInfo(_ key: [UInt8]) -> [UInt8]? {
        func base64url(_ bytes: ArraySlice<UInt8>) -> String { Base64URL.encode(bytes) }
        let members: String
        if key.starts(with: p256Prefix), key.count == p256Prefix.count + 65, key[p256Prefix.count] == 4 {
            let point = key[(p256Prefix.count + 1)...]
            members =
                #"{"crv":"P-256","kty":"EC","x":"\#(base64url(point.prefix(32)))","y":"\#(base64url(point.suffix(32)))"}"#
        } else if key.starts(with: ed25519Prefix), key.count == ed25519Prefix.count + 32 {
            members = #"{"crv":"Ed25519","kty":"OKP","x":"\#(base64url(key.suffix(32)))"}"#
        } else {
            return nil
        }
        return Array(SHA256.hash(data: Array(members.utf8)))
    }
}
