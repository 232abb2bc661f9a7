package import MerkleLog
package import Wire

/// A re-appraisal as events, webhooks and histories tell it: what the log says, and nothing that it does not.
package struct ReappraisalDocument: Sendable {
    package let json: JSON

    package init(_ entry: ReappraisalEntry, index: UInt64, timeMilliseconds: Int64) {
        let verdict = entry.verdict
        json = .object([
            ("id", .string(verdict.jti)), ("verdict", .string(verdict.verdict.rawValue)),
            ("reasons", .array(verdict.reasons.map { .string($0) })),
            ("time", .string(Instant(seconds: timeMilliseconds / 1_000).description)),
            ("changed", .array(entry.changes.map { .string($0.rawValue) })),
            (
                "policy",
                .object([("id", .string(verdict.policyID)), ("sha256", .string(verdict.policySHA256.hex))])
            ),
            (
                "log",
                .object([("index", .integer(Int64(clamping: index))), ("first", .integer(entry.first))])
            ),
        ])
    }
}
