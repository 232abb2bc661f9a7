import Appraisal
import DCAPFormats
import ResultToken
import Wire

/// OpenAPI 3.1 of the public listener, written from the same lists that the service answers with.
struct OpenAPIDocument {
    let issuer: String
    let version: String
    /// Where the log is, on this listener; `nil` without one.
    var logPath: String?
    /// The policies that may be named now.
    var policies: [String] = []

    var json: JSON {
        .object([
            ("openapi", .string("3.1.0")),
            (
                "info",
                .object([
                    ("title", .string("Assay")), ("version", .string(version)),
                    (
                        "description",
                        .string(
                            """
                            Verdicts over Intel TDX and SGX quotes, and signed tokens for them. The sentences of a verdict \
                            and of a problem document are English, or Chinese for `Accept-Language: zh`; names and \
                            codes are the same in both.
                            """)
                    ),
                    ("license", .object([("name", .string("Apache-2.0")), ("identifier", .string("Apache-2.0"))])),
                ])
            ),
            ("servers", .array([.object([("url", .string(issuer))])])),
            ("paths", paths),
            ("components", .object([("schemas", schemas)])),
        ])
    }

    private var paths: JSON {
        .object(
            apiPaths
                + Page.all.map { page in
                    path(page.path, "get", page.summary, answer: (200, page.type, Self.string))
                } + (logPath.map { auditPaths($0) } ?? []))
    }

    private var apiPaths: [(String, JSON)] {
        [
            path(
                "/v1/verdicts", "post", "Judge a quote",
                body: [("application/json", reference("VerdictRequest")), ("application/octet-stream", Self.bytes)],
                parameters: verdictParameters, answer: (200, "application/json", reference("Verdict"))),
            path(
                "/v1/policies", "get", "The policies that may be named",
                answer: (200, "application/json", Self.anyObject)),
            path(
                "/v1/policies/{id}/requirements", "get", "What a policy needs to be able to accept",
                parameters: [VerdictParameter(name: "id", text: "the policy's id")],
                answer: (200, "application/json", Self.anyObject)),
            path(
                "/v1/challenges", "post", "A nonce for the next quote, good once",
                answer: (201, "application/json", reference("Challenge"))),
            path(
                "/v1/quotes/decode", "post", "What a quote says; nothing is verified",
                body: [("application/json", reference("DecodeRequest")), ("application/octet-stream", Self.bytes)],
                answer: (200, "application/json", Self.anyObject)),
            path(
                "/v1/collateral", "post", "The collateral held for a quote's platform, as Intel signed it",
                body: [("application/octet-stream", Self.bytes)], answer: (200, "application/json", Self.anyObject)),
            path(
                "/v1/tokens/introspect", "post", "Whether a token is good now (RFC 7662)",
                body: [("application/x-www-form-urlencoded", reference("IntrospectionRequest"))],
                answer: (200, "application/json", reference("Introspection"))),
            path(
                "/v1/tokens/check", "get", "Whether the bearer token is good now, as a status: 204 or 401",
                parameters: [
                    VerdictParameter(
                        name: "status", text: "the worst that is good enough; warning where it is left out",
                        shape: .choice(Self.tiers)),
                    VerdictParameter(
                        name: "freshness", text: "any: the quote may be old; require where it is left out",
                        shape: .choice(["require", "any"])),
                    VerdictParameter(name: "audience", text: "that the token must name"),
                    VerdictParameter(name: "nonce", text: "that the token must answer, base64url"),
                    VerdictParameter(name: "max_age", text: "whole seconds, from 0 on", shape: .count),
                    VerdictParameter(
                        name: "minimum", text: "CATEGORY:TIER; several times, each category once",
                        shape: .pattern(
                            "^(\(TokenExpectations.categories.sorted().joined(separator: "|"))):"
                                + "(\(Self.tiers.joined(separator: "|")))$")),
                    VerdictParameter(
                        name: "policy",
                        text:
                            "the id of a policy in force, or SHA-256 in hex; several times; default, where it is left out, "
                            + "is the service's own, and any alone takes all",
                        shape: .either([.choice(["any", "default"] + policies), .hash])),
                    VerdictParameter(
                        name: "policy_sha256", text: "SHA-256 in hex, and no id; several times", shape: .hash),
                    VerdictParameter(name: "reference_set", text: "SHA-256 in hex; several times", shape: .hash),
                ]
                    + TokenMeasurement.allCases.map {
                        VerdictParameter(
                            name: $0.rawValue, text: "a value that is accepted, in hex; several times",
                            shape: .hex([$0.byteCount]))
                    } + [
                        VerdictParameter(
                            name: "client_certificate", text: "of the gateway's TLS, PEM; its key must be cnf",
                            shape: .free),
                        VerdictParameter(
                            name: "key_thumbprint", text: "the key at the other end, in place of a certificate"),
                        VerdictParameter(
                            name: "confirmation", text: "when-present where it is left out",
                            shape: .choice(GateDemands.Confirmation.allCases.map(\.rawValue))),
                    ],
                answer: (204, "application/json", Self.anyObject)),
            path(
                "/v1/status-list", "get", "The newest status list: which tokens do not stand any more",
                answer: (200, "application/statuslist+jwt", Self.string)),
            path(
                "/v1/status-list/{list}", "get", "The status list that a token names in status.status_list.uri",
                parameters: [VerdictParameter(name: "list", text: "its name")],
                answer: (200, "application/statuslist+jwt", Self.string)),
            path(
                "/.well-known/openid-configuration", "get", "Discovery",
                answer: (200, "application/json", Self.anyObject)),
            keySet("/.well-known/jwks.json"), keySet("/jwks.json"), keySet("/jwks"), keySet("/certs"),
            path(
                "/jwks-history.json", "get", "Retired keys with the dates of their use",
                answer: (200, "application/json", Self.anyObject)),
            path("/healthz", "get", "Alive", answer: (200, "application/json", Self.anyObject)),
            path(
                "/readyz", "get", "Ready to judge, and how old the collateral is",
                answer: (200, "application/json", Self.anyObject)),
            path("/metrics", "get", "Prometheus metrics", answer: (200, "text/plain", Self.string)),
            path("/openapi.json", "get", "This document", answer: (200, "application/json", Self.anyObject)),
            path(
                "/v1/attestation", "post", "As Alibaba Cloud's remote attestation service",
                body: [("application/json", reference("AlibabaRequest"))], answer: (200, "text/plain", Self.string)),
            path(
                "/attestation", "post", "As Trustee's attestation service",
                body: [("application/json", reference("TrusteeRequest"))],
                answer: (200, "text/plain", Self.string)),
            path(
                "/challenge", "post", "As Trustee's challenge; what is sent along is not looked at",
                answer: (200, "application/json", Self.anyObject)),
            path(
                "/tdx_attest", "post", "As CCZoo's verifier: SUCCESS only for an accept",
                body: [("application/json", reference("CCZooRequest"))],
                answer: (200, "application/json", Self.anyObject)),
        ]
    }

