package import Appraisal
package import DCAPFormats
package import DCAPVerification
import MerkleLog
package import Records
import Wire

/// A submission that is right in every member: the quote is one, the policies are known, what is bound can be expected.
/// So far nothing was spent for it, fetched or recorded; one that is wrong does not get this far (wire-formats 2.13).
package struct CheckedSubmission: Sendable {
    private let quote: Quote
    /// None: the service's default.
    private let policies: [String]
    private let eventLog: [UInt8]?
    private let binding: CheckedBinding
    /// For the token's `aud`. All else that a token says follows from the judgement.
    package let audience: String?
    package let adapter: Adapter
    private let account: Account

    /// What an event log is taken for.
    package enum Account: Sendable {
        /// Registers that it does not lead to are the policy's matter.
        case partial
        /// An account of all registers: one that it does not explain is a mismatch, whatever the policy (event-logs 2.2).
        case whole
    }

    /// - Parameters:
    ///   - binding: What report_data must hold, and from what it is made.
    ///   - registry: What is in force: it knows the policies.
    /// - Throws: `noQuote` or `policy`, for which the submission alone is to blame.
    package init(
        quote: [UInt8], policies: [String] = [], eventLog: [UInt8]? = nil, binding: CheckedBinding = .none,
        audience: String? = nil, adapter: Adapter, account: Account = .partial, in registry: PolicyRegistry
    ) throws(ServiceFailure) {
        _ = try registry.policies(policies)
        do throws(VerificationFailure) {
            self.quote = try Quote(parsing: quote)
        } catch {
            throw .noQuote(error)
        }
        self.policies = policies
        self.eventLog = eventLog
        self.binding = binding
        self.audience = audience
        self.adapter = adapter
        self.account = account
    }

    /// What the quote is of.
    package var tee: TEE { quote.tee }

    var challenge: OpenedChallenge? { binding.challenge }

    var eventLogBytes: Int { eventLog?.count ?? 0 }

    /// Under what the answer may be given again; `nil` where it may not: a challenge is spent once.
    ///
    /// - Parameters:
    ///   - submission: This, by what is in force.
    ///   - manifest: The documents that would be used.
    func repeatKey(
        _ submission: Submission, _ manifest: MerkleHash?, for caller: Principal, _ variant: String
    ) -> RepeatedVerdicts.Key? {
        guard challenge == nil else { return nil }
        return RepeatedVerdicts.Key(
            caller: caller, evidence: submission.evidence.sha256, eventLog: submission.evidence.eventLogSHA256,
            policy: RecordedPolicy(submission.policies).sha256, references: submission.references.sets.map(\.digest),
            manifest: manifest, expected: submission.expectedReportData, given: submission.given, adapter: adapter,
            account: account, audience: audience.map { ExactText($0) }, variant: ExactText(variant))
    }

    /// What the quote says of its platform; `nil` where it says nothing that collateral could be found by.
    var claimedPlatform: ClaimedPlatform? { ClaimedPlatform(of: quote) }

    /// What to judge, by this snapshot of what is in force.
    func submission(_ registry: PolicyRegistry) throws(ServiceFailure) -> Submission {
        Submission(
            evidence: Evidence(quote: quote, eventLog: eventLog), policies: try registry.policies(policies),
            references: registry.references, expectedReportData: binding.expected, adapter: adapter,
            given: Submission.Given(
                nonce: binding.nonce, userData: binding.userData, isChallenge: binding.challenge != nil))
    }

    /// Throws where its protocol has no answer for a verdict, which is then given to no one, and not recorded.
    func check(_ verdict: Verdict) throws(ServiceFailure) {
        guard account == .whole, let log = verdict.eventLog, verdict.decision == .accept,
            let open = log.registers.firstIndex(where: { $0 != .replayed && $0 != .untouched })
        else { return }
        throw .openRegister(index: open, state: log.registers[open].rawValue)
    }
}

/// What report_data must hold, and from what it is made.
package struct CheckedBinding: Sendable {
    /// `nil` where nothing was given.
    package let expected: ExpectedReportData?
    package let nonce: [UInt8]?
    /// What was bound beside the nonce, for the record.
    package let userData: [UInt8]?
    /// Ours and in its time; to be spent.
    package let challenge: OpenedChallenge?

    package init(
        expected: ExpectedReportData?, nonce: [UInt8]?, userData: [UInt8]?, challenge: OpenedChallenge?
    ) {
        self.expected = expected
        self.nonce = nonce
        self.userData = userData
        self.challenge = challenge
    }

    package static let none = CheckedBinding(expected: nil, nonce: nil, userData: nil, challenge: nil)
}

/// A recorded judgement, and its token where it is an accept.
package struct AttestationResult: Sendable {
    package let judgement: Judgement
    package let receipt: Receipt
    package let token: String?
    /// Where it is an answer that was given before: so many seconds ago.
    package private(set) var repeatedAfterSeconds: Int64?

    package init(judgement: Judgement, receipt: Receipt, token: String?) {
        self.judgement = judgement
        self.receipt = receipt
        self.token = token
    }

    func repeated(afterSeconds seconds: Int64) -> AttestationResult {
        var result = self
        result.repeatedAfterSeconds = seconds
        return result
    }

    /// Why verification went no further; `nil` where the quote was verified.
    package var refusal: Refusal? {
        if case .refused(let refusal, _) = judgement.verdict.verification { refusal } else { nil }
    }
}
