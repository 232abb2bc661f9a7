import AuditStore
import HTTPTypes
import Hummingbird
import Logging
import Wire

/// Keys, evidence, and what the admin listener says of itself.
struct AdminRoutes: Sendable {
    let context: ServiceContext
    let surface: AdminSurface

    func keys(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try surface.administrators.auditor(of: request, for: .admin)
        return .json(try surface.keys.list(context.now()))
    }

    func rotate(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let algorithm = exchange.parameters["algorithm"] ?? ""
        let (keys, now) = (surface.keys, context.now())
        let key = try await surface.policies.perform(
            "keys.rotate", on: algorithm, who: who,
            check: { () async throws(HTTPProblem) in try keys.check(algorithm, now) },
            act: { () async throws(HTTPProblem) in try await keys.rotate(algorithm, now) })
        return .json(key, status: .created)
    }

    /// Deletes now what the hourly run would delete.
    func purge(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let retention = surface.retention
        let count = try await surface.policies.perform("evidence.purge", on: "retention", who: who) {
            () async throws(HTTPProblem) in
            try await archive { try await retention.purge() }
        }
        return .json(.object([("quotes", .integer(Int64(count)))]))
    }

    /// Deletes what is kept for one verdict alone; its entry stays in the log for ever (transparency-log E-15).
    func erase(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let identifier = try await known(exchange)
        let retention = surface.retention
        let held = HTTPProblem(
            .evidenceHeld, "found a hold on the evidence of \(identifier), and nothing was deleted", field: "jti",
            fix: "Release the hold first, where that is lawful.")
        let erased = try await surface.policies.perform(
            "evidence.erase", on: identifier, who: who,
            check: { () async throws(HTTPProblem) in
                guard try await !archive({ try await retention.isHeld(identifier) }) else { throw held }
            },
            act: { () async throws(HTTPProblem) in try await archive { try await retention.erase(identifier) } })
        guard let erased else { throw held }
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
        let retention = surface.retention
        try await surface.policies.perform(isHeld ? "evidence.hold" : "evidence.release", on: identifier, who: who) {
            () async throws(HTTPProblem) in
            try await archive { try await retention.hold(identifier, isHeld) }
        }
        return .json(.object([("id", .string(identifier)), ("hold", .bool(isHeld))]))
    }

    /// The path's `jti`, of a verdict that is in the log: nothing else becomes the subject of an entry.
    private func known(_ exchange: Exchange) async throws(HTTPProblem) -> String {
        guard let audit = context.audit else { throw HTTPProblem(.notFound, "there is no log here") }
        _ = try await RecordedVerdictRoutes(routes: AuditRoutes(context: context, surface: audit)).find(exchange)
        return exchange.parameters["jti"] ?? ""
    }

    private func archive<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws(HTTPProblem) -> Value {
        do {
            return try await body()
        } catch {
            context.logger.error("the archive", metadata: ["reason": "\(error)"])
            throw HTTPProblem(.notRecorded, "the archive could not do it now", fix: "Try again later.")
        }
    }

    func openAPI(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        .json(OpenAPIDocument(issuer: context.issuer, version: context.version).admin)
    }
}