    var schemas: JSON {
        func object(_ required: [String], _ properties: [(String, JSON)], closed: Bool) -> JSON {
            var members: [(String, JSON)] = [
                ("type", .string("object")), ("required", .array(required.map { .string($0) })),
                ("properties", .object(properties)),
            ]
            if closed { members.append(("additionalProperties", .bool(false))) }
            return .object(members)
        }
        let base64 = ValueShape.base64.schema.adding([("description", .string("base64 or base64url"))])
        let peers = peersMembers
        func absent(_ schema: JSON) -> JSON { .object([("anyOf", .array([schema, Self.nothing]))]) }
        return .object([
            (
                "VerdictRequest",
                object(
                    ["quote"],
                    [
                        ("quote", base64), ("event_log", absent(base64)),
                        (
                            "policy",
                            ValueShape.either([.choice(policies), .list(of: policies, most: 8)]).schema.adding([
                                ("description", .string("the policy's id, or several that must all hold"))
                            ])
                        ),
                    ]
                        + VerdictParameter.all.filter { $0.name != "policy" }.map {
                            ($0.name, absent($0.shape.schema).adding([("description", .string($0.text))]))
                        }, closed: true)
            ),
            ("AlibabaRequest", object(["tee", "evidence"], peers + [("policy_ids", policyIDs)], closed: true)),
            (
                "TrusteeRequest",
                object(
                    ["verification_requests"],
                    [
                        (
                            "verification_requests",
                            .object([
                                ("type", .string("array")), ("minItems", .integer(1)), ("maxItems", .integer(1)),
                                (
                                    "items",
                                    object(
                                        ["tee", "evidence"],
                                        peers + [
                                            ("runtime_data_hash_algorithm", Self.anything),
                                            ("additional_data", Self.anything),
                                        ], closed: true)
                                ),
                            ])
                        ), ("policy_ids", policyIDs),
                    ], closed: true)
            ),
            (
                "Verdict",
                object(
                    ["verdict", "status", "reasons", "checks", "policy", "binding", "time", "verifier", "id"],
                    [
                        ("verdict", Self.oneOf(["accept", "reject"])),
                        ("status", Self.oneOf(["affirming", "warning", "contraindicated"])),
                        ("reasons", Self.list(Self.string)), ("tee", Self.oneOf(["sgx", "tdx"])),
                        ("quote", Self.anyObject), ("tcb", Self.anyObject), ("platform", Self.anyObject),
                        ("collateral", Self.anyObject), ("failure", Self.anyObject), ("trust_root", Self.anyObject),
                        ("checks", Self.list(reference("Check"))), ("policy", Self.anyObject),
                        ("policies", Self.list(Self.anyObject)), ("event_log", Self.anyObject),
                        ("binding", Self.anyObject), ("time", Self.string), ("verifier", Self.anyObject),
                        ("id", Self.described("UUIDv7; the token's jti")), ("token", Self.described("compact JWS")),
                        ("log", Self.anyObject),
                    ], closed: true)
            ),
            (
                "Check",
                object(
                    ["id", "clause", "outcome", "detail"],
                    [
                        ("id", Self.string), ("clause", Self.string),
                        ("outcome", Self.oneOf(["passed", "failed", "not_performed"])), ("reason", Self.string),
                        ("detail", Self.string), ("found", Self.string), ("wanted", Self.string), ("fix", Self.string),
                    ], closed: true)
            ),
            (
                "Challenge",
                object(
                    ["challenge", "nonce", "nonce_hex", "expires"],
                    [
                        ("challenge", Self.described("to send back; no token of a result")),
                        ("nonce", Self.described("32 bytes in base64url, to be bound into report_data")),
                        ("nonce_hex", Self.described("the same in hex")), ("expires", Self.string),
                    ],
                    closed: true)
            ),
            ("DecodeRequest", object(["quote"], [("quote", base64)], closed: true)),
            (
                "IntrospectionRequest",
                object(
                    ["token"],
                    [
                        (
                            "token",
                            ValueShape.text.schema.adding([("description", .string("compact JWS"))])
                        )
                    ], closed: false)
            ),
            (
                "Introspection",
                object(
                    ["active"],
                    [
                        ("active", .object([("type", .string("boolean"))])), ("reason", Self.string),
                        ("revoked", Self.anyObject),
                        ("default_policy_sha256", Self.described("of the policy for requests that name none")),
                    ], closed: false)
            ),
            (
                "CCZooRequest",
                object(
                    ["raw_quote_data"],
                    [
                        (
                            "raw_quote_data",
                            ValueShape.pattern("^[ \\n]*([0-9a-fA-F][ \\n]*[0-9a-fA-F][ \\n]*)+$").schema.adding([
                                ("description", .string("hex, with or without blanks between"))
                            ])
                        )
                    ], closed: true)
            ),
            (
                "Problem",
                object(
                    ["type", "title", "status", "detail", "code", "retryable", "request_id"],
                    [
                        ("type", Self.string), ("title", Self.string), ("status", Self.integer),
                        ("detail", Self.string),
                        ("code", Self.described("stable; a failed verification's, or one of this service's")),
                        ("retryable", .object([("type", .string("boolean"))])), ("request_id", Self.string),
                        ("field", Self.string), ("offset", Self.integer), ("fix", Self.string),
                    ], closed: false)
            ),
        ])
    }

