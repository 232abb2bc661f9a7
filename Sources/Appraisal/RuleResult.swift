/// One rule of a policy, and what became of it.
public struct RuleResult: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        /// With the code, and what the finding says of trust.
        case failed(PolicyCode, TrustStatus)
        case notPerformed(reason: String)
    }

    /// Stable identifier: `tcb.status`.
    public let id: String
    public let outcome: Outcome
    public let found: String
    public let wanted: String

    init(_ id: String, _ outcome: Outcome, found: String, wanted: String) {
        self.id = id
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
    }

    /// A rule that holds or fails with `code`.
    init(
        _ id: String, holds: Bool, else code: PolicyCode, _ status: TrustStatus, found: String, wanted: String
    ) {
        self.init(id, holds ? .passed : .failed(code, status), found: found, wanted: wanted)
    }
}
