import Appraisal
import AttestationPipeline
import DCAPFormats
import DCAPVerification
import HTTPTypes
import Hummingbird
import Wire

/// Judges, and answers in the native shape: the whole verdict, with a token where it is an accept.
struct VerdictRoute: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let wanted = try await VerdictRequest.read(request)
        let policies = try context.policies.policies(wanted.policies)
        try Self.check(audience: wanted.audience)
        let now = context.now()
        var challengeNonce: [UInt8]?
        if let challenge = wanted.binding.challenge {
            challengeNonce = try await context.challenges.spend(challenge, now)
        }
        let expected = try wanted.binding.expected(challengeNonce: challengeNonce)
        let (judgement, receipt) = try await Judging(context: context, observation: observation).judge(
            Submission(
                quote: wanted.quote, policies: policies, references: context.policies.references,
                eventLog: wanted.eventLog, expectedReportData: expected, adapter: .native), at: now)
        let document = judgement.verdict.document(
            verifierVersion: context.version, collateralSource: judgement.collateralSource, forecast: judgement.forecast
        )
        var added: [(String, JSON)] = [("id", .string(judgement.identifier))]
        if judgement.verdict.decision == .accept {
            let token = try context.tokens.issue(
                judgement,
                TokenRequest(
                    shape: .ear, audience: wanted.audience,
                    nonce: (wanted.binding.nonce ?? challengeNonce).map { Base64URL.encode($0) },
                    confirmation: wanted.binding.confirmation(expected), runtimeData: nil, receipt: receipt))
            added.append(("token", .string(token)))
        }
        if let receipt { added.append(("log", receipt.document)) }
        return .json(document.adding(added))
    }

    private static func check(audience: String?) throws(HTTPProblem) {
        guard let audience, !(1...512).contains(audience.utf8.count) else { return }
        throw HTTPProblem(.memberInvalid, "found \(audience.utf8.count) bytes, wanted 1 to 512", field: "audience")
    }
}

/// From a submission to a recorded judgement, for every interface: what is no quote and what could not be decided is a
/// problem; an accept or a reject is an answer.
struct Judging: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    func judge(
        _ submission: Submission, at now: Int64
    ) async throws(HTTPProblem) -> (judgement: Judgement, receipt: Receipt?) {
        guard observation.concurrency.enter() else {
            var problem = HTTPProblem(
                .overloaded, "\(observation.concurrency.limit) verdicts are under way", fix: "Come back in a moment.")
            problem.retryAfterSeconds = 1
            throw problem
        }
        defer { observation.concurrency.leave() }
        let result: (judgement: Judgement, receipt: Receipt?)
        do throws(RecordFailure) {
            result = try await context.pipeline.judge(
                submission, identifier: UniqueIdentifier.timed(milliseconds: now), timeMilliseconds: now)
        } catch {
            throw HTTPProblem(.notRecorded, error.sentence, fix: "Try again; the operator has been told.")
        }
        let verdict = result.judgement.verdict
        guard case .refused(let refusal, let quote) = verdict.verification else {
            observation.recordVerdict(verdict, submission.adapter)
            return result
        }
        guard quote != nil else { throw Self.noQuote(refusal) }
        observation.recordVerdict(verdict, submission.adapter)
        guard verdict.decision != .error else { throw undecided(result.judgement, refusal) }
        return result
    }

    /// Counted, and no verdict: there is nothing a verdict could be about (design 5.1).
    private static func noQuote(_ refusal: Refusal) -> HTTPProblem {
        HTTPProblem(
            refusal.code, status: refusal.code == .quoteTooLarge ? 413 : 400,
            detail: "\(refusal.failure.field): found \(refusal.failure.found), wanted \(refusal.failure.wanted)",
            field: "quote." + refusal.failure.field, offset: refusal.failure.offset, fix: Remedy.text(for: refusal.code)
        )
    }

    private func undecided(_ judgement: Judgement, _ refusal: Refusal) -> HTTPProblem {
        let isWorthwhile = judgement.retry?.isWorthwhile ?? false
        var problem = HTTPProblem(
            refusal.code, status: isWorthwhile ? 503 : 502, detail: refusal.failure.found, field: nil,
            fix: Remedy.text(for: refusal.code))
        problem.isRetryable = isWorthwhile
        problem.retryAfterSeconds = judgement.retry?.afterSeconds ?? (isWorthwhile ? 5 : nil)
        problem.extensions = [
            (
                "verdict",
                judgement.verdict.document(
                    verifierVersion: context.version, collateralSource: judgement.collateralSource,
                    forecast: judgement.forecast)
            )
        ]
        return problem
    }
}
