import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import Wire
import Words

/// The auditor API (transparency-log 15) and the log's static resources (5): all of it is for reading.
struct AuditRoutes: Sendable {
    let context: ServiceContext
    let surface: AuditSurface

    static func all(
        _ context: ServiceContext, _ surface: AuditSurface
    ) -> [String: [HTTPRequest.Method: Handler]] {
        let routes = AuditRoutes(context: context, surface: surface)
        let queries = AuditQueryRoutes(routes: routes)
        let evidence = EvidenceRoutes(routes: routes)
        let verdicts = RecordedVerdictRoutes(routes: routes)
        func open(
            _ handler: @escaping Handler, _ cost: CallerBudget.Cost = .read
        ) -> [HTTPRequest.Method: Handler] {
            [.get: routes.limited(handler, cost)]
        }
        func reading(_ handler: @escaping Handler) -> [HTTPRequest.Method: Handler] {
            open(routes.readers(handler), .query)
        }
        return [
            "/log/v1/keys": open(routes.keys),
            surface.path + "checkpoint": open(routes.checkpoint),
            surface.path + "tile/{path}": open(routes.tile),
            "/audit/v1/proof": open(routes.proof),
            "/audit/v1/consistency": open(routes.consistency),
            "/audit/v1/checkpoints": open(routes.checkpoints),
            "/audit/v1/entries": reading(queries.entries),
            "/audit/v1/entries/{index}": open(routes.readers(queries.entry)),
            "/audit/v1/lookup": reading(queries.lookup),
            "/audit/v1/stats": reading(queries.stats),
            "/audit/v1/export": reading(queries.export),
            "/audit/v1/bundle/{index}": open(evidence.bundle, .query),
            "/v1/verdicts/{jti}": open(verdicts.verdict),
            "/v1/verdicts/{jti}/explain": open(evidence.explain, .verdict),
            "/v1/events": reading(EventStream(surface: surface, events: surface.events).callAsFunction),
            "/v1/proof": [.post: routes.limited(verdicts.proof, .read)],
        ]
    }

    /// Of the caller's one budget, in which a verdict counts a hundred times as much as something small that is read.
    private func limited(_ handler: @escaping Handler, _ cost: CallerBudget.Cost) -> Handler {
        let context = context
        return { request, exchange throws(HTTPProblem) in
            try context.charge(cost, to: exchange)
            if cost == .read { return try await handler(request, exchange) }
            return try await context.working { () async throws(HTTPProblem) in try await handler(request, exchange) }
        }
    }

    /// Entries, queries and exports: for everybody where the log is public.
    private func readers(_ handler: @escaping Handler) -> Handler {
        let surface = surface
        return { request, exchange throws(HTTPProblem) in
            if surface.visibility == .auditors { _ = try surface.auditors.auditor(of: request, for: .read) }
            return try await handler(request, exchange)
        }
    }

    // MARK: The log's static resources

    func checkpoint(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        guard let shown = surface.log.shown else {
            var problem = HTTPProblem(
                .notReady, "no checkpoint was cosigned by the quorum of witnesses yet", fix: "Try again later.")
            problem.retryAfterSeconds = 10
            throw problem
        }
        return .text(String(decoding: shown.note.bytes, as: UTF8.self))
    }

