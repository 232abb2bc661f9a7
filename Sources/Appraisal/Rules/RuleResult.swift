public import Wire
public import Words

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
    /// What a person can do, where this failure has an answer of its own.
    private let remedy: Phrase?

    init(
        _ id: String, _ outcome: Outcome, found: Phrase = .none, wanted: Phrase = .none, remedy: Phrase? = nil
    ) {
        self.id = id
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
        self.remedy = remedy
    }

    init(
        _ rule: PolicyRule, _ outcome: Outcome, found: Phrase = .none, wanted: Phrase = .none, remedy: Phrase? = nil
    ) {
        self.init(rule.rawValue, outcome, found: found, wanted: wanted, remedy: remedy)
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

    /// What a person can do about it; `nil` where nothing failed.
    public var fix: Phrase? {
        switch outcome {
        case .failed(let code, _), .tolerated(let code, _, _): remedy ?? PolicyText.fix(code)
        case .passed, .notPerformed: nil
        }
    }

    /// The same failure, put up with until a date.
    func tolerated(_ code: PolicyCode, until: Instant, reason: String) -> RuleResult {
        RuleResult(
            id, .tolerated(code, until: until, reason: reason), found: found, wanted: wanted, remedy: remedy)
    }

    var isPassed: Bool { outcome == .passed }

    var isFailed: Bool {
        if case .failed = outcome { true } else { false }
    }
}
