public import Wire

/// The build and the rules that judged: what `verifier_sha256` of a verdict names.
public struct VerifierIdentity: Hashable, Sendable {
    public let name: String
    public let version: String
    public let binarySHA256: MerkleHash
    /// Raised by any change that can alter an outcome for identical inputs (V-6).
    public let ruleset: Int64
    /// The canonical object.
    public let document: [UInt8]
    /// Of `document`: every verdict names it.
    public let sha256: MerkleHash

    public init(name: String, version: String, binarySHA256: MerkleHash, ruleset: Int64) {
        self.name = name
        self.version = version
        self.binarySHA256 = binarySHA256
        self.ruleset = ruleset
        document =
            JSON.object([
                ("binary_sha256", .string(binarySHA256.hex)), ("name", .string(name)), ("ruleset", .integer(ruleset)),
                ("version", .string(version)),
            ]).canonicalBytes
        sha256 = MerkleHashing.sha256(document)
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        self.init(
            name: try reader.required("verifier_name", MemberValue.string),
            version: try reader.required("verifier_version", MemberValue.string),
            binarySHA256: try reader.required("verifier_binary_sha256", MemberValue.hash),
            ruleset: try reader.required("verifier_ruleset", MemberValue.count))
    }

    /// The archived object, `verifier.json` of evidence bundles.
    public init(document bytes: [UInt8]) throws(LogEntryFailure) {
        let json: JSON
        do throws(CanonicalJSONError) {
            json = try JSON(canonical: bytes, as: .leaf, limit: Limits.leafBytes)
        } catch {
            throw .notCanonical(error)
        }
        guard case .object(let members) = json else { throw .notCanonical(.notAnObject) }
        var reader = MemberReader(members)
        self.init(
            name: try reader.required("name", MemberValue.string),
            version: try reader.required("version", MemberValue.string),
            binarySHA256: try reader.required("binary_sha256", MemberValue.hash),
            ruleset: try reader.required("ruleset", MemberValue.count))
        guard reader.rest.isEmpty else { throw .malformed(reader.rest[0].0) }
    }

    /// For claims: name, version, and the digest of the program, so that a token says by which build it was made.
    public var build: String { "\(name) \(version)+sha256:\(binarySHA256.hex)" }

    var entryMembers: [(String, JSON)] {
        [
            ("verifier_name", .string(name)), ("verifier_version", .string(version)),
            ("verifier_binary_sha256", .string(binarySHA256.hex)), ("verifier_ruleset", .integer(ruleset)),
        ]
    }
}
