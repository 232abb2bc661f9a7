import DCAPFormats
public import DCAPVerification
public import EventLog
public import Wire

/// The verdict on evidence: verify ▸ replay ▸ appraise. Total and pure, with no clock and no network: the same arguments
/// give the same verdict for ever, whoever judges and whenever.
///
/// - Parameters:
///   - endorsements: What there is about the evidence's platform.
///   - policies: All must hold; none stands for the strict one.
///   - references: What the policies' claim rules are held against.
///   - reportData: What report_data must hold; `nil` where the caller chose nothing.
///   - time: T of every check.
public func judge(
    _ evidence: Evidence, with endorsements: EndorsementsAtHand, under policies: [Policy],
    references: ReferenceLibrary = .empty, expecting reportData: ExpectedReportData?, trusting verifier: Verifier,
    at time: Instant
) -> Verdict {
    let verification = verifier.verify(evidence.quote, with: endorsements, at: time)
    var replayed: EventLogFindings?
    // Never before the quote has verified (docs/architecture.md).
    if case .verified(let verified) = verification, let log = evidence.eventLog {
        replayed = verified.replay(log, sha256: evidence.eventLogSHA256, manifests: references.manifests)
    }
    return appraise(
        verification, trusting: verifier.anchor, under: policies, references: references, eventLog: replayed,
        expecting: reportData, at: time)
}

extension VerifiedQuote {
    /// Reads and replays an event log against this quote's registers.
    public func replay(_ log: [UInt8], manifests: [[UInt8]] = []) -> EventLogFindings {
        replay(log, sha256: nil, manifests: manifests)
    }

    /// - Parameter digest: Of the log, where it is known.
    func replay(_ log: [UInt8], sha256 digest: FixedBytes<32>?, manifests: [[UInt8]]) -> EventLogFindings {
        guard case .td(let report) = quote.body else {
            return EventLogFindings(refusing: log, sha256: digest, because: .notApplicable)
        }
        return EventLogFindings(
            of: log, sha256: digest,
            against: QuotedRegisters(report.rtmr0, report.rtmr1, report.rtmr2, report.rtmr3), manifests: manifests)
    }
}
