import Appraisal
import AttestationService
import DCAPFormats
import HTTPTypes
import Hummingbird
import Wire
import Words

/// Everything that is no verdict and no key.
struct SmallRoutes: Sendable {
    let context: ServiceContext
    let observation: ServiceMetrics

    /// Alive: this process answers. Says nothing about whether it can judge.
    func health(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        .json(.object([("status", .string("ok"))]))
    }

    func readiness(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let report = context.service.readiness
        return .json(report.document, status: report.isReady ? .ok : .serviceUnavailable)
    }

    func metrics(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        .text(observation.text, type: "text/plain; version=0.0.4; charset=utf-8")
    }

    func openAPI(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        var response = Response.json(
            OpenAPIDocument(
                issuer: context.issuer, version: context.version, logPath: context.audit.path,
                policies: context.service.policies.current.all.map(\.id)
            ).json)
        response.headers[.cacheControl] = "public, max-age=300"
        return response
    }

    /// A nonce for the next quote, good once.
    func challenge(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let issued = context.service.issueChallenge()
        return .json(
            .object([
                ("challenge", .string(issued.token)), ("nonce", .string(Base64URL.encode(issued.nonce))),
                ("nonce_hex", .string(Hex.encode(issued.nonce))), ("expires", .string(issued.expires.description)),
            ]), status: .created)
    }

    /// Parses and claims nothing.
    func decode(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        try context.charge(.query, to: exchange)
        let received = try await VerdictRequest.receive(request)
        return try await context.working { () async throws(HTTPProblem) in try Self.decoded(received) }
    }

    private static func decoded(_ received: VerdictRequest.Received) throws(HTTPProblem) -> Response {
        let bytes: [UInt8]
        switch received {
        case .raw(let body, _): bytes = body
        case .json(let text):
            let body = try JSONBody(text, limit: VerdictRequest.jsonLimit, members: ["quote"])
            guard let quote = try body.bytes("quote") else {
                throw HTTPProblem(.memberMissing, "found nothing, wanted the quote in base64", field: "quote")
            }
            bytes = quote
        }
        do throws(VerificationFailure) {
            return .json(
                .object([
                    ("verified", .bool(false)),
                    ("note", .string("This is what is written, whoever wrote it. Nothing was verified.")),
                    ("quote", try Quote(parsing: bytes).document),
                ]))
        } catch {
            throw HTTPProblem(
                error.code, status: error.code == .quoteTooLarge ? 413 : 400,
                detail: ServiceFailure.noQuote(error).detail, field: "quote." + error.field,
                offset: error.offset, fix: Sentence(Remedy.fix(error.code)))
        }
    }

    /// RFC 7662: `application/x-www-form-urlencoded` with `token`. A token that is not good is an answer, not an error.
    func introspect(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        guard BodyReader.mediaType(request) == "application/x-www-form-urlencoded" else {
            throw HTTPProblem(.mediaType, "wanted application/x-www-form-urlencoded", field: "Content-Type")
        }
        let body = String(decoding: try await BodyReader.read(request, limit: 65_536), as: UTF8.self)
        var token: String?
        for pair in body.split(separator: "&") where pair.hasPrefix("token=") {
            guard token == nil else { throw HTTPProblem(.memberInvalid, "found it twice", field: "token") }
            token = pair.dropFirst(6).removingPercentEncoding
        }
        guard let token, !token.isEmpty else {
            throw HTTPProblem(.memberMissing, "found nothing, wanted a compact JWS", field: "token")
        }
        let introspection = try answered { () throws(ServiceFailure) in
            try context.service.introspect(token, .nothingMore)
        }
        switch introspection {
        case .active(let claims):
            // Whoever asks refuses policies that are not the service's own, unless they are named there.
            let standard = context.service.standardPolicy.map { [("default_policy_sha256", JSON.string($0))] }
            return .json(JSON.object([("active", .bool(true))]).adding(claims.members + (standard ?? [])))
        case .inactive(let reason):
            return .json(.object([("active", .bool(false)), ("reason", .string(reason.english))]))
        case .revoked(let revocation):
            return .json(
                .object([
                    ("active", .bool(false)), ("reason", .string(revocation.sentence.english)),
                    (
                        "revoked",
                        .object([
                            ("at", .string(revocation.time.description)),
                            ("reasons", .array(revocation.reasons.map { .string($0) })),
                            ("log_index", .integer(Int64(clamping: revocation.index))),
                        ])
                    ),
                ]))
        }
    }

    /// Who of the tokens that share a list still stands (Token Status List): for whoever checks tokens by themselves.
    func statusList(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let list = try answered { () throws(ServiceFailure) in
            try context.service.statusList(exchange.parameters["list"])
        }
        var response = Response.text(list, type: "application/statuslist+jwt")
        // As its `ttl` says.
        response.headers[.cacheControl] = "public, max-age=60"
        return response
    }
}

extension JSON {
    /// The members of an object; none of anything else.
    var members: [(String, JSON)] {
        if case .object(let members) = self { members } else { [] }
    }
}
