public import AuditStore
public import MerkleLog
public import Wire

/// A stored version that is active and that this program does not judge by: an earlier one put it in force under an id that
/// is reserved for a built-in policy now, or it does not load any more.
///
/// Nothing takes its place by itself: the built-in policy may be weaker than what an administrator put in force, and nobody
/// would have said so. What names it is refused until an administrator retires it.
public struct SetAside: Hashable, Sendable {
    public let kind: DocumentVersion.Kind
    public let id: String
    public let sha256: MerkleHash
    /// Why it is not taken, as for a document that is handed in.
    public let code: String
    public let reason: String

    init(_ version: DocumentVersion, _ problem: HTTPProblem) {
        kind = version.kind
        id = version.id
        sha256 = version.sha256
        code = problem.code
        reason = problem.field.map { "\($0): \(problem.detail)" } ?? problem.detail
    }

    /// For the operator's log: what it is, and the way out.
    var sentence: String {
        let collection = kind == .policy ? "policies" : "reference-sets"
        return "the stored version \(sha256.hex) of \(id) is set aside, and nothing is judged in its place: \(code): "
            + "\(reason). Activate another version of it, or retire it: "
            + "POST /admin/v1/\(collection)/\(id)/versions/\(sha256.hex)/retire"
    }

    /// For administrators.
    var document: JSON {
        .object([
            ("sha256", .string(sha256.hex)), ("code", .string(code)), ("reason", .string(reason)),
        ])
    }

    /// For who asked for a policy that is set aside.
    var problem: HTTPProblem {
        HTTPProblem(
            .notReady,
            "found the policy \(id), of which an earlier release put a version in force that this one does not take "
                + "(\(code), sha256 \(sha256.hex)); nothing is judged in its place before an administrator retires it",
            field: "policy", fix: "Name another policy, or have the operator retire that version.")
    }
}
