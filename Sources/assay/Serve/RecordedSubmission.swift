import Appraisal
import AttestationPipeline
import AuditStore
import MerkleLog
import Wire

/// A verdict that was given with a token, as the log has it.
struct LiveVerdict: Sendable {
    let entry: VerdictEntry
    let index: UInt64

    /// - Returns: `nil` for any leaf but an accept whose token has not ended.
    init?(leaf: [UInt8], index: UInt64, at now: Int64) {
        guard let end = LeafText.number(#""token_expires_ms":"#, leaf), end > now,
            let entry = try? LogEntry(leaf: leaf), case .verdict(let verdict) = entry.body, verdict.verdict == .accept
        else { return nil }
        self.entry = verdict
        self.index = index
    }
}

/// What a verdict was reached about, out of the archive: the evidence, and what it had to bind.
struct RecordedSubmission: Sendable {
    private let quote: [UInt8]
    private let eventLog: [UInt8]?
    private let given: Submission.Given
    private let expected: ExpectedReportData?
    private let adapter: Adapter

    /// - Returns: `nil` where the archive has not all of it any more, or this build does not know what was bound.
    init?(_ entry: VerdictEntry, from archive: EvidenceArchive) async throws(EvidenceFailure) {
        guard let quote = try await archive.bytes(of: entry.evidenceSHA256),
            let adapter = entry.adapter.map({ Adapter(rawValue: $0) }) ?? .native
        else { return nil }
        var given = Submission.Given()
        if let hash = entry.nonceSHA256 {
            guard let nonce = try await archive.bytes(of: hash) else { return nil }
            given.nonce = nonce
        }
        if let hash = entry.userDataSHA256 {
            guard let data = try await archive.bytes(of: hash) else { return nil }
            given.userData = data
        }
        if let hash = entry.eventLogSHA256 {
            guard let log = try await archive.bytes(of: hash) else { return nil }
            eventLog = log
        } else {
            eventLog = nil
        }
        if let binding = entry.binding {
            guard let scheme = ExpectedReportData.Scheme(rawValue: binding),
                let data = ExpectedReportData(recorded: scheme, nonce: given.nonce, userData: given.userData)
            else { return nil }
            expected = data
        } else {
            expected = nil
        }
        self.quote = quote
        self.given = given
        self.adapter = adapter
    }

    /// The same again, to be held against these.
    func submission(_ policies: [Policy], _ references: ReferenceLibrary) -> Submission {
        Submission(
            quote: quote, policies: policies, references: references, eventLog: eventLog, expectedReportData: expected,
            adapter: adapter, given: given)
    }
}
