import Appraisal
import AuditStore
package import MerkleLog
package import StateStore
package import Wire
import Words

/// A stored version that is active and that this program does not judge by: an earlier one put it in force under an id that
/// is reserved for a built-in policy now, or it does not load any more.
///
/// Nothing takes its place by itself: the built-in policy may be weaker than what an administrator put in force, and nobody
/// would have said so. What names it is refused until an administrator retires it.
package struct SetAside: Hashable, Sendable {
    package let kind: DocumentVersion.Kind
    package let id: String
    package let sha256: MerkleHash
    /// Why it is not taken, as for a document that is handed in.
    package let code: String
    package let reason: String

    init(_ version: DocumentVersion, _ error: PolicyError) {
        kind = version.kind
        id = version.id
        sha256 = version.sha256
        code = error.code.rawValue
        let found = "found \(error.found), wanted \(error.wanted.english)"
        reason = error.field.isEmpty ? found : "\(error.field): \(found)"
    }

    /// For the operator's log: what it is, and the way out.
    var sentence: String {
        let collection = kind == .policy ? "policies" : "reference-sets"
        return "the stored version \(sha256.hex) of \(id) is set aside, and nothing is judged in its place: \(code): "
            + "\(reason). Activate another version of it, or retire it: "
            + "POST /admin/v1/\(collection)/\(id)/versions/\(sha256.hex)/retire"
    }

    /// For administrators.
    package var document: JSON {
        .object([
            ("sha256", .string(sha256.hex)), ("code", .string(code)), ("reason", .string(reason)),
        ])
    }
}

extension ServiceFailure {
    /// Why a document is not taken; anything else is thrown on.
    var ofDocument: PolicyError {
        get throws(ServiceFailure) {
            guard case .policy(.document(let error)) = self else { throw self }
            return error
        }
    }
}
