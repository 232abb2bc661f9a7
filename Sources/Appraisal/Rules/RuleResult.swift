public import Wire

/// One rule of a policy, and what became of it.
public struct RuleResult: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        /// With the code, and what the finding says of trust.
        case failed(PolicyCode, TrustStatus)
        /// Fails, and the policy puts up with it until a date, for a reason that is written down.
        case tolerated(PolicyCode, until: Instant, reason: String)
        case notPerformed(reason: Phrase)
    }

    /// Stable identifier: `tcb.status`, `claim.kernel`, `reference.gn8v-tee`.
    public let id: String
    public let outcome: Outcome
    public let found: Phrase
    public let wanted: Phrase

    init(_ id: String, _ outcome: Outcome, found: Phrase = .none, wanted: Phrase = .none) {
        self.id = id
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
    }

    init(_ rule: PolicyRule, _ outcome: Outcome, found: Phrase = .none, wanted: Phrase = .none) {
        self.init(rule.rawValue, outcome, found: found, wanted: wanted)
    }

    /// A rule that holds or fails with `code`.
    init(
        _ rule: PolicyRule, holds: Bool, else code: PolicyCode, _ status: TrustStatus, found: Phrase, wanted: Phrase
    ) {
        self.init(rule.rawValue, holds ? .passed : .failed(code, status), found: found, wanted: wanted)
    }

    static func notConfigured(_ rule: PolicyRule) -> RuleResult {
        RuleResult(rule, .notPerformed(reason: Phrase("the policy does not ask for it", "策略没有要求")))
    }

    static func withoutObject(_ rule: PolicyRule, _ reason: Phrase) -> RuleResult {
        RuleResult(rule, .notPerformed(reason: reason))
    }

    var isPassed: Bool { outcome == .passed }

    var isFailed: Bool {
        if case .failed = outcome { true } else { false }
    }
}
