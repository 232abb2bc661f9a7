import Appraisal
import AttestationService
import HTTPTypes
import Hummingbird
import Records
import Wire
import Words

/// CCZoo's own verifier, `POST /tdx_attest`: `raw_quote_data` is the quote in hex, byte by byte with blanks between. Its
/// protocol answers 200 with SUCCESS or FAILED; the original says SUCCESS exactly when verification fails, this one only
/// for an accept.
struct CCZooAdapter: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    /// Three characters a byte.
    private static let limit = 4 * Limits.quoteBytes

    func attest(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let attesting = Attesting(context: context, observation: observation)
        try attesting.admit(exchange)
        let body = try await attesting.countingRefusals { () async throws(HTTPProblem) in
            try await BodyReader.read(request, limit: Self.limit)
        }
        return try await context.working { () async throws(HTTPProblem) in try await answer(body, exchange) }
    }

    private func answer(_ body: [UInt8], _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let attesting = Attesting(context: context, observation: observation)
        let quote = try await attesting.countingRefusals { () async throws(HTTPProblem) in try Self.quote(body) }
        let policies = context.service.policies.current
        let answer = try await attesting.attest(
            try attesting.checked { () throws(ServiceFailure) in
                try CheckedSubmission(quote: quote, adapter: .cczoo, in: policies)
            }, for: exchange)
        let verdict = answer.judgement.verdict
        var members: [(String, JSON)] =
            [
                ("attestation_result", .string(verdict.decision == .accept ? "SUCCESS" : "FAILED")),
                ("timestamp", .integer(answer.judgement.timeMilliseconds / 1_000)),
                ("status", .string(verdict.status.rawValue)),
                ("reasons", .array(verdict.reasons.map { .string($0) })), ("log", answer.receipt.document),
            ]
        // Theirs has none; every accept has one here.
        if let token = answer.token { members.append(("token", .string(token))) }
        return Response.json(.object(members)).marked(answer)
    }

    private static func quote(_ body: [UInt8]) throws(HTTPProblem) -> [UInt8] {
        let body = try JSONBody(body, limit: limit, members: ["raw_quote_data"])
        let text = try body.required("raw_quote_data")
        guard let quote = Hex.decode(text.filter { $0 != " " && $0 != "\n" }) else {
            throw HTTPProblem(
                .memberInvalid, "found text that is not hex", field: "raw_quote_data",
                fix: "Write each byte as two hexadecimal digits, with or without blanks between.")
        }
        return quote
    }
}
