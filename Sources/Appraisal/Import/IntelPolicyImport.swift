public import Crypto
import DCAPFormats
import Wire
import Words

/// Intel's appraisal policies as policies of ours (dcap 6.1 to 6.6). What Intel's own implementation forgets to enforce is
/// enforced here; a member that has no counterpart is refused, never ignored. Measurements are turned round: theirs are
/// printed as big integers, ours as the bytes lie.
public enum IntelPolicyImport {
    /// - Parameters:
    ///   - bytes: A JWT, or its payload.
    ///   - id: The id that the policy gets here.
    ///   - key: Who must have signed the JWT. A JWT without a key to check it against is refused.
    /// - Returns: a document of ours; its identity is the hash of these bytes.
    public static func document(
        importing bytes: [UInt8], id: String, signedBy key: P384.Signing.PublicKey?
    ) throws(PolicyError) -> [UInt8] {
        let text = bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let payload = text.first == 0x7B ? bytes : try SignedPolicy.payload(text, key)
        var translation = IntelTranslation()
        for entry in try entries(payload) { try translation.add(entry) }
        let document = Array((translation.document(id: id).prettyText + "\n").utf8)
        _ = try Policy(handedIn: document)
        return document
    }

    /// As above, with the key as PEM (SubjectPublicKeyInfo, P-384).
    public static func document(
        importing bytes: [UInt8], id: String, signedByPEM text: String
    ) throws(PolicyError) -> [UInt8] {
        guard let key = try? P384.Signing.PublicKey(pemRepresentation: text) else {
            throw PolicyError(
                .invalid, "key", at: nil, found: "bytes that are no such key",
                wanted: Phrase("one P-384 public key in PEM", "一个 PEM 格式的 P-384 公钥"))
        }
        return try document(importing: bytes, id: id, signedBy: key)
    }

    private static func parse(_ bytes: [UInt8]) throws(PolicyError) -> JSONValue {
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes, limit: Limits.policyBytes).root
        } catch {
            throw PolicyError(error)
        }
    }

    /// The payload's `policy_payload` is a text that holds the array; the array may also come by itself.
    private static func entries(_ payload: [UInt8]) throws(PolicyError) -> [JSONValue] {
        var root = try parse(payload)
        if let inner = root.member("policy_payload") {
            guard let text = inner.string else {
                throw PolicyError(inner, wanted: Phrase("a string of JSON", "JSON 字符串"))
            }
            root = try parse(Array(text.utf8))
        }
        let reader = try MemberReader(root, members: ["policy_array"])
        guard let entries = try reader.list("policy_array", atMost: 16) else {
            throw reader.missing("policy_array", Phrase("an array of policies", "策略数组"))
        }
        return entries
    }
}

/// The JWT around a policy: ES384, and only under the key that was named. The key in its header is no proof of anything.
private enum SignedPolicy {
    static func payload(_ token: [UInt8], _ key: P384.Signing.PublicKey?) throws(PolicyError)
        -> [UInt8]
    {
        func failure(_ found: String, _ english: String, _ chinese: String) -> PolicyError {
            PolicyError(.invalid, "jwt", at: nil, found: found, wanted: Phrase(english, chinese))
        }
        let parts = token.split(separator: 0x2E, omittingEmptySubsequences: false)
        guard parts.count == 3, let header = decode(parts[0]), let payload = decode(parts[1]),
            let signature = decode(parts[2])
        else {
            throw failure(
                "\(parts.count) parts", "a JWT of three base64url parts, or JSON",
                "三段 base64url 的 JWT，或 JSON")
        }
        guard let document = try? JSONDocument(parsing: header, limit: Limits.policyBytes),
            document.root.member("alg")?.string == "ES384"
        else { throw failure("another algorithm", "alg ES384", "alg 为 ES384") }
        guard let key else {
            throw failure(
                "a signed policy", "the key of who must have signed it (--key)", "指定签名者的公钥（--key）")
        }
        guard let parsed = try? P384.Signing.ECDSASignature(rawRepresentation: signature),
            key.isValidSignature(parsed, for: Array(parts[0]) + [0x2E] + Array(parts[1]))
        else {
            throw failure("a signature that does not verify", "a signature by the named key", "由指定公钥签名")
        }
        return payload
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let standard = text.map { $0 == 0x2D ? 0x2B : $0 == 0x5F ? 0x2F : $0 }
        let padding = [UInt8](repeating: 0x3D, count: (4 - standard.count % 4) % 4)
        return Base64.decode((standard + padding)[...])
    }
}
