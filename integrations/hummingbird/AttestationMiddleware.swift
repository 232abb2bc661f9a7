import Foundation
import HTTPTypes
public import Hummingbird
import Logging
import Synchronization

/// Lets a request through to a Hummingbird server only with a good, fresh attestation token.
///
///     router.add(middleware: try AttestationMiddleware { token in try await introspect(token) })
///
/// Whether a token is good is asked of the service for every request (`POST /v1/tokens/introspect`, RFC 7662), by the HTTP
/// client the server has anyway: the closure gets the token and gives the answer back. An answer that cannot be had
/// refuses. Copy the two files of this folder, or depend on their target.
///
/// Unless told otherwise, a token is refused that rests on a quote which may be old (its reasons have `NOT_FRESH`), and so is
/// one under a policy that is not the service's default: whoever asks for a token chooses its policy. See
/// ``Demands/freshness`` and ``Demands/policies``.
///
/// A token that confirms a key (`cnf`) is worth something only in the hands of who has that key. Where the server knows the
/// key at the other end, say so with ``Demands/clientKey``: the token must then confirm that key. Where it does not, whoever
/// has the token is let in; the log says so once, and ``Confirmation/require`` refuses instead.
public struct AttestationMiddleware<Context: RequestContext>: RouterMiddleware {
    public typealias Introspection = AttestationIntrospection

    public enum Confirmation: String, CaseIterable, Sendable {
        /// Compared where the connection has a key.
        case whenPresent = "when-present"
        /// No connection without a key.
        case require
        case off
    }

    public enum Freshness: String, CaseIterable, Sendable {
        /// The quote was made just now.
        case require
        /// It may be old, and shown by whoever recorded it.
        case any
    }

    /// What is demanded of a token besides being good.
    public struct Demands: Sendable {
        /// `affirming`: nothing may be open. `warning`: something may.
        public var minimumStatus = "warning"
        /// The worst tier that is good enough in single categories of the trustworthiness vector.
        public var minimum: [String: String] = [:]
        public var audience: String?
        /// No older than so many seconds.
        public var maximumAge: Int64 = 300
        public var freshness = Freshness.require
        /// SHA-256 of policies in hex; the word `default` for the service's own, which is meant where there is no list; or
        /// `any` alone. Hashes trust the service with the values that the policies compare.
        public var policies: [String]?
        /// SHA-256 in hex of the reference sets whose values are accepted.
        public var references: [String]?
        /// The values in hex that are accepted, by name: `mr_td`, `rtmr0` to `rtmr3`, `mr_enclave`, `mr_signer`.
        public var measurements: [String: [String]] = [:]
        /// The nonce that the token of this request must answer, in base64url; `nil` where none is asked for.
        public var nonce: (@Sendable (Request) -> String?)?
        public var confirmation = Confirmation.whenPresent
        /// The RFC 7638 thumbprint, in base64url, of the key at the other end of this request's connection: of the client's
        /// certificate in the server's own TLS, or in a header that a proxy sets and never passes on. `nil` where the
        /// connection has none.
        public var clientKey: (@Sendable (Request, Context) -> String?)?

        public init() {}
    }

    private let demands: Demands
    private let policies: AttestationWords.Policies
    private let references: Set<String>?
    private let measurements: [String: Set<String>]
    private let now: @Sendable () -> Int64
    private let introspect: @Sendable (String) async throws -> Introspection
    private let notices = Notices()

