import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import Wire
import Words

/// `GET /audit/v1/export`: a range of the log as lines of JSON, with what a reader needs to check that it is complete
/// (transparency-log 15.3). Read in short steps: however long the range is, neither memory nor a transaction grows.
extension AuditQueryRoutes {
    func export(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let parameters = try AuditParameters(request, known: AuditParameters.filters + ["from", "to", "format"])
        _ = try parameters.choice("format", ["ndjson"])
        let (log, tree) = (routes.surface.log, routes.surface.log.tree)
        let filter = try parameters.filter()
        let isFiltered = filter != AuditFilter()
        let (from, to) = (try parameters.number("from") ?? 0, try parameters.number("to") ?? tree.size)
        guard from <= to, to <= tree.size else {
            throw AuditParameters.invalid("to", "found \(from) to \(to), and the newest signed size is \(tree.size)")
        }
        let left = try await routes.mapping { () async throws(LogReader.Failure) in
            try await log.reader.compactRange(of: from)
        }
        var header: [(String, JSON)] = [
            ("kind", .string("header")), ("origin", .string(log.origin.description)),
            ("from", .integer(Int64(clamping: from))), ("to", .integer(Int64(clamping: to))),
            ("checkpoint", .string(String(decoding: tree.note.bytes, as: UTF8.self))),
        ]
        header.append(
            isFiltered
                ? ("completeness", .string("unproven")) : ("left", .array(left.hashes.map { .string($0.hex) })))
        if let auditor = try? routes.surface.auditors.auditor(of: request, for: .read) {
            routes.surface.accesses.add(auditor.name, .export)
        }
        let lines = ExportLines(
            reader: log.reader, index: isFiltered ? routes.surface.index : nil, filter: filter, from: from, to: to)
        let first = JSON.object(header).compactBytes + [0x0A]
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(bytes: first))
                try await lines.write { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
            })
    }
}

/// The lines of an export. A failure half way ends the stream without its trailer: that is how a reader knows.
private struct ExportLines: Sendable {
    let reader: LogReader
    /// For a filtered export.
    let index: QueryIndex?
    let filter: AuditFilter
    let from: UInt64
    let to: UInt64

    /// Entries per step: about half a megabyte.
    private static let step: UInt64 = 512

    func write(_ write: ([UInt8]) async throws -> Void) async throws {
        var count = 0
        if let index {
            var bounded = filter
            bounded.fromIndex = max(from, filter.fromIndex ?? 0)
            var after: UInt64?
            repeat {
                let page = try await index.page(bounded, size: to, after: after, ascending: true, limit: Int(Self.step))
                let leaves = try await reader.leaves(at: page.indices)
                count += leaves.count
                try await write(lines(zip(page.indices, leaves)))
                after = page.next
            } while after != nil
        } else {
            var position = from
            while position < to {
                let end = min(to, position + Self.step)
                let leaves = try await reader.leaves(in: position..<end)
                count += leaves.count
                try await write(lines(zip(position..<end, leaves)))
                position = end
            }
        }
        try await write(
            JSON.object([
                ("kind", .string("trailer")), ("count", .integer(Int64(count))),
                ("next", .integer(Int64(clamping: to))),
            ]).compactBytes + [0x0A])
    }

    private func lines(_ entries: some Sequence<(UInt64, [UInt8])>) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, leaf) in entries {
            bytes += AuditQueryRoutes.entry(index, leaf, decodes: false).compactBytes
            bytes.append(0x0A)
        }
        return bytes
    }
}
