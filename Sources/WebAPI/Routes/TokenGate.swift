import AttestationService
import HTTPTypes
import Hummingbird
import Wire
import Words

/// `GET /v1/tokens/check`: whether the bearer token of this request is good now, as a status. For gateways that can ask but
/// not read, such as nginx's `auth_request`; who reads JSON asks `/v1/tokens/introspect`.
struct TokenGate: Sendable {
    let context: ServiceContext

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let demands = try GateDemands(query: request.uri.query ?? "") { context.service.policy(named: $0) }
        let wanted = demands.demand()
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            // Demands are judged before there is a token, so that a wrong one shows at once.
            _ = try introspect("", wanted ?? TokenDemand())
            return refusal("no bearer token was sent", request, exchange, error: nil)
        }
        let token = String(header.dropFirst(7).drop { $0 == " " })
        let now = context.service.clocks.wall()
        let answer = try introspect(token, wanted ?? demands.token)
        guard wanted != nil else {
            return refusal("cnf: the connection has no client certificate, and one is wanted", request, exchange)
        }
        switch answer {
        case .inactive(let reason): return refusal(reason, request, exchange)
        case .revoked(let revocation): return refusal(revocation.sentence, request, exchange)
        case .active(let claims):
            if let limit = demands.maximumAge {
                guard case .integer(let issued)? = claims["iat"], now / 1_000 - issued <= limit else {
                    return refusal("iat: the token is older than \(limit) s (token.time)", request, exchange)
                }
            }
            var response = Response(status: .noContent, headers: [.cacheControl: "no-store"])
            if wanted?.confirmation == nil, claims["cnf"] != nil, let name = HTTPField.Name("X-Assay-Confirmation") {
                // The gateway may want to log it: whoever has this token is let in.
                response.headers[name] = "not compared"
            }
            return response
        }
    }

    private func introspect(_ token: String, _ demand: TokenDemand) throws(HTTPProblem) -> Introspection {
        try answered { () throws(ServiceFailure) in try context.service.introspect(token, demand) }
    }

    /// A problem, with the reason in RFC 6750's header as well: gateways hand on headers more easily than bodies.
    private func refusal(
        _ reason: Sentence, _ request: Request, _ exchange: Exchange, error: String? = "invalid_token"
    ) -> Response {
        let problem = HTTPProblem(
            .tokenRefused, reason, field: "Authorization",
            fix: reason.english.hasSuffix("(token.freshness)")
                ? "Bind a nonce of 16 bytes or more, or a challenge (POST /v1/challenges), into a new quote, and have it judged."
                : "Have the quote judged anew.")
        var response = Response.problem(
            problem, issuer: context.issuer, requestIdentifier: exchange.identifier,
            in: Language(preferredBy: request.headers))
        let plain = String(
            reason.english.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
            })
        let code = error.map { "error=\"\($0)\", " } ?? ""
        response.headers[.wwwAuthenticate] = "Bearer realm=\"assay\", \(code)error_description=\"\(plain)\""
        return response
    }
}