    /// - Parameter now: Seconds since 1970; the system's clock where it is `nil`.
    /// - Throws: A demand that means nothing: a typo must not be the laxest of demands.
    public init(
        demanding demands: Demands = Demands(), now: (@Sendable () -> Int64)? = nil,
        introspect: @escaping @Sendable (String) async throws -> Introspection
    ) throws(AttestationDemandError) {
        try AttestationWords.check(demands.minimumStatus, "minimumStatus", AttestationWords.tiers)
        for (category, tier) in demands.minimum {
            try AttestationWords.check(category, "category", AttestationWords.categories)
            try AttestationWords.check(tier, category, AttestationWords.tiers)
        }
        if let audience = demands.audience, audience.isEmpty {
            throw AttestationDemandError(demand: "audience", found: "", wanted: "a text that is not empty")
        }
        guard demands.maximumAge >= 0 else {
            throw AttestationDemandError(
                demand: "maximumAge", found: "\(demands.maximumAge)", wanted: "seconds, from 0 on")
        }
        policies = try AttestationWords.Policies(demands.policies)
        measurements = try AttestationWords.measurements(demands.measurements)
        references = try AttestationWords.hashes(demands.references, "references")
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
        if let reason = unmet(answer, request) ?? unmetParts(answer) ?? unmetKey(answer, request, context) {
            return Self.refusal(.unauthorized, reason)
        }
        return try await next(request, context)
    }

    private func unmet(_ answer: Introspection, _ request: Request) -> String? {
        guard answer.active else { return "the token is not active: \(answer.reason ?? "no reason given")" }
        guard AttestationWords.rank(answer.earStatus) <= AttestationWords.rank(demands.minimumStatus) else {
            return "ear_status: found \(answer.earStatus ?? "nothing"), wanted \(demands.minimumStatus) or better"
        }
        if let audience = demands.audience, !answer.audiences.contains(where: { $0.utf8.elementsEqual(audience.utf8) })
        {
            return "aud: found \(answer.audiences.first ?? "nothing"), wanted \(audience)"
        }
        guard let issued = answer.issued, issued >= 0, now() - issued <= demands.maximumAge else {
            return "the token is older than \(demands.maximumAge) s"
        }
        if let nonce = demands.nonce {
            // Absent is a failure, not a pass: on either side.
            guard let wanted = nonce(request), !wanted.isEmpty, answer.nonce == wanted else {
                return "eat_nonce: found \(answer.nonce ?? "nothing"), wanted the one that was given out"
            }
        }
        return nil
    }

    private func unmetParts(_ answer: Introspection) -> String? {
        if let defect = answer.defect { return "submods: \(defect)" }
        for (category, tier) in demands.minimum {
            let ranks = answer.vectors.map { AttestationWords.rank(tierOf: $0[category] ?? 0) }
            guard !ranks.isEmpty, ranks.allSatisfy({ $0 <= AttestationWords.rank(tier) }) else {
                return "\(category): wanted \(tier) or better"
            }
        }
        if demands.freshness == .require, let staleness = answer.staleness {
            return "freshness: found \(staleness), wanted reasons without NOT_FRESH: a quote over a nonce"
        }
        let measured = measurements.sorted { $0.key < $1.key }.map { name, wanted in
            (name, answer.measurements[name] ?? [], Optional(wanted))
        }
        for (name, found, wanted) in [
            ("policy", answer.policies, policies.accepted(answer.defaultPolicy)),
            ("references", answer.references, references),
        ] + measured {
            guard let wanted else { continue }
            guard !found.isEmpty, found.allSatisfy(wanted.contains) else {
                let one = wanted.sorted().joined(separator: " or ")
                return "\(name): found \(found.isEmpty ? "nothing" : found.joined(separator: ", ")), wanted "
                    + (one.isEmpty ? "the default policy, which the service does not tell" : one)
            }
        }
        return nil
    }

    /// Whether the token speaks of the key at the other end.
    private func unmetKey(_ answer: Introspection, _ request: Request, _ context: Context) -> String? {
        guard demands.confirmation != .off else { return nil }
        if let key = demands.clientKey?(request, context) {
            return !key.isEmpty && answer.keyThumbprint == key
                ? nil : "cnf: found \(answer.keyThumbprint ?? "nothing"), wanted the key of the connection"
        }
        guard demands.confirmation == .whenPresent else {
            return "cnf: the connection has no key, and one is wanted"
        }
        if answer.keyThumbprint != nil, notices.isFirst {
            context.logger.warning(
                "a token confirms a key, and the connection has none to compare: whoever has it is let in")
        }
        return nil
    }

    private final class Notices: Sendable {
        private let said = Atomic(false)
        var isFirst: Bool { !said.exchange(true, ordering: .relaxed) }
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
