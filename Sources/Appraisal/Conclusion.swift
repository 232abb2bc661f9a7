import DCAPFormats
import Wire

/// From the findings of all policies to the two answers: accepted or not (dcap 6.7), and what may be concluded (wire-formats
/// 3.2).
public struct Conclusion: Sendable {
    public let isAccepted: Bool
    public let status: TrustStatus
    /// Of a reject: why. Of an accept: what it leaves open.
    public let reasons: [PolicyCode]
    public let vector: TrustworthinessVector

    /// - Parameter isFresh: Whether what was compared with the report data can have been chosen for this answer
    ///   (wire-formats 2.9 R2).
    public init(_ facts: RecordedFacts, _ findings: [PolicyFinding], _ eventLog: EventLogRecord?, isFresh: Bool) {
        var failures: [PolicyCode] = []
        for code in findings.flatMap(\.codes) where !failures.contains(code) { failures.append(code) }
        isAccepted = failures.isEmpty && !findings.isEmpty
        var comparison = Comparison()
        for finding in findings { comparison.formUnion(finding.comparison) }
        vector = TrustworthinessVector(of: facts, findings, comparison)

        var open: [PolicyCode] = []
        if vector.executables == 0 { open.append(.noReferenceValues) }
        if vector.executables != 0, facts.tee == .tdx {
            let isUnattributed = findings.contains { !$0.policy.unattributed.isEmpty }
            let isOpen = Self.leavesRTMR3Open(facts, comparison, eventLog)
            if !comparison.missing.isEmpty || isUnattributed || isOpen { open.append(.referenceValuesIncomplete) }
        }
        if !isFresh { open.append(.notFresh) }
        if comparison.usesAlias || eventLog.map({ $0.registers.contains { !$0.isUsable } }) ?? false {
            open.append(.eventLogIncomplete)
        }
        if findings.contains(where: { $0.root?.isProtected == false }) { open.append(.rootUnprotected) }
        if findings.contains(where: \.usesGrace) { open.append(.graceInUse) }
        reasons = isAccepted ? open : failures

        var worst = vector.members.map { TrustStatus(tierOf: $0.value) }.max() ?? .affirming
        for case .failed(_, let tier) in findings.flatMap(\.rules).map(\.outcome) { worst = max(worst, tier) }
        // What a person would assume and nobody established caps the status; a reject is never affirming.
        status = isAccepted && open.isEmpty ? worst : max(worst, .warning)
    }

    /// Sending less never gives more: an RTMR3 that is not zero is compared as a whole, or a log accounts for it, or what
    /// else ran is open (event-logs 2.2).
    private static func leavesRTMR3Open(
        _ facts: RecordedFacts, _ comparison: Comparison, _ eventLog: EventLogRecord?
    ) -> Bool {
        guard case .td(let report) = facts.body, !report.rtmr3.isZero, !comparison.coversRTMR3 else { return false }
        return eventLog?.accounted.dropFirst(3).first != .yes
    }
}