    /// The same as query parameters: several policies stand in one, with commas between.
    private var verdictParameters: [VerdictParameter] {
        let one = "(" + policies.map { $0.replacing(".", with: "\\.") }.joined(separator: "|") + ")"
        return VerdictParameter.all.map {
            $0.name == "policy"
                ? VerdictParameter(name: $0.name, text: $0.text, shape: .pattern("^\(one)(,\(one)){0,7}$")) : $0
        }
    }

    private var policyIDs: JSON {
        .object([
            (
                "anyOf",
                .array([
                    Self.nothing,
                    .object([
                        ("type", .string("array")), ("items", ValueShape.choice(["default"] + policies).schema),
                        ("maxItems", .integer(8)),
                    ]),
                ])
            )
        ])
    }

    /// What the peers' requests have in common (wire-formats 2.1, 2.4).
    private var peersMembers: [(String, JSON)] {
        [
            ("tee", ValueShape.choice(["tdx", "sgx"]).schema),
            (
                "evidence",
                ValueShape.base64.schema.adding([
                    ("description", .string("base64url of an object with the member quote, in base64"))
                ])
            ),
            ("runtime_data", Self.anything), ("init_data", Self.nothing),
        ]
    }

    private func keySet(_ path: String) -> (String, JSON) {
        self.path(path, "get", "Published keys (RFC 7517)", answer: (200, "application/jwk-set+json", Self.anyObject))
    }

