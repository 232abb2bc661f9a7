import AuditStore
import MerkleLog

/// A verdict that was given with a token, as the log has it.
struct LiveVerdict: Sendable {
    let entry: VerdictEntry
    let index: UInt64
    let timeMilliseconds: Int64

    /// - Returns: `nil` for any leaf but an accept whose token has not ended.
    init?(leaf: [UInt8], index: UInt64, at now: Int64) {
        guard let end = LeafText.number(#""token_expires_ms":"#, leaf), end > now,
            let entry = try? LogEntry(leaf: leaf), case .verdict(let verdict) = entry.body, verdict.verdict == .accept
        else { return nil }
        self.entry = verdict
        self.index = index
        timeMilliseconds = entry.timeMilliseconds
    }
}
