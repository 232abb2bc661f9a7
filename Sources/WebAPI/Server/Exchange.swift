import AttestationService
import HTTPTypes
package import Hummingbird
import NIOCore
import Wire
import Words

/// What one request carries besides itself: its name, and where it came from.
package struct Exchange: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Ours, or the caller's `X-Request-ID`.
    package var identifier: String
    package let remoteAddress: String
    /// Whose budget it is that this costs.
    var caller: Principal
    /// What stood in the path where the route has a name in braces.
    var parameters: [String: String] = [:]

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        identifier = ""
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "local"
        caller = .client(remoteAddress)
    }
}

/// A route's work.
typealias Handler = @Sendable (Request, Exchange) async throws(HTTPProblem) -> Response

extension Response {
    /// JSON in the order given, compact.
    static func json(_ text: [UInt8], status: HTTPResponse.Status = .ok, type: String = "application/json") -> Response
    {
        var headers = HTTPFields()
        headers[.contentType] = type
        // Verdicts and tokens are for whoever asked, now.
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: text)))
    }

    static func json(_ value: JSON, status: HTTPResponse.Status = .ok, type: String = "application/json") -> Response {
        json(value.compactBytes, status: status, type: type)
    }

    /// In English it says nothing of its language: so does what is not known to ask for one.
    static func problem(
        _ problem: HTTPProblem, issuer: String, requestIdentifier: String, in language: Language
    ) -> Response {
        var response = json(
            problem.document(issuer: issuer, requestIdentifier: requestIdentifier, in: language),
            status: HTTPResponse.Status(code: problem.status), type: "application/problem+json")
        if language != .english { response.headers[.contentLanguage] = language.rawValue }
        return response
    }

    /// JSON with sentences for people.
    static func json(_ value: JSON, in language: Language) -> Response {
        var response = json(value)
        response.headers[.contentLanguage] = language.rawValue
        return response
    }

    static func text(_ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8")
        -> Response
    {
        json(Array(text.utf8), status: status, type: type)
    }
}

extension HTTPField.Name {
    static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .contentType }
    static let requestID = known("X-Request-ID")
    static let traceParent = known("traceparent")
    static let idempotencyKey = known("Idempotency-Key")
    static let idempotency = known("Assay-Idempotency")
}
