import Appraisal
import AttestationService
import HTTPTypes
import Hummingbird
import Records
import Wire
import Words

/// Judges, and answers in the native shape: the whole verdict, with a token where it is an accept.
struct VerdictRoute: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics
    private let answers: RepeatedRequests<Response, HTTPProblem>

    init(context: ServiceContext, observation: ServiceMetrics) {
        self.context = context
        self.observation = observation
        // A head of some hundred bytes, and the body.
        answers = RepeatedRequests(context.service.clocks, memory: context.memory) {
            ($0.body.contentLength ?? 0) + 1_024
        }
    }

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let attesting = Attesting(context: context, observation: observation)
        try attesting.admit(exchange)
        let received = try await attesting.countingRefusals { () async throws(HTTPProblem) in
            try await VerdictRequest.receive(request)
        }
        return try await context.working { () async throws(HTTPProblem) in
            let wanted = try await attesting.countingRefusals { () async throws(HTTPProblem) in
                try VerdictRequest(received)
            }
            let language = Language(preferredBy: request.headers)
            guard let key = request.headers[.idempotencyKey] else {
                return try await answer(wanted, exchange, in: language)
            }
            return try await repeated(key, wanted.digest, exchange.caller) { () async throws(HTTPProblem) in
                // In a task of its own, which begins elsewhere.
                try await context.working { () async throws(HTTPProblem) in
                    try await answer(wanted, exchange, in: language)
                }
            }
        }
    }

    private func repeated(
        _ key: String, _ digest: [UInt8], _ caller: Principal,
        _ make: @escaping @Sendable () async throws(HTTPProblem) -> Response
    ) async throws(HTTPProblem) -> Response {
        let work: RepeatedRequests<Response, HTTPProblem>.Work?
        do throws(RepetitionFailure) {
            work = try answers.work(key, of: caller, digest, make)
        } catch {
            switch error {
            case .keyLength(let bytes):
                throw HTTPProblem(.memberInvalid, "found \(bytes) bytes, wanted 1 to 255", field: "Idempotency-Key")
            case .reused:
                throw HTTPProblem(
                    .idempotencyKeyReused, "found a key that came with another request before",
                    field: "Idempotency-Key", fix: "Use a new key for every new request.")
            }
        }
        guard let work else { return try await make() }
        let outcome = await work.outcome
        var answer = try outcome.result.get()
        // The same again was judged once.
        if work.isRepeat {
            context.service.giveBack(CallerBudget.Cost(hundredths: 100 - CallerBudget.Cost.read.hundredths), to: caller)
        }
        if outcome.isKept { answer.headers[.idempotency] = "kept" }
        return answer
    }

    private func answer(
        _ wanted: VerdictRequest, _ exchange: Exchange, in language: Language
    ) async throws(HTTPProblem) -> Response {
        try Self.check(audience: wanted.audience)
        let service = context.service
        let binding = try wanted.binding.checked { text throws(ServiceFailure) in try service.openChallenge(text) }
        let attesting = Attesting(context: context, observation: observation)
        let result = try await attesting.attest(
            try attesting.checked { () throws(ServiceFailure) in
                try CheckedSubmission(
                    quote: wanted.quote, policies: wanted.policies, eventLog: wanted.eventLog, binding: binding,
                    audience: wanted.audience, adapter: .native, in: service.policies.current)
            }, for: exchange, variant: language.rawValue)
        let judgement = result.judgement
        let document = judgement.verdict.document(
            verifierVersion: context.version, collateralSource: judgement.collateralSource,
            forecast: judgement.forecast, in: language)
        var added: [(String, JSON)] = [("id", .string(judgement.identifier))]
        if let token = result.token { added.append(("token", .string(token))) }
        added.append(("log", result.receipt.document))
        return .json(document.adding(added), in: language).marked(result)
    }

    private static func check(audience: String?) throws(HTTPProblem) {
        guard let audience, !(1...512).contains(audience.utf8.count) else { return }
        throw HTTPProblem(.memberInvalid, "found \(audience.utf8.count) bytes, wanted 1 to 512", field: "audience")
    }
}
