import Wire

/// A live verdict judged again, after what it rests on had changed, and come out otherwise than the last time. In the log
/// before anybody hears of it, as every verdict is.
public struct ReappraisalEntry: Hashable, Sendable {
    /// What is not as it was when the verdict was reached the last time. Nothing of it: only time has passed.
    public enum Change: String, CaseIterable, Hashable, Sendable {
        case collateral, policy
        case referenceSet = "reference_set"
    }

    /// The one reason of a re-appraisal that judged nothing: its policy is in force no more, and none took its place.
    public static let policyRetired = "POLICY_RETIRED"

    /// The verdict about the same evidence, with its first `jti`, at this entry's time. It has no token of its own.
    public let verdict: VerdictEntry
    /// The index of the entry that the token is of.
    public let first: Int64
    /// Sorted.
    public let changes: [Change]

    public init(verdict: VerdictEntry, first: Int64, changes: Set<Change>) {
        self.verdict = verdict
        self.first = first
        self.changes = changes.sorted { $0.rawValue < $1.rawValue }
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        first = try reader.required("first", MemberValue.count)
        changes = try reader.required("changed") { MemberValue.list($0, MemberValue.named) }
        verdict = try VerdictEntry(&reader)
        // What could not be decided changes nothing, and is no entry.
        guard verdict.verdict != .error else { throw .malformed("verdict") }
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("first", first)
        writer.add("changed", changes.map(\.rawValue))
        return verdict.members + writer.members
    }
}
