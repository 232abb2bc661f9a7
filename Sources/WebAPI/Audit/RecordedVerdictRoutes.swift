import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import Wire
import Words

/// A logged verdict by its name, and the proof for a token in hand. Whoever knows the name, or has the token, may ask.
struct RecordedVerdictRoutes: Sendable {
    let routes: AuditRoutes
    private var surface: AuditSurface { routes.surface }

    init(routes: AuditRoutes) { self.routes = routes }

    /// The slim view: what the log says, and nothing that it does not.
    func verdict(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        _ = try AuditParameters(request, known: [])
        let (index, leaf) = try await find(exchange)
        guard let entry = try? LogEntry(leaf: leaf), case .verdict(let verdict) = entry.body else {
            throw AuditRoutes.storage(.absent)
        }
        let history = try await history(of: verdict.jti, after: index)
        var members: [(String, JSON)] = [
            ("id", .string(verdict.jti)), ("verdict", .string(verdict.verdict.rawValue)),
            ("reasons", .array(verdict.reasons.map { .string($0) })), ("tee", .string(verdict.tee)),
            ("time", .string(Instant(seconds: entry.timeMilliseconds / 1_000).description)),
            (
                "policy",
                .object([("id", .string(verdict.policyID)), ("sha256", .string(verdict.policySHA256.hex))])
            ),
        ]
        if let status = verdict.tcbStatus { members.append(("tcb_status", .string(status))) }
        members += [
            ("evidence_sha256", .string(verdict.evidenceSHA256.hex)),
            (
                "log",
                .object([
                    ("status", .string("included")), ("origin", .string(surface.log.origin.description)),
                    ("index", .integer(Int64(clamping: index))),
                    ("size", .integer(Int64(clamping: surface.log.tree.size))),
                    ("leaf_hash", .string(MerkleHashing.leaf(leaf).hex)),
                ])
            ),
        ]
        if let last = history.last {
            // What the token is worth now; the verdict above stays what it was.
            members.append(("standing", last["verdict"] ?? .null))
            members.append(("reappraisals", .array(history)))
        }
        return .json(.object(members))
    }

    /// Every time the verdict was judged again and came out otherwise, in order.
    private func history(of identifier: String, after first: UInt64) async throws(HTTPProblem) -> [JSON] {
        let log = surface.log
        let (found, watermark) = try await AuditQueryRoutes(routes: routes).lookup(.identifier(identifier), limit: 100)
        let size = log.tree.size
        let fresh = max(first + 1, min(size, max(watermark, size > 4_096 ? size - 4_096 : 0)))
        let indices = found.filter { $0 > first && $0 < min(fresh, size) } + (fresh < size ? Array(fresh..<size) : [])
        let leaves = try await routes.mapping { () async throws(LogReader.Failure) in
            try await log.reader.leaves(at: indices)
        }
        return zip(indices, leaves).compactMap { position, leaf in
            guard LeafText.holds(#""kind":"reappraisal""#, leaf), let entry = try? LogEntry(leaf: leaf),
                case .reappraisal(let again) = entry.body, again.verdict.jti.hasSameBytes(as: identifier)
            else { return nil }
            return ReappraisalDocument(again, index: position, timeMilliseconds: entry.timeMilliseconds).json
        }
    }

    /// The entry of the path's `jti`. The index may be a moment behind, so the newest entries are looked through as well.
    func find(_ exchange: Exchange) async throws(HTTPProblem) -> (index: UInt64, leaf: [UInt8]) {
        let identifier = exchange.parameters["jti"] ?? ""
        guard (1...64).contains(identifier.utf8.count) else { throw Self.unknown }
        let log = surface.log
        let (found, watermark) = try await AuditQueryRoutes(routes: routes).lookup(.identifier(identifier), limit: 1)
        if let position = found.first, position < log.tree.size {
            return try await routes.mapping { () async throws(LogReader.Failure) in
                (position, try await log.reader.leaf(at: position))
            }
        }
        let size = log.tree.size
        let start = min(size, max(watermark, size > 4_096 ? size - 4_096 : 0))
        let leaves = try await routes.mapping { () async throws(LogReader.Failure) in
            try await log.reader.leaves(in: start..<size)
        }
        for (offset, leaf) in leaves.enumerated() {
            if case .verdict(let verdict)? = try? LogEntry(leaf: leaf).body, verdict.jti.hasSameBytes(as: identifier) {
                return (start + UInt64(offset), leaf)
            }
        }
        throw Self.unknown
    }

    private static let unknown = HTTPProblem(.notFound, "no verdict of that name is in the log", field: "jti")

    /// The proof for a token: its body is the compact JWS, as text. Having it is the permission.
    func proof(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let type = BodyReader.mediaType(request)
        guard ["text/plain", "application/jwt", "application/eat+jwt", "application/octet-stream"].contains(type) else {
            throw HTTPProblem(
                .mediaType, "found \(type.prefix(64)), wanted application/jwt or text/plain", field: "Content-Type")
        }
        let body = try await BodyReader.read(request, limit: 65_536)
        let parts = body.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0x20 }.split(separator: 0x2E)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]),
            let root = try? JSONDocument(parsing: payload).root,
            let claims = JSON(document: root), let claim = root.member("log"),
            let index = claim.member("index").flatMap({ Decimal.parse($0.bytes) }),
            let leafHash = claim.member("leaf")?.string
        else {
            throw HTTPProblem(
                .memberInvalid, "found no token with a log claim, wanted a compact JWS of this service", field: "token")
        }
        let log = surface.log
        let tree = log.tree(covering: index)
        guard claim.member("origin")?.string.hasSameBytes(as: log.origin.description) == true, index < tree.size else {
            throw HTTPProblem(.notFound, "the token's entry is not in this log", field: "log")
        }
        let leaf = try await routes.mapping { () async throws(LogReader.Failure) in try await log.reader.leaf(at: index)
        }
        guard Base64URL.encode(MerkleHashing.leaf(leaf).bytes) == leafHash,
            case .verdict(let verdict)? = try? LogEntry(leaf: leaf).body,
            let digest = try? TokenBinding.claimsSHA256(claims), verdict.claimsSHA256 == digest
        else {
            throw HTTPProblem(
                .notFound, "entry \(index) is not the one of this token: the token was changed, or is somebody else's",
                field: "log")
        }
        let path = try await routes.mapping { () async throws(LogReader.Failure) in
            try await log.reader.inclusion(of: index, in: tree.size).path
        }
        return .text(
            String(
                decoding: TextProof(extra: leaf, index: index, path: path, checkpoint: tree.note).bytes, as: UTF8.self))
    }
}
