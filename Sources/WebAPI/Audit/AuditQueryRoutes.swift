import AuditStore
import HTTPTypes
import Hummingbird
import Logging
import MerkleLog
import NIOCore
import Wire
import Words

/// Entries: by page, by index, by name, counted, and exported.
struct AuditQueryRoutes: Sendable {
    let routes: AuditRoutes
    private var surface: AuditSurface { routes.surface }

    init(routes: AuditRoutes) { self.routes = routes }

    func entries(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(
            request, known: AuditParameters.filters + ["limit", "cursor", "order", "decode"])
        let filter = try parameters.filter()
        let limit = try parameters.number("limit", in: 1...1_000, standard: 100)
        let decodes = try parameters.choice("decode", ["0", "1"]) == "1"
        let ascending = try parameters.choice("order", ["asc", "desc"]) != "desc"
        let position = try await position(parameters, filter, ascending)
        let (log, index) = (surface.log, surface.index)
        let page = try await asking { () async throws(QueryIndex.Failure) in
            try await index.page(
                filter, size: position.size, after: position.after, ascending: ascending, limit: limit)
        }
        let (leaves, root) = try await routes.mapping { () async throws(LogReader.Failure) in
            (try await log.reader.leaves(at: page.indices), try await log.reader.root(of: position.size))
        }
        var members: [(String, JSON)] = [
            ("as_of", .object([("size", .integer(Int64(clamping: position.size))), ("root", .string(root.hex))])),
            ("completeness", .string("unproven")),
            ("entries", .array(zip(page.indices, leaves).map { Self.entry($0, $1, decodes: decodes) })),
        ]
        if let next = page.next {
            let cursor = Cursor(size: position.size, after: next, ascending: ascending, filter: filter.sha256)
            members.append(("next", .string(cursor.text(log.cursorKey))))
        }
        return .json(.object(members))
    }

    /// Where a page begins: the first one fixes how much of the log the question is about.
    private func position(
        _ parameters: AuditParameters, _ filter: AuditFilter, _ ascending: Bool
    ) async throws(HTTPProblem) -> (size: UInt64, after: UInt64?) {
        if let text = try parameters.single("cursor") {
            guard let cursor = Cursor(text, key: surface.log.cursorKey), cursor.filter == filter.sha256,
                cursor.ascending == ascending, cursor.size <= surface.log.tree.size
            else {
                throw HTTPProblem(
                    .cursorInvalid, "found a cursor of another question, or one that was changed", field: "cursor",
                    fix: "Ask with the same parameters as before, or begin again without it.")
            }
            return (cursor.size, cursor.after)
        }
        let index = surface.index
        let watermark = try await asking { () async throws(QueryIndex.Failure) in try await index.watermark() }
        return (min(watermark, surface.log.tree.size), nil)
    }

    /// The leaf as a string whose bytes are exactly the leaf.
    static func entry(_ index: UInt64, _ leaf: [UInt8], decodes: Bool) -> JSON {
        var members: [(String, JSON)] = [
            ("index", .integer(Int64(clamping: index))), ("leaf", .string(String(decoding: leaf, as: UTF8.self))),
        ]
        if decodes, let root = try? JSONDocument(parsing: leaf).root, let value = JSON(document: root) {
            members.append(("entry", value))
        }
        return .object(members)
    }

    func entry(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try AuditParameters(request, known: [])
        let index = try Self.index(exchange)
        let tree = surface.log.tree
        guard index < tree.size else { throw AuditRoutes.storage(.absent) }
        let reader = surface.log.reader
        let (leaf, path) = try await routes.mapping { () async throws(LogReader.Failure) in
            (try await reader.leaf(at: index), try await reader.inclusion(of: index, in: tree.size).path)
        }
        return .json(
            Self.entry(index, leaf, decodes: true).adding([
                (
                    "proof",
                    .object([
                        ("index", .integer(Int64(clamping: index))), ("size", .integer(Int64(clamping: tree.size))),
                        ("leaf_hash", .string(MerkleHashing.leaf(leaf).hex)),
                        ("path", .array(path.map { .string($0.hex) })),
                        ("checkpoint", .string(String(decoding: tree.note.bytes, as: UTF8.self))),
                    ])
                )
            ]))
    }

    static func index(_ exchange: Exchange) throws(HTTPProblem) -> UInt64 {
        guard let index = Decimal.parse(Array((exchange.parameters["index"] ?? "").utf8)), index < 1 << 53 else {
            throw AuditParameters.invalid("index", "found no plain decimal in the path")
        }
        return index
    }

    func lookup(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: ["jti", "leaf_hash", "evidence_sha256"])
        var names: [QueryIndex.Name] = []
        if let text = try parameters.single("jti") { names.append(.identifier(text)) }
        if let text = try parameters.single("leaf_hash") {
            names.append(.leafHash(try parameters.hash(text, "leaf_hash")))
        }
        if let text = try parameters.single("evidence_sha256") {
            names.append(.evidence(try parameters.hash(text, "evidence_sha256")))
        }
        guard let name = names.first, names.count == 1 else {
            throw AuditParameters.invalid(
                "jti", "found \(names.count) of jti, leaf_hash and evidence_sha256, wanted exactly one")
        }
        let (found, watermark) = try await lookup(name, limit: 1_000)
        let size = surface.log.tree.size
        return .json(
            .object([
                ("as_of", .object([("size", .integer(Int64(clamping: min(watermark, size))))])),
                ("indices", .array(found.filter { $0 < size }.map { .integer(Int64(clamping: $0)) })),
            ]))
    }

    func stats(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: ["from_ms", "to_ms", "by"])
        let (from, to) = (try parameters.time("from_ms"), try parameters.time("to_ms"))
        try AuditParameters.check("to_ms", from, to)
        let name = try parameters.choice("by", QueryIndex.Grouping.allCases.map(\.rawValue)) ?? "verdict"
        let grouping = QueryIndex.Grouping(rawValue: name) ?? .verdict
        let index = surface.index
        let (counts, isComplete) = try await asking { () async throws(QueryIndex.Failure) in
            try await index.counts(by: grouping, from: from ?? 0, to: to ?? .max)
        }
        return .json(
            .object([
                ("by", .string(name)), ("completeness", .string("unproven")), ("whole_time", .bool(isComplete)),
                ("counts", .object(counts.map { ($0.value, .integer($0.count)) })),
            ]))
    }

    /// Indices under a name, and how far the index had followed the log before it was asked. In this order: what it takes in
    /// between is found by the name, where the other order would miss it on both ways.
    func lookup(
        _ name: QueryIndex.Name, limit: Int
    ) async throws(HTTPProblem) -> (found: [UInt64], watermark: UInt64) {
        let index = surface.index
        return try await asking { () async throws(QueryIndex.Failure) in
            let watermark = try await index.watermark()
            return (try await index.lookup(name, limit: limit), watermark)
        }
    }

    /// The index's failures are about the index; the log itself goes on.
    func asking<Value>(_ body: () async throws(QueryIndex.Failure) -> Value) async throws(HTTPProblem) -> Value {
        do throws(QueryIndex.Failure) {
            return try await body()
        } catch {
            routes.context.logger.error("the query index", metadata: ["reason": "\(error.sentence)"])
            throw HTTPProblem(.notReady, "the query index cannot answer now", fix: "Try again later.")
        }
    }
}
