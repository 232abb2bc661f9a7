import AttestationService
import HTTPTypes
import Hummingbird
import Wire

/// Keys, evidence, and what the admin listener says of itself.
struct AdminRoutes: Sendable {
    let context: ServiceContext
    let surface: AdminSurface

    func keys(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        return .json(surface.keys.list(at: now))
    }

    private var now: Instant { Instant(seconds: context.service.clocks.wall() / 1_000) }

    func rotate(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let algorithm = exchange.parameters["algorithm"] ?? ""
        let (surface, now) = (surface, now)
        let key = try await answering { () async throws(ServiceFailure) in
            try await surface.policies.perform(
                "keys.rotate", on: algorithm, who: who,
                check: { () async throws(ServiceFailure) in try surface.keys.check(algorithm, at: now) },
                act: { () async throws(ServiceFailure) in try await surface.keys.rotate(algorithm, at: now) })
        }
        return .json(key, status: .created)
    }

    /// Deletes now what the hourly run would delete.
    func purge(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let surface = surface
        let count = try await answering { () async throws(ServiceFailure) in
            try await surface.policies.perform("evidence.purge", on: "retention", who: who) {
                () async throws(ServiceFailure) in
                try await surface.evidence.purge()
            }
        }
        return .json(.object([("quotes", .integer(Int64(count)))]))
    }

    /// Deletes what is kept for one verdict alone; its entry stays in the log for ever (transparency-log E-15).
    func erase(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let identifier = try await known(exchange)
        let surface = surface
        let erased = try await answering { () async throws(ServiceFailure) in
            try await surface.policies.perform(
                "evidence.erase", on: identifier, who: who,
                check: { () async throws(ServiceFailure) in try await surface.evidence.checkErasure(of: identifier) },
                act: { () async throws(ServiceFailure) in try await surface.evidence.erase(identifier) })
        }
        return .json(
            .object([
                ("id", .string(identifier)), ("references", .integer(Int64(erased.references))),
                ("quotes", .integer(Int64(erased.quotes))),
            ]))
    }

    func hold(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        try await setHold(true, request, exchange)
    }

    func release(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        try await setHold(false, request, exchange)
    }

    private func setHold(
        _ isHeld: Bool, _ request: Request, _ exchange: Exchange
    ) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let identifier = try await known(exchange)
        let surface = surface
        try await answering { () async throws(ServiceFailure) in
            try await surface.policies.perform(
                isHeld ? "evidence.hold" : "evidence.release", on: identifier, who: who
            ) { () async throws(ServiceFailure) in
                try await surface.evidence.hold(identifier, isHeld)
            }
        }
        return .json(.object([("id", .string(identifier)), ("hold", .bool(isHeld))]))
    }

    /// The path's `jti`, of a verdict that is in the log: nothing else becomes the subject of an entry.
    private func known(_ exchange: Exchange) async throws(HTTPProblem) -> String {
        let routes = AuditRoutes(context: context, surface: context.audit)
        _ = try await RecordedVerdictRoutes(routes: routes).find(exchange)
        return exchange.parameters["jti"] ?? ""
    }

    func openAPI(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        .json(OpenAPIDocument(issuer: context.issuer, version: context.version).admin)
    }
}