    /// Hash tiles are for everybody; bundles of entries are entries (T-5).
    func tile(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        guard let tile = TileCoordinate(path: "tile/" + (exchange.parameters["path"] ?? "")) else { throw Self.noTile }
        if tile.content == .entries, surface.visibility == .auditors {
            _ = try surface.auditors.auditor(of: request, for: .read)
        }
        let bytes: [UInt8]
        do throws(LogReader.Failure) {
            bytes = try await surface.log.reader.bytes(of: tile)
        } catch {
            throw error == .absent ? Self.noTile : Self.storage(error)
        }
        let tag = "\"\(MerkleHashing.sha256(bytes).hex)\""
        var response =
            request.headers[.ifNoneMatch] == tag
            ? Response(status: .notModified)
            : Response(
                status: .ok, headers: [.contentType: "application/octet-stream"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        response.headers[.eTag] = tag
        response.headers[.cacheControl] = "public, max-age=31536000, immutable"
        return response
    }

    private static let noTile = HTTPProblem(
        .notFound,
        "there is no such tile, not yet, or not of this width; transparency-log paths read tile/0/x001/234.p/5")

    func keys(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let log = surface.log
        return .json(
            .object([
                (
                    "shards",
                    .array([
                        .object([
                            ("origin", .string(log.origin.description)), ("prefix", .string(surface.prefix)),
                            ("vkey", .string(log.key.text)), ("first", .integer(0)),
                            ("size", .integer(Int64(clamping: log.tree.size))), ("state", .string("active")),
                        ])
                    ])
                ),
                (
                    "witnesses",
                    .array((log.witnessed.rule?.trust.witnesses ?? []).map { .string($0.key.text) })
                ),
            ]))
    }

    // MARK: Proofs

    func proof(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: ["index", "size"])
        let newest = surface.log.tree
        let index = try parameters.required("index")
        // Where the size is left open, that of a checkpoint that witnesses cosigned: it convinces more readers.
        let covering = surface.log.tree(covering: index)
        let size = try parameters.number("size") ?? covering.size
        guard size <= newest.size, index < size else {
            throw AuditParameters.invalid(
                "index", "found \(index) of \(size), and the newest signed size is \(newest.size)")
        }
        let tree = size == covering.size ? covering : newest
        let isJSON = request.headers[.accept]?.contains("application/json") == true
        // A text proof carries its checkpoint, and there are two at hand: the newest tree's, and the newest cosigned one's.
        guard isJSON || size == tree.size else {
            throw AuditParameters.invalid(
                "size",
                "a text proof carries a checkpoint, and that of \(size) is not at hand; ask for JSON, or leave size out"
            )
        }
        return try await proofAnswer(index, size: size, tree: tree, isJSON: isJSON)
    }

    func proofAnswer(_ index: UInt64, size: UInt64, tree: SignedTree, isJSON: Bool) async throws(HTTPProblem)
        -> Response
    {
        let (path, leaf) = try await mapping { () async throws(LogReader.Failure) in
            let proof = try await surface.log.reader.inclusion(of: index, in: size)
            return (proof.path, try await surface.log.reader.leaf(at: index))
        }
        let note = String(decoding: tree.note.bytes, as: UTF8.self)
        guard isJSON else {
            // The leaf itself is an entry, and entries are for auditors where the log is theirs.
            let text = TextProof(
                extra: surface.visibility == .public ? leaf : nil, index: index, path: path, checkpoint: tree.note)
            return .text(String(decoding: text.bytes, as: UTF8.self))
        }
        var members: [(String, JSON)] = [
            ("index", .integer(Int64(clamping: index))), ("size", .integer(Int64(clamping: size))),
            ("leaf_hash", .string(MerkleHashing.leaf(leaf).hex)), ("path", .array(path.map { .string($0.hex) })),
        ]
        if size == tree.size { members.append(("checkpoint", .string(note))) }
        return .json(.object(members))
    }

    func consistency(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: ["from", "to"])
        let newest = surface.log.tree.size
        let (from, to) = (try parameters.required("from"), try parameters.number("to") ?? newest)
        guard from <= to, to <= newest else {
            throw AuditParameters.invalid("to", "found \(from) to \(to), and the newest signed size is \(newest)")
        }
        return try await mapping { () async throws(LogReader.Failure) in
            let reader = surface.log.reader
            let proof = try await reader.consistency(from: from, to: to)
            let (old, new) = (try await reader.root(of: from), try await reader.root(of: to))
            return .json(
                .object([
                    ("from", .integer(Int64(clamping: from))), ("to", .integer(Int64(clamping: to))),
                    ("from_root", .string(old.hex)), ("to_root", .string(new.hex)),
                    ("path", .array(proof.path.map { .string($0.hex) })),
                ]))
        }
    }

    func checkpoints(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: ["from_ms", "to_ms", "cursor"])
        let (from, to) = (try parameters.time("from_ms"), try parameters.time("to_ms"))
        try AuditParameters.check("to_ms", from, to)
        let limit = 100
        let question = MerkleHashing.sha256("checkpoints \(from ?? 0) \(to ?? 0)".utf8)
        var after: UInt64 = 0
        if let text = try parameters.single("cursor") {
            guard let cursor = Cursor(text, key: surface.log.cursorKey), cursor.filter == question else {
                throw HTTPProblem(.cursorInvalid, "found a cursor of another question", field: "cursor")
            }
            after = cursor.after
        }
        let found = try await mapping { () async throws(LogReader.Failure) in
            try await surface.log.reader.checkpoints(from: from ?? 0, to: to ?? .max, after: after, limit: limit + 1)
        }
        var members: [(String, JSON)] = [
            (
                "checkpoints",
                .array(
                    found.prefix(limit).map {
                        .object([
                            ("size", .integer(Int64(clamping: $0.size))), ("created_ms", .integer($0.milliseconds)),
                            ("note", .string($0.note)),
                        ])
                    })
            )
        ]
        if found.count > limit {
            let cursor = Cursor(size: 0, after: found[limit - 1].size, ascending: true, filter: question)
            members.append(("next", .string(cursor.text(surface.log.cursorKey))))
        }
        return .json(.object(members))
    }

    // MARK: Failures

    func mapping<Value>(_ body: () async throws(LogReader.Failure) -> Value) async throws(HTTPProblem) -> Value {
        do throws(LogReader.Failure) {
            return try await body()
        } catch {
            throw Self.storage(error)
        }
    }

    static func storage(_ failure: LogReader.Failure) -> HTTPProblem {
        failure == .absent
            ? HTTPProblem(.notFound, "there is no such entry yet")
            : HTTPProblem(.notRecorded, "the log cannot be read now", fix: "Try again later.")
    }
}
