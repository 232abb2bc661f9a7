public import Appraisal
public import MerkleLog
public import Wire

/// What a verdict was judged by, under one hash. One policy is its own document; several that had to hold together are a
/// document that names them in their order.
public struct RecordedPolicy: Hashable, Sendable {
    public let id: String
    public let document: [UInt8]
    public let sha256: MerkleHash
    /// The policies themselves.
    public let policies: [Policy]

    public init(_ policies: [Policy]) {
        self.policies = policies
        // Eight names of any length must fit an entry.
        id = String(policies.map(\.id).joined(separator: "+").prefix(256))
        if let policy = policies.first, policies.count == 1 {
            document = policy.bytes
            sha256 = policy.digest
        } else {
            document =
                JSON.object([
                    ("kind", .string("policy-set")), ("policies", .array(policies.map { .string($0.sha256) })),
                    ("v", .integer(1)),
                ]).canonicalBytes
            sha256 = MerkleHashing.sha256(document)
        }
    }

    /// The hashes of the policies that a recorded document names; `nil` where it is a policy itself.
    public static func members(of document: [UInt8]) -> [MerkleHash]? {
        guard let root = try? JSONDocument(parsing: document).root, root.member("kind")?.string == "policy-set",
            let list = root.member("policies")
        else { return nil }
        let elements = Array(list.elements)
        let hashes = elements.compactMap { element in
            element.string.flatMap { Hex.decode($0) }.flatMap { MerkleHash(exactly: $0) }
        }
        return hashes.count == elements.count ? hashes : nil
    }
}
