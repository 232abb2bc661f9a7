import HTTPTypes
import Hummingbird
import Wire

/// Which pages may read our answers (docs/threat-model.md): anybody's the public documents, configured origins' the
/// verdicts. No cookie and no credential is ever involved.
package struct CrossOriginPolicy: Hashable, Sendable {
    /// Exact origins, or any.
    package enum Origins: Hashable, Sendable {
        case any
        case listed(Set<String>)
    }

    package let origins: Origins

    package init(origins: Origins) { self.origins = origins }

    func apply(to headers: inout HTTPFields, for request: Request, path: String) {
        guard let origin = request.headers[.origin] else { return }
        let isOpen =
            ["/.well-known/", "/log/", "/audit/", "/v1/status-list/"].contains { path.hasPrefix($0) }
            || Self.openPaths.contains(path) || Page.openPaths.contains(path)
        switch (isOpen, origins) {
        case (true, _), (_, .any): headers[.accessControlAllowOrigin] = "*"
        case (false, .listed(let list)):
            headers[.vary] = "Origin"
            guard list.contains(where: { $0.hasSameBytes(as: origin) }) else { return }
            headers[.accessControlAllowOrigin] = origin
        }
        headers[.accessControlExposeHeaders] =
            "X-Request-ID, Retry-After, RateLimit, RateLimit-Policy, Assay-Idempotency, traceparent"
        guard request.method == .options else { return }
        headers[.accessControlAllowMethods] = "GET, HEAD, POST, OPTIONS"
        headers[.accessControlAllowHeaders] = "Content-Type, Authorization, Idempotency-Key, X-Request-ID, traceparent"
        headers[.accessControlMaxAge] = "600"
    }

    /// Documents that anybody reads.
    private static let openPaths: Set<String> = [
        "/jwks.json", "/jwks", "/certs", "/jwks-history.json", "/openapi.json", "/healthz", "/readyz",
        "/v1/status-list", "/v1/events",
    ]
}

/// Who may say on whose behalf a request comes. Nobody, unless the configuration names them.
package struct TrustedProxies: Hashable, Sendable {
    /// Addresses as text, exactly as the socket shows them.
    package let addresses: Set<String>

    package init(addresses: Set<String>) { self.addresses = addresses }

    /// The client for the log: the last address in `X-Forwarded-For` that is no proxy of ours, where the peer is one.
    func client(of request: Request, from peer: String) -> String {
        guard addresses.contains(peer), let header = request.headers[HTTPField.Name.known("X-Forwarded-For")] else {
            return peer
        }
        let hops = header.split(separator: ",").map { $0.trimmingSpaces }
        let client = hops.last { !addresses.contains($0) } ?? peer
        return client.utf8.count <= 45 && client.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? client : peer
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
