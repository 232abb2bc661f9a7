import Appraisal
import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import Records
import Wire
import Words

/// What needs raw evidence, and therefore an auditor with the scope for it: bundles, and verdicts explained again.
struct EvidenceRoutes: Sendable {
    let routes: AuditRoutes
    private var surface: AuditSurface { routes.surface }

    init(routes: AuditRoutes) { self.routes = routes }

    private func archived(_ hash: MerkleHash) async throws(EvidenceFailure) -> [UInt8]? {
        try await surface.archive.bytes(of: hash)
    }

    func bundle(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let auditor = try surface.auditors.auditor(of: request, for: .evidence)
        _ = try AuditParameters(request, known: [])
        let index = try AuditQueryRoutes.index(exchange)
        let (log, tree) = (surface.log, surface.log.tree)
        guard index < tree.size else { throw AuditRoutes.storage(.absent) }
        let (leaf, path) = try await routes.mapping { () async throws(LogReader.Failure) in
            (try await log.reader.leaf(at: index), try await log.reader.inclusion(of: index, in: tree.size).path)
        }
        let recorded = try await record(of: leaf)
        surface.accesses.add(auditor.name, .bundle)
        let proof = TextProof(extra: leaf, index: index, path: path, checkpoint: tree.note)
        let archive = recorded.bundle(leaf: leaf, proof: proof).archive
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"evidence-\(index).tar\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: archive)))
    }

    private func record(of leaf: [UInt8]) async throws(HTTPProblem) -> RecordedVerdict {
        guard let entry = try? LogEntry(leaf: leaf), let verdict = entry.body.verdict else {
            throw HTTPProblem(.notFound, "this entry is no verdict, and has no evidence")
        }
        do throws(RecordReadingFailure) {
            return try await RecordedVerdict(verdict, at: entry.timeMilliseconds, from: archived)
        } catch {
            throw HTTPProblem(error)
        }
    }

    /// Judges again, from what is archived and at the time of the verdict, and says every check; and whether it comes out
    /// as it is written in the log.
    func explain(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let auditor = try surface.auditors.auditor(of: request, for: .evidence)
        _ = try AuditParameters(request, known: [])
        let (index, leaf) = try await RecordedVerdictRoutes(routes: routes).find(exchange)
        let record = try await record(of: leaf)
        let recorded = record.entry
        surface.accesses.add(auditor.name, .bundle)
        let context = routes.context
        guard let policies = record.policies else {
            throw HTTPProblem(
                .policyUnknown, "the policy \(recorded.policyID) of that time is not one that this version reads",
                fix: "Fetch the bundle, and judge it with the version of then.")
        }
        let verdict: Verdict
        do throws(RecordedVerdict.Stop) {
            verdict = try record.judge(
                by: context.service.verifier, under: policies, references: record.references)
        } catch {
            throw Self.unexplained(recorded, error)
        }
        let agrees =
            verdict.decision.rawValue == recorded.verdict.rawValue && verdict.reasons.sorted() == recorded.reasons
        let language = Language(preferredBy: request.headers)
        return .json(
            verdict.document(verifierVersion: context.version, in: language).adding(
                [
                    ("id", .string(recorded.jti)), ("index", .integer(Int64(clamping: index))),
                    ("agrees_with_log", .bool(agrees)),
                ] + (record.ruleset.map { [("ruleset_of_log", .integer($0))] } ?? [])), in: language)
    }

    private static func unexplained(_ recorded: VerdictEntry, _ stop: RecordedVerdict.Stop) -> HTTPProblem {
        switch stop {
        case .worldFailed, .noCollateral:
            HTTPProblem(
                .evidencePurged, "the verdict was reached without collateral, which could not be had then",
                fix: "There is nothing more to explain: its reasons are \(recorded.reasons.joined(separator: ", ")).")
        case .notCanonical, .binding, .devices:
            HTTPProblem(
                .unsupported, "this version cannot judge the verdict again",
                fix: "Fetch the bundle, and judge it with the version of then.")
        }
    }
}

extension LogEntryBody {
    /// The first one about some evidence, or a later one.
    fileprivate var verdict: VerdictEntry? {
        switch self {
        case .verdict(let verdict): verdict
        case .reappraisal(let again): again.verdict
        default: nil
        }
    }
}

extension HTTPProblem {
    init(_ failure: RecordReadingFailure) {
        switch failure {
        case .purged(let part):
            self.init(
                .evidencePurged, "\(part.name) \(part.sha256.hex) is not kept any more; the entry and its proof are",
                fix: "Ask whoever keeps bundles, or look at the entry alone.")
        case .unreadable:
            self.init(.notRecorded, "the archive cannot be read now", fix: "Try again later.")
        }
    }
}
