import Appraisal
import AttestationPipeline
import DCAPFormats
import DCAPVerification
import Wire

/// A request that is right in every member: the quote is one, the policies are known, what is bound can be expected. So far
/// nothing was spent for it, fetched or recorded; a request that is wrong does not get this far (wire-formats 2.13).
struct CheckedRequest: Sendable {
    private let quote: [UInt8]
    /// None: the service's default.
    private let policies: [String]
    private let eventLog: [UInt8]?
    private let binding: CheckedBinding
    let adapter: Adapter

    /// - Parameters:
    ///   - check: What else an interface wants of the quote.
    /// - Throws: A problem of the 400s, for which the request alone is to blame.
    init(
        quote: [UInt8], policies: [String] = [], eventLog: [UInt8]? = nil, binding: CheckedBinding = .none,
        adapter: Adapter, in registry: PolicyRegistry, _ observation: ServiceMetrics,
        check: (Quote) throws(HTTPProblem) -> Void = { _ throws(HTTPProblem) in }
    ) throws(HTTPProblem) {
        _ = try registry.policies(policies)
        let parsed: Quote
        do throws(VerificationFailure) {
            parsed = try Quote(parsing: quote)
        } catch {
            observation.countMalformed()
            throw HTTPProblem(noQuote: error)
        }
        try check(parsed)
        self.quote = quote
        self.policies = policies
        self.eventLog = eventLog
        self.binding = binding
        self.adapter = adapter
    }

    var challenge: ChallengeEffects.OpenedChallenge? { binding.challenge }

    /// What to judge, by this snapshot of what is in force.
    func submission(_ registry: PolicyRegistry) throws(HTTPProblem) -> Submission {
        Submission(
            quote: quote, policies: try registry.policies(policies), references: registry.references,
            eventLog: eventLog, expectedReportData: binding.expected, adapter: adapter,
            given: Submission.Given(
                nonce: binding.nonce, userData: binding.userData, isChallenge: binding.challenge != nil))
    }
}

extension HTTPProblem {
    /// Bytes that are no quote: there is nothing a verdict could be about (design 5.1).
    init(noQuote failure: VerificationFailure) {
        self.init(
            failure.code, status: failure.code == .quoteTooLarge ? 413 : 400,
            detail: "\(failure.field): found \(failure.found), wanted \(failure.wanted)",
            field: "quote." + failure.field, offset: failure.offset, fix: Remedy.text(for: failure.code))
    }
}
