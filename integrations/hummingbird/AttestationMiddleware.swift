import Foundation
import HTTPTypes
public import Hummingbird

/// Lets a request through to a Hummingbird server only with a good, fresh attestation token.
///
///     router.add(middleware: AttestationMiddleware { token in try await introspect(token) })
///
/// Whether a token is good is asked of the service for every request (`POST /v1/tokens/introspect`, RFC 7662), by the HTTP
/// client the server has anyway: the closure gets the token and gives the answer back. An answer that cannot be had
/// refuses. Copy this file, or depend on its target.
public struct AttestationMiddleware<Context: RequestContext>: RouterMiddleware {
    /// What the service says of a token: the members of its answer that are looked at.
    public struct Introspection: Decodable, Sendable {
        public let active: Bool
        /// Why it is not.
        public let reason: String?
        public let earStatus: String?
        public let nonce: String?
        public let audience: String?
        public let issued: Int64?

        private enum CodingKeys: String, CodingKey {
            case active, reason
            case earStatus = "ear_status"
            case nonce = "eat_nonce"
            case audience = "aud"
            case issued = "iat"
        }
    }

    /// What is demanded of a token besides being good.
    public struct Demands: Sendable {
        /// `affirming`: nothing may be open. `warning`: something may.
        public var minimumStatus = "warning"
        public var audience: String?
        /// No older than so many seconds.
        public var maximumAge: Int64 = 300
        /// The nonce that the token of this request must answer, in base64url; `nil` where none is asked for.
        public var nonce: (@Sendable (Request) -> String?)?

        public init() {}
    }

    private let demands: Demands
    private let now: @Sendable () -> Int64
    private let introspect: @Sendable (String) async throws -> Introspection

    /// - Parameter now: Seconds since 1970; the system's clock where it is `nil`.
    public init(
        demanding demands: Demands = Demands(), now: (@Sendable () -> Int64)? = nil,
        introspect: @escaping @Sendable (String) async throws -> Introspection
    ) {
        self.demands = demands
        self.now = now ?? { Int64(Date().timeIntervalSince1970) }
        self.introspect = introspect
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let headers = request.headers[values: .authorization]
        guard headers.count == 1, headers[0].prefix(7).lowercased() == "bearer " else {
            return Self.refusal(.unauthorized, "send one Authorization header: Bearer and an attestation token")
        }
        let answer: Introspection
        do {
            answer = try await introspect(String(headers[0].dropFirst(7)))
        } catch {
            return Self.refusal(
                .serviceUnavailable, "the attestation service does not answer, so nothing is let through")
        }
        if let reason = unmet(answer, request) { return Self.refusal(.unauthorized, reason) }
        return try await next(request, context)
    }

    private func unmet(_ answer: Introspection, _ request: Request) -> String? {
        guard answer.active else { return "the token is not active: \(answer.reason ?? "no reason given")" }
        let isEnough =
            answer.earStatus == "affirming" || demands.minimumStatus == "warning" && answer.earStatus == "warning"
        guard isEnough else {
            return "ear_status: found \(answer.earStatus ?? "nothing"), wanted \(demands.minimumStatus)"
        }
        if let audience = demands.audience, answer.audience != audience {
            return "aud: found \(answer.audience ?? "nothing"), wanted \(audience)"
        }
        guard let issued = answer.issued, now() - issued <= demands.maximumAge else {
            return "the token is older than \(demands.maximumAge) s"
        }
        if let nonce = demands.nonce {
            // Absent is a failure, not a pass: on either side.
            guard let wanted = nonce(request), answer.nonce == wanted else {
                return "eat_nonce: found \(answer.nonce ?? "nothing"), wanted the one that was given out"
            }
        }
        return nil
    }

    private static func refusal(_ status: HTTPResponse.Status, _ reason: String) -> Response {
        // In a header: printable ASCII, and nothing that ends the quoted text.
        let plain = String(
            reason.unicodeScalars.map {
                (0x20...0x7E).contains($0.value) && $0 != "\"" && $0 != "\\" ? Character($0) : "?"
            })
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if status == .unauthorized {
            headers[.wwwAuthenticate] =
                "Bearer realm=\"assay\", error=\"invalid_token\", error_description=\"\(plain)\""
        }
        let body = "{\"error\":{\"type\":\"attestation_required\",\"message\":\"\(plain)\"}}"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
