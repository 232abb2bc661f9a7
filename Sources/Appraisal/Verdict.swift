import DCAPFormats
public import DCAPVerification
public import Wire

/// What was decided about one quote at one instant, with every reason (design 1, 5.3).
///
/// Decision and status are two answers: the policy accepts or rejects; the status is what a relying party may conclude.
public struct Verdict: Sendable {
    public enum Decision: String, Sendable {
        case accept, reject
        /// Could not decide: the world failed, not the evidence.
        case error
    }

    public let decision: Decision
    public let status: TrustStatus
    /// Codes, terminal or of the policy, failures first; for an accept, what it leaves open.
    public let reasons: [String]
    public let verification: Verification
    public let policy: Policy
    /// Empty where verification refused: a policy judges verified facts only.
    public let rules: [RuleResult]
    public let time: Instant
    /// What was trusted; anything but Intel's root must be said wherever the verdict is shown (design 8.3).
    public let trustAnchor: TrustAnchor
    public let expectedReportData: ExpectedReportData?
}

/// Judges a verification against a policy. Total: every verification has a verdict, and no policy turns a refusal into
/// anything else.
public func appraise(
    _ verification: Verification, trusting anchor: TrustAnchor, under policy: Policy,
    expecting reportData: ExpectedReportData?, at time: Instant
) -> Verdict {
    switch verification {
    case .refused(let refusal, _):
        let isWorld = refusal.code.isFailureOfTheWorld
        return Verdict(
            decision: isWorld ? .error : .reject, status: isWorld ? .none : .contraindicated,
            reasons: [refusal.code.rawValue], verification: verification, policy: policy, rules: [], time: time,
            trustAnchor: anchor, expectedReportData: reportData)
    case .verified(let quote):
        let rules = Rules.evaluate(quote, under: policy, expecting: reportData)
        var codes: [PolicyCode] = []
        var status = TrustStatus.affirming
        for case .failed(let code, let tier) in rules.map(\.outcome) {
            codes.append(code)
            status = max(status, tier)
        }
        let isAccepted = codes.isEmpty
        // What a person would assume and nobody established caps the status (design 5.3).
        var warnings: [PolicyCode] = [.noReferenceValues]
        if reportData == nil { warnings.append(.notFresh) }
        status = max(status, .warning)
        return Verdict(
            decision: isAccepted ? .accept : .reject, status: status,
            reasons: (isAccepted ? warnings : codes).map(\.rawValue),
            verification: verification, policy: policy, rules: rules, time: time, trustAnchor: anchor,
            expectedReportData: reportData)
    }
}
