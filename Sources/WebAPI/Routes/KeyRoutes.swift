import AttestationService
import HTTPTypes
import Hummingbird
import Wire

/// Keys and discovery: what a relying party needs, and may cache (wire-formats 3.5).
struct KeyRoutes: Sendable {
    let context: ServiceContext

    func keySet(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        cached(context.service.keySet, request, type: "application/jwk-set+json")
    }

    func history(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        cached(context.service.keyHistory, request, type: "application/json")
    }

    func discovery(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        func list(_ values: String...) -> JSON { .array(values.map { .string($0) }) }
        return cached(
            .object(
                [
                    ("issuer", .string(context.issuer)),
                    ("jwks_uri", .string(context.issuer + "/jwks.json")),
                    // Required of every provider: where tokens are had. Nobody logs in here; a quote is posted.
                    ("authorization_endpoint", .string(context.issuer + "/v1/verdicts")),
                    ("grant_types_supported", list("implicit")),
                    ("response_types_supported", list("id_token")),
                    ("subject_types_supported", list("public")),
                    ("id_token_signing_alg_values_supported", .array(try algorithms().map { .string($0) })),
                    (
                        "claims_supported",
                        list(
                            "iss", "sub", "aud", "iat", "nbf", "exp", "jti", "eat_profile", "eat_nonce", "ear_status",
                            "cnf",
                            "submods")
                    ),
                    ("scopes_supported", list("openid")),
                    ("introspection_endpoint", .string(context.issuer + "/v1/tokens/introspect")),
                    ("status_list_endpoint", .string(context.issuer + "/v1/status-list")),
                    ("challenge_endpoint", .string(context.issuer + "/v1/challenges")),
                    ("verdict_endpoint", .string(context.issuer + "/v1/verdicts")),
                ]
                    // Checkers take tokens under this policy, and others where they are named.
                    + (context.service.standardPolicy.map { [("default_policy_sha256", .string($0))] } ?? [])),
            request, type: "application/json")
    }

    /// What today's keys sign with; RS256 is always among them, as OpenID Connect Discovery asks.
    private func algorithms() throws(HTTPProblem) -> [String] {
        guard case .array(let keys)? = context.service.keySet["keys"] else { return [] }
        let names = keys.compactMap { key -> String? in if case .string(let name)? = key["alg"] { name } else { nil } }
        return Set(names).sorted()
    }

    private func cached(_ document: JSON, _ request: Request, type: String) -> Response {
        let bytes = document.compactBytes
        let tag = "\"\(ContentTag.of(bytes))\""
        var response =
            request.headers[.ifNoneMatch] == tag
            ? Response(status: .notModified) : Response.json(bytes, type: type)
        response.headers[.cacheControl] = "public, max-age=300"
        response.headers[.eTag] = tag
        return response
    }
}
