import Appraisal
import DCAPVerification
import EventLog
import Wire

/// A policy with what it reads, and what it says about a log.
struct Trial: Sendable {
    let policy: Policy
    let references: ReferenceLibrary
    /// Every rule is compared, not the decision alone: each stands for a policy of its own.
    var comparesRules = false
    /// Rules that are not compared where events were left out.
    var aboutStatus: Set<String> = []

    struct Judgement: Hashable, Sendable, CustomStringConvertible {
        let isAccepted: Bool
        let status: TrustStatus
        let reasons: [PolicyCode]
        let isReadable: Bool
        /// Ids of the claim rules that hold, and that do not.
        let passed: Set<String>
        let failed: Set<String>

        var description: String {
            "\(isAccepted ? "accept" : "reject") \(status.rawValue) \(reasons.map(\.rawValue).joined(separator: " "))"
        }
    }

    func judge(_ bytes: [UInt8], _ registers: [[UInt8]]) -> Judgement? {
        guard let facts = TrustDomain.facts(registers) else { return nil }
        return judge(facts, record(bytes, registers))
    }

    func record(_ bytes: [UInt8], _ registers: [[UInt8]]) -> EventLogRecord {
        let quoted = registers.map { FixedBytes<48>(exactly: $0) ?? FixedBytes() }
        return EventLogRecord(
            EventLogFindings(
                of: bytes, against: QuotedRegisters(quoted[0], quoted[1], quoted[2], quoted[3]),
                manifests: references.manifests))
    }

    func judge(_ facts: RecordedFacts, _ record: EventLogRecord) -> Judgement {
        let finding = appraise(
            facts, under: policy, references: references, eventLog: record,
            expecting: ExpectedReportData(raw: TrustDomain.reportData))
        let conclusion = Conclusion(facts, [finding], record, isFresh: true)
        let claims = finding.rules.filter { $0.id.hasPrefix("claim.") }
        return Judgement(
            isAccepted: conclusion.isAccepted, status: conclusion.status, reasons: conclusion.reasons,
            isReadable: record.failure == nil,
            passed: Set(claims.filter { $0.outcome == .passed }.map(\.id)),
            failed: Set(finding.rules.filter { if case .failed = $0.outcome { true } else { false } }.map(\.id)))
    }

    /// Rules on labelled facts of the shipped policies: 2.7 excepts them, because a register beside them is pinned.
    private static let labelled: Set<String> = ["claim.kernel-command-line"]

    /// What moved towards accept, as a sentence; `nil` where nothing did.
    ///
    /// - Parameter keepsDigests: Whether the edited log has every digest of the honest one. Who leaves events out may turn
    ///   a violation into silence (row 39), but never lifts a status.
    func rise(from honest: Judgement, to edited: Judgement, keepsDigests: Bool) -> String? {
        // One that is refused may be mended, and then says more.
        guard honest.isReadable else { return nil }
        if comparesRules {
            let risen = edited.passed.subtracting(honest.passed).subtracting(keepsDigests ? [] : aboutStatus)
            return risen.sorted().first.map { "\($0) holds now" }
        }
        guard honest.isAccepted || !honest.failed.isSubset(of: Self.labelled) else { return nil }
        switch (honest.isAccepted, edited.isAccepted) {
        case (false, true) where keepsDigests || edited.status == .affirming: return "reject became accept"
        case (true, true) where edited.status < honest.status: return "\(honest.status) became \(edited.status)"
        // What cannot be read says no more than a log that was not sent.
        case (false, false) where keepsDigests && edited.isReadable && edited.status < honest.status:
            return "reject \(honest.status) became reject \(edited.status)"
        default: return nil
        }
    }
}
