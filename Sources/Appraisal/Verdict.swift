import DCAPFormats
public import DCAPVerification
public import EventLog
public import Wire

/// What was decided about one quote at one instant, with every reason (dcap 0.3).
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
    /// Codes, terminal or of the policies, failures first; for an accept, what it leaves open.
    public let reasons: [String]
    public let verification: Verification
    /// One per policy that was asked for, in that order; all must accept. Their rules are empty where verification
    /// refused: a policy judges verified facts only.
    public let findings: [PolicyFinding]
    /// What rules read; `nil` where verification refused.
    public let facts: RecordedFacts?
    /// What became of the log that was sent; `nil` where none was, or the quote did not verify.
    public let eventLogFindings: EventLogFindings?
    /// The same, as rules read it.
    public let eventLog: EventLogRecord?
    public let trustworthiness: TrustworthinessVector
    public let time: Instant
    /// What was trusted; anything but Intel's root must be said wherever the verdict is shown.
    public let trustAnchor: TrustAnchor
    public let expectedReportData: ExpectedReportData?

    /// The first policy that was asked for, and its rules.
    public var policy: Policy { findings.first?.policy ?? .strict }
    public var rules: [RuleResult] { findings.first?.rules ?? [] }
    public var policies: [Policy] { findings.map(\.policy) }
    /// The kernel command line that the quote confirms: the log's text, or a reference value's that was measured.
    public var kernelCommandLine: String? {
        eventLogFindings?.facts?.kernelCommandLine?.text ?? findings.compactMap(\.comparison.commandLine).first
    }
    /// Where a rule of any of the policies rests on facts of RTMR3: whether anything measured protects the disk that its
    /// agent comes from.
    public var root: RootFinding? { .weakest(findings.compactMap(\.root)) }
    /// From here on nothing may be claimed from this verdict.
    public var expires: Instant { findings.map(\.expires).min() ?? time }
}

/// Judges a verification against policies, all of which must hold. Total: every verification has a verdict, and no policy
/// turns a refusal into anything else. With no policy at all the strict one holds (dcap row 245).
public func appraise(
    _ verification: Verification, trusting anchor: TrustAnchor, under policies: [Policy],
    references: ReferenceLibrary = .empty, eventLog: EventLogFindings? = nil, expecting reportData: ExpectedReportData?,
    at time: Instant
) -> Verdict {
    let policies = policies.isEmpty ? [Policy.strict] : policies
    switch verification {
    case .refused(let refusal, _):
        let isWorld = refusal.code.isFailureOfTheWorld
        return Verdict(
            decision: isWorld ? .error : .reject, status: isWorld ? .none : .contraindicated,
            reasons: [refusal.code.rawValue], verification: verification,
            findings: policies.map {
                PolicyFinding(policy: $0, rules: [], comparison: Comparison(), root: nil, expires: time)
            },
            facts: nil,
            eventLogFindings: nil, eventLog: nil, trustworthiness: TrustworthinessVector(of: refusal.code), time: time,
            trustAnchor: anchor,
            expectedReportData: reportData)
    case .verified(let quote):
        let facts = RecordedFacts(quote)
        let record = eventLog.map { EventLogRecord($0) }
        let findings = policies.map {
            appraise(facts, under: $0, references: references, eventLog: record, expecting: reportData)
        }
        let conclusion = Conclusion(facts, findings, record, isFresh: reportData?.isFresh ?? false)
        return Verdict(
            decision: conclusion.isAccepted ? .accept : .reject, status: conclusion.status,
            reasons: conclusion.reasons.map(\.rawValue), verification: verification, findings: findings, facts: facts,
            eventLogFindings: eventLog, eventLog: record, trustworthiness: conclusion.vector, time: time,
            trustAnchor: anchor,
            expectedReportData: reportData)
    }
}

/// As above, under one policy.
public func appraise(
    _ verification: Verification, trusting anchor: TrustAnchor, under policy: Policy,
    references: ReferenceLibrary = .empty, eventLog: EventLogFindings? = nil, expecting reportData: ExpectedReportData?,
    at time: Instant
) -> Verdict {
    appraise(
        verification, trusting: anchor, under: [policy], references: references, eventLog: eventLog,
        expecting: reportData, at: time)
}
