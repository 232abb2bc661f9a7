import AttestationService
import HTTPTypes
package import Hummingbird
import Logging
import ServiceLifecycle
import Wire
import Words

/// A listener's one responder: finds the route, and gives every answer, good or bad, the same frame: request id, trace, CORS,
/// metrics, one log line, and a problem document where there is no other body.
package struct PublicResponder: HTTPResponder {
    package typealias Context = Exchange

    let routes: RouteTable
    /// `nil`: no page may read anything.
    let crossOrigin: CrossOriginPolicy?
    let identity: CallerIdentity
    let issuer: String
    let observation: ServiceMetrics
    let memory: MemoryBudget
    let logger: Logger

    package func respond(to request: Request, context: Exchange) async throws -> Response {
        let started = ContinuousClock.now
        var exchange = context
        exchange.identifier = RequestIdentity.identifier(of: request)
        exchange.caller = identity.principal(of: request, from: context.remoteAddress)
        let path = request.uri.path
        let match = routes.match(path)
        exchange.parameters = match?.parameters ?? [:]
        let name = match?.name ?? "other"
        var response: Response
        do throws(HTTPProblem) {
            try Self.checkHost(request)
            response = try await answer(request, exchange, match?.methods)
            try checkRoom(for: response)
        } catch {
            response = refusal(error, exchange, Language(preferredBy: request.headers))
        }
        response.headers[.requestID] = exchange.identifier
        // Whoever asks for the same again wants to know whether it will be the same.
        if request.headers[.idempotencyKey] != nil, response.headers[.idempotency] == nil {
            response.headers[.idempotency] = "not-kept"
        }
        if let trace = RequestIdentity.trace(of: request) { response.headers[.traceParent] = trace }
        // Who keeps the connection for the next request would find it closed (RFC 9112 9.6).
        if Task.isShuttingDownGracefully { response.headers[.connection] = "close" }
        crossOrigin?.apply(to: &response.headers, for: request, path: path)
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head {
            // In this order: a body that is set brings its own length.
            let length = response.body.contentLength ?? 0
            response.body = ResponseBody()
            response.headers[.contentLength] = "\(length)"
        }
        let duration = started.duration(to: .now)
        // Only names of the table become labels, so that nobody outside can grow the metrics.
        observation.record(
            route: name, method: request.method, status: response.status.code, duration)
        let level: Logger.Level = response.status.code >= 500 ? .error : .info
        if logger.logLevel <= level {
            logger.log(
                level: level, "request",
                metadata: [
                    "request_id": "\(exchange.identifier)", "method": "\(request.method.rawValue)",
                    "route": "\(name)", "status": "\(response.status.code)",
                    "client": "\(identity.proxies.client(of: request, from: exchange.remoteAddress))",
                    "duration_us":
                        "\(duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000)",
                ])
        }
        return response
    }

    /// RFC 9112 3.2: one host, for a request that a proxy read otherwise would be another request there.
    private static func checkHost(_ request: Request) throws(HTTPProblem) {
        // The first is taken for the authority; what is left of them stands among the fields.
        let others = HTTPField.Name("Host").map { request.headers[values: $0] } ?? []
        guard request.head.authority?.isEmpty == false else {
            throw HTTPProblem(
                .malformed, "found no Host, wanted one", field: "Host", fix: "Name the host that the request is for.")
        }
        guard others.isEmpty else {
            throw HTTPProblem(
                .malformed, "found several Host, wanted one", field: "Host", fix: "Name one host, and once.")
        }
    }

    private func answer(
        _ request: Request, _ exchange: Exchange, _ methods: [HTTPRequest.Method: Handler]?
    ) async throws(HTTPProblem) -> Response {
        guard let methods else {
            throw HTTPProblem(.notFound, "this service has no such path; /openapi.json lists them all")
        }
        if let handler = methods[request.method] { return try await handler(request, exchange) }
        if request.method == .head, let handler = methods[.get] { return try await handler(request, exchange) }
        let allowed = methods.keys.map(\.rawValue) + (methods[.get] == nil ? [] : ["HEAD"]) + ["OPTIONS"]
        if request.method == .options {
            return Response(status: .noContent, headers: [.allow: allowed.sorted().joined(separator: ", ")])
        }
        var problem = HTTPProblem(
            .methodNotAllowed, "found \(request.method.rawValue), wanted \(allowed.sorted().joined(separator: ", "))")
        problem.allowedMethods = allowed.sorted()
        throw problem
    }

    /// An answer waits in memory until its peer has taken it.
    private func checkRoom(for response: Response) throws(HTTPProblem) {
        guard let bytes = response.body.contentLength, bytes > 65_536 else { return }
        guard memory.reserve(bytes, for: .large) else { throw .noRoom }
        memory.giveBack(bytes, of: .large)
    }

    private func refusal(_ problem: HTTPProblem, _ exchange: Exchange, _ language: Language) -> Response {
        observation.recordProblem(problem.code)
        var response = Response.problem(problem, issuer: issuer, requestIdentifier: exchange.identifier, in: language)
        if let seconds = problem.retryAfterSeconds { response.headers[.retryAfter] = "\(seconds)" }
        if let exceeded = problem.exceeded { response.headers.add(exceeded) }
        if !problem.allowedMethods.isEmpty {
            response.headers[.allow] = problem.allowedMethods.joined(separator: ", ")
        }
        // What is left of a body that was refused unread would be taken for the next request.
        if problem.endsConnection || problem.status == 413 || problem.field == "Host" {
            response.headers[.connection] = "close"
        }
        return response
    }
}

extension HTTPFields {
    /// What a caller may ask for, and when (draft-ietf-httpapi-ratelimit-headers).
    fileprivate mutating func add(_ exceeded: CallerBudget.Exceeded) {
        self[.known("RateLimit-Policy")] = "\"caller\";q=\(exceeded.rate.perMinute);w=60"
        self[.known("RateLimit")] = "\"caller\";r=0;t=\(exceeded.retryAfterSeconds)"
    }
}