    func path(
        _ path: String, _ method: String, _ summary: String, body: [(String, JSON)] = [],
        parameters: [VerdictParameter] = [], answer: (status: Int, type: String, schema: JSON)
    ) -> (String, JSON) {
        func content(_ types: [(String, JSON)]) -> JSON {
            .object(types.map { ($0.0, .object([("schema", $0.1)])) })
        }
        var operation: [(String, JSON)] = [("summary", .string(summary))]
        if !parameters.isEmpty {
            operation.append(
                (
                    "parameters",
                    .array(
                        parameters.map { parameter in
                            let isInPath = path.contains("{\(parameter.name)}")
                            let isOfRawBody =
                                method == "post" && !isInPath
                                && VerdictParameter.all.contains { $0.name == parameter.name }
                            return .object([
                                ("name", .string(parameter.name)), ("in", .string(isInPath ? "path" : "query")),
                                ("required", .bool(isInPath || parameter.isRequired)),
                                ("description", .string(parameter.text + (isOfRawBody ? "; with a raw body" : ""))),
                                ("schema", parameter.shape.schema),
                            ])
                        })
                ))
        }
        if !body.isEmpty {
            operation.append(("requestBody", .object([("required", .bool(true)), ("content", content(body))])))
        }
        let problem = JSON.object([
            ("description", .string("A problem (RFC 9457)")),
            ("content", content([("application/problem+json", reference("Problem"))])),
        ])
        func refused(_ text: String) -> JSON {
            .object([
                ("description", .string(text)),
                (
                    "headers",
                    .object([("Retry-After", .object([("description", .string("seconds")), ("schema", Self.integer)]))])
                ),
                ("content", content([("application/problem+json", reference("Problem"))])),
            ])
        }
        var responses: [(String, JSON)] = [
            (
                "\(answer.status)",
                .object([
                    ("description", .string(summary)), ("content", content([(answer.type, answer.schema)])),
                ])
            )
        ]
        if isCharged(path) {
            responses.append(("429", refused("CALLER_BUDGET: the caller has asked for too much")))
        }
        if isCharged(path) || !body.isEmpty {
            responses.append(("503", refused("OVERLOADED, or what it needs cannot be had now")))
        }
        operation.append(("responses", .object(responses + [("default", problem)])))
        return (path, .object([(method, .object(operation))]))
    }

    /// Whether a caller's budget pays for it: quotes, and everything about the log.
    private func isCharged(_ path: String) -> Bool {
        [
            "/attestation", "/tdx_attest", "/v1/attestation", "/v1/collateral", "/v1/events", "/v1/proof",
            "/v1/quotes/decode",
        ].contains(path)
            || ["/v1/verdicts", "/audit/", "/log/", logPath ?? "/log/"].contains { path.hasPrefix($0) }
    }

    private func reference(_ name: String) -> JSON { .object([("$ref", .string("#/components/schemas/\(name)"))]) }

    static let string = JSON.object([("type", .string("string"))])
    private static let integer = JSON.object([("type", .string("integer"))])
    static let anyObject = JSON.object([("type", .string("object"))])
    private static let anything = JSON.object([])
    /// What is empty was not sent (wire-formats 2.13).
    private static let nothing = JSON.object([
        ("enum", .array([.null, .string(""), .array([]), .object([])]))
    ])
    static let bytes = JSON.object([
        ("type", .string("string")), ("format", .string("binary")), ("minLength", .integer(1)),
    ])
    private static let tiers = [TrustStatus.affirming, .warning, .contraindicated, .none].map(\.rawValue)
    static let binary = JSON.object([("type", .string("string")), ("format", .string("binary"))])
    private static func described(_ text: String) -> JSON { string.adding([("description", .string(text))]) }
    private static func oneOf(_ values: [String]) -> JSON {
        string.adding([("enum", .array(values.map { .string($0) }))])
    }
    private static func list(_ element: JSON) -> JSON {
        .object([("type", .string("array")), ("items", element)])
    }
}

/// What may be given beside the quote: members of the JSON form, query parameters of the raw one.
struct VerdictParameter: Hashable {
    let name: String
    let text: String
    var shape = ValueShape.text
    var isRequired = false

    static let all = [
        VerdictParameter(name: "policy", text: "the policy's id; without the member the service's default"),
        VerdictParameter(
            name: "nonce", text: "16 to 64 bytes in base64url that report_data must bind", shape: .base64),
        VerdictParameter(name: "nonce_hex", text: "the same in hex, in place of nonce", shape: .anyHex),
        VerdictParameter(name: "challenge", text: "a challenge of this service, in place of a nonce", shape: .free),
        VerdictParameter(
            name: "runtime_data", text: "bytes in base64url that report_data must bind", shape: .base64),
        VerdictParameter(
            name: "scheme",
            text: "how they are bound; none of them may be empty then: "
                + ExpectedReportData.Scheme.allCases.map(\.rawValue).joined(separator: ", "),
            shape: .choice(ExpectedReportData.Scheme.allCases.map(\.rawValue))),
        VerdictParameter(
            name: "key",
            text: "for spki a SubjectPublicKeyInfo, for assay (assay-v2) an RFC 7638 thumbprint of 32 bytes",
            shape: .base64),
        VerdictParameter(name: "nonce_issued", text: "for ita, the nonce's time of issue", shape: .base64),
        VerdictParameter(name: "audience", text: "aud of the token", shape: .free),
    ]
}
