import HTTPTypes
import Hummingbird
import Wire

/// `GET /v1/tokens/check`: whether the bearer token of this request is good now, as a status. For gateways that can ask but
/// not read, such as nginx's `auth_request`; who reads JSON asks `/v1/tokens/introspect`.
struct TokenGate: Sendable {
    let context: ServiceContext

    private static let parameters: Set<String> = ["nonce", "audience", "status", "max_age"]

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let demands = try demands(request)
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            return refusal("no bearer token was sent", exchange, error: nil)
        }
        let token = String(header.dropFirst(7).drop { $0 == " " })
        let now = context.now()
        switch try context.tokens.introspect(token, now) {
        case .inactive(let reason): return refusal(reason, exchange)
        case .revoked(let revocation): return refusal(revocation.sentence, exchange)
        case .active(let claims):
            if let reason = Self.unmet(demands, claims.members, seconds: now / 1_000) {
                return refusal(reason, exchange)
            }
            return Response(status: .noContent, headers: [.cacheControl: "no-store"])
        }
    }

    /// What this gateway wants of a token besides being good. A demand that is not understood must not be passed over.
    private func demands(_ request: Request) throws(HTTPProblem) -> [String: String] {
        var demands: [String: String] = [:]
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.parameters.contains(String(parts[0])), demands[String(parts[0])] == nil,
                let value = parts[1].removingPercentEncoding
            else {
                throw HTTPProblem(
                    .memberUnknown, "wanted each at most once of \(Self.parameters.sorted().joined(separator: ", "))",
                    field: String(parts[0].prefix(64)))
            }
            demands[String(parts[0])] = value
        }
        return demands
    }

    private static func unmet(_ demands: [String: String], _ claims: [(String, JSON)], seconds: Int64) -> String? {
        func text(_ name: String) -> String? {
            if case .string(let text)? = claims.first(where: { $0.0 == name })?.1 { text } else { nil }
        }
        func number(_ name: String) -> Int64? {
            if case .integer(let number)? = claims.first(where: { $0.0 == name })?.1 { number } else { nil }
        }
        if let nonce = demands["nonce"], !text("eat_nonce").hasSameBytes(as: nonce) {
            return "eat_nonce: found \(text("eat_nonce") ?? "nothing"), wanted the nonce that was asked for"
        }
        if let audience = demands["audience"], !text("aud").hasSameBytes(as: audience) {
            return "aud: found \(text("aud") ?? "nothing"), wanted \(audience)"
        }
        // Better safe: any word but "warning" demands the best.
        if let status = demands["status"], text("ear_status") != "affirming",
            status != "warning" || text("ear_status") != "warning"
        {
            return "ear_status: found \(text("ear_status") ?? "nothing"), wanted \(status)"
        }
        if let text = demands["max_age"] {
            guard let limit = Int64(text), let issued = number("iat"), seconds - issued <= limit else {
                return "iat: the token is older than \(text) s"
            }
        }
        return nil
    }

    /// A problem, with the reason in RFC 6750's header as well: gateways hand on headers more easily than bodies.
    private func refusal(_ reason: String, _ exchange: Exchange, error: String? = "invalid_token") -> Response {
        let problem = HTTPProblem(.tokenRefused, reason, field: "Authorization", fix: "Have the quote judged anew.")
        var response = Response.json(
            problem.document(issuer: context.issuer, requestIdentifier: exchange.identifier), status: .unauthorized,
            type: "application/problem+json")
        let plain = String(
            reason.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
            })
        let code = error.map { "error=\"\($0)\", " } ?? ""
        response.headers[.wwwAuthenticate] = "Bearer realm=\"assay\", \(code)error_description=\"\(plain)\""
        return response
    }
}
