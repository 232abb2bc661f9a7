import Appraisal
import AttestationPipeline
import DCAPFormats
import DCAPVerification
import HTTPTypes
import Hummingbird
import Logging
import Wire

/// Judges, and answers in the native shape: the whole verdict, with a token where it is an accept.
struct VerdictRoute: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics
    private let answers = IdempotentAnswers()

    init(context: ServiceContext, observation: ServiceMetrics) {
        self.context = context
        self.observation = observation
    }

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let wanted = try await observation.countingRefusals { () async throws(HTTPProblem) in
            try await VerdictRequest.read(request)
        }
        return try await answers.answer(request.headers[.idempotencyKey], wanted.digest) {
            () async throws(HTTPProblem) in
            try await answer(wanted, in: Language(preferredBy: request.headers))
        }
    }

    private func answer(_ wanted: VerdictRequest, in language: Language) async throws(HTTPProblem) -> Response {
        try Self.check(audience: wanted.audience)
        let now = context.now()
        let binding = try wanted.binding.checked { text throws(HTTPProblem) in try context.challenges.open(text, now) }
        let checked = try CheckedRequest(
            quote: wanted.quote, policies: wanted.policies, eventLog: wanted.eventLog, binding: binding,
            adapter: .native, in: context.policies.current, observation)
        let answer = try await Judging(context: context, observation: observation).judge(
            checked, audience: wanted.audience, at: now)
        let judgement = answer.judgement
        let document = judgement.verdict.document(
            verifierVersion: context.version, collateralSource: judgement.collateralSource,
            forecast: judgement.forecast, in: language)
        var added: [(String, JSON)] = [("id", .string(judgement.identifier))]
        if let token = answer.token { added.append(("token", .string(token))) }
        added.append(("log", answer.receipt.document))
        return .json(document.adding(added), in: language)
    }

    private static func check(audience: String?) throws(HTTPProblem) {
        guard let audience, !(1...512).contains(audience.utf8.count) else { return }
        throw HTTPProblem(.memberInvalid, "found \(audience.utf8.count) bytes, wanted 1 to 512", field: "audience")
    }
}

/// A recorded judgement, and its token where it is an accept.
struct Answer: Sendable {
    let judgement: Judgement
    let receipt: Receipt
    let token: String?
}

/// From a submission to a recorded judgement, for every interface: what is no quote and what could not be decided is a
/// problem; an accept or a reject is an answer. Nothing is answered that is not recorded, and nothing signed before.
struct Judging: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics
    /// Throws where an interface has no answer for a verdict, which is then nobody's, and not recorded.
    var answerable: @Sendable (Verdict) throws(HTTPProblem) -> Void = { _ throws(HTTPProblem) in }

    /// Spends the request's challenge, if it has one: from here on only the evidence can be to blame, or the world.
    ///
    /// - Parameter audience: For the token's `aud`. All else that a token says follows from the judgement.
    func judge(
        _ checked: CheckedRequest, audience: String? = nil, at now: Int64
    ) async throws(HTTPProblem) -> Answer {
        guard observation.concurrency.enter() else {
            observation.countRateLimited()
            var problem = HTTPProblem(
                .overloaded, "\(observation.concurrency.limit) verdicts are under way", fix: "Come back in a moment.")
            problem.retryAfterSeconds = 1
            throw problem
        }
        defer { observation.concurrency.leave() }
        if let challenge = checked.challenge { try await context.challenges.spend(challenge, now) }
        // What a judgement rests on may be retired on the way: it is then judged by what took its place.
        for _ in 0..<3 {
            let submission = try checked.submission(context.policies.current)
            if let answer = try await judge(submission, audience, now) { return answer }
        }
        throw HTTPProblem(
            .notRecorded, "nothing was decided: the policies were replaced three times meanwhile", fix: "Try again.")
    }

    /// - Returns: `nil` where what it was judged by is no longer in force.
    private func judge(
        _ submission: Submission, _ audience: String?, _ now: Int64
    ) async throws(HTTPProblem) -> Answer? {
        let judgement = await context.pipeline.judge(
            submission, identifier: UniqueIdentifier.timed(milliseconds: now), timeMilliseconds: now)
        let verdict = judgement.verdict
        // Whoever checked the request has refused such bytes already.
        if case .refused(let refusal, nil) = verdict.verification {
            throw HTTPProblem(noQuote: refusal.failure)
        }
        try answerable(verdict)
        let draft = verdict.decision == .accept ? try context.tokens.draft(judgement, audience) : nil
        guard let receipt = try await record(judgement, draft?.commitment) else { return nil }
        observation.recordVerdict(verdict, submission.adapter)
        if verdict.decision == .error, case .refused(let refusal, _) = verdict.verification {
            throw undecided(judgement, refusal, receipt)
        }
        return Answer(judgement: judgement, receipt: receipt, token: try draft?.seal(receipt))
    }

    /// - Returns: `nil` where what it rests on is no longer in force.
    private func record(_ judgement: Judgement, _ commitment: TokenCommitment?) async throws(HTTPProblem) -> Receipt? {
        do throws(RecordFailure) {
            return try await context.pipeline.record(judgement, commitment)
        } catch {
            guard !error.isOutdated else { return nil }
            context.logger.error("a verdict is not recorded, and not given", metadata: ["reason": "\(error.sentence)"])
            var problem = HTTPProblem(
                ProblemCode(rawValue: error.code) ?? .notRecorded,
                "nothing was decided: a verdict that is not recorded is none",
                fix: "Try again; the operator has been told.")
            problem.retryAfterSeconds = error.retryAfterSeconds
            throw problem
        }
    }

    private func undecided(_ judgement: Judgement, _ refusal: Refusal, _ receipt: Receipt) -> HTTPProblem {
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
            ), ("log", receipt.document),
        ]
        return problem
    }
}
