package import MerkleLog
package import Wire

/// Two things that a log signed and that cannot both be true, or one that its contents contradict; with everything that
/// somebody else needs to see it, and nothing to be taken on trust.
package struct Misbehaviour: Sendable {
    package enum Reason: String, Sendable {
        /// One size, two roots.
        case twoRoots = "two_roots"
        /// A later tree that does not contain an earlier one.
        case notConsistent = "not_consistent"
        /// A signed root that is not the root of what the log serves.
        case contents
    }

    package let reason: Reason
    package let sentence: String
    package let checkpoints: [SignedNote]
    /// Of the contents: what they are, and how they lead to the newer root and away from the older one.
    package var contents: CompactRange?
    package var path: [MerkleHash]?

    package var document: JSON {
        var members: [(String, JSON)] = [
            ("kind", .string("log-misbehaviour")), ("v", .integer(1)), ("reason", .string(reason.rawValue)),
            ("sentence", .string(sentence)),
            ("checkpoints", .array(checkpoints.map { .string(String(decoding: $0.bytes, as: UTF8.self)) })),
        ]
        if let contents {
            members.append(
                (
                    "contents",
                    .object([
                        ("size", .integer(Int64(clamping: contents.size))), ("root", .string(contents.root.hex)),
                        ("range", .array(contents.hashes.map { .string($0.hex) })),
                    ])
                ))
        }
        if let path { members.append(("consistency", .array(path.map { .string($0.hex) }))) }
        return .object(members)
    }
}
