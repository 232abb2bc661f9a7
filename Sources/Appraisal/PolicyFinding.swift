import DCAPVerification
public import Wire

/// What one policy says about one set of facts: every rule and what became of it.
public struct PolicyFinding: Sendable {
    public let policy: Policy
    public let rules: [RuleResult]
    let comparison: Comparison
    /// Where a rule rests on facts of RTMR3: whether anything measured protects the disk that its agent comes from.
    public let root: RootFinding?
    /// From here on the finding may be another one: the first end of what it rests on, collateral, reference sets and
    /// graces. Nothing that is concluded from it may be valid for longer.
    public let expires: Instant

    public var isAccepted: Bool { !rules.contains(where: \.isFailed) }

    /// The codes of the rules that failed, each once, in their order.
    public var codes: [PolicyCode] {
        var codes: [PolicyCode] = []
        for case .failed(let code, _) in rules.map(\.outcome) where !codes.contains(code) { codes.append(code) }
        return codes
    }

    var usesGrace: Bool {
        rules.contains { if case .tolerated = $0.outcome { true } else { false } }
    }

    func result(_ rule: PolicyRule) -> RuleResult? { rules.first { $0.id == rule.rawValue } }
}

/// Judges facts by a policy: for a quote that has just verified, and as a dry run for what a log recorded. Total, and the
/// same for the same input; it cannot see evidence that did not verify.
public func appraise(
    _ facts: RecordedFacts, under policy: Policy, references: ReferenceLibrary = .empty,
    eventLog: EventLogRecord? = nil,
    expecting reportData: ExpectedReportData? = nil
) -> PolicyFinding {
    let judge = Rules(
        facts: facts, policy: policy, references: references, eventLog: eventLog, expected: reportData)
    let (rules, comparison) = judge.evaluate()
    var ends: [Instant] = []
    for result in rules {
        if case .tolerated(_, let until, _) = result.outcome { ends.append(until) }
    }
    if !facts.isCollateralExpired {
        ends.append(facts.collateral.earliestExpiration.advanced(bySeconds: policy.collateralGraceSeconds))
    }
    ends += policy.referenceSets.compactMap { references[$0]?.validUntil }
    return PolicyFinding(
        policy: policy, rules: rules, comparison: comparison, root: judge.rootFinding(),
        expires: ends.min() ?? facts.time)
}
