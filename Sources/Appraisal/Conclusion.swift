import DCAPFormats

/// From the findings of all policies to the two answers (design 5.3): accepted or not, and what may be concluded.
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
        if vector.executables != 0, facts.tee == .tdx, !comparison.missing.isEmpty {
            open.append(.referenceValuesIncomplete)
        }
        if !isFresh { open.append(.notFresh) }
        if let eventLog, eventLog.registers.contains(where: { !$0.isUsable }) { open.append(.registerReported) }
        if findings.contains(where: \.usesGrace) { open.append(.graceInUse) }
        reasons = isAccepted ? open : failures

        var worst = vector.members.map { TrustStatus(tierOf: $0.value) }.max() ?? .affirming
        for case .failed(_, let tier) in findings.flatMap(\.rules).map(\.outcome) { worst = max(worst, tier) }
        // What a person would assume and nobody established caps the status; a reject is never affirming.
        status = isAccepted && open.isEmpty ? worst : max(worst, .warning)
    }
}
