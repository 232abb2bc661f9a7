import Appraisal
import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import Records
import Wire

/// What needs raw evidence, and therefore an auditor with the scope for it: bundles, and verdicts explained again.
struct EvidenceRoutes: Sendable {
    let routes: AuditRoutes
    private var surface: AuditSurface { routes.surface }

    init(routes: AuditRoutes) { self.routes = routes }

    private func evidence(of entry: VerdictEntry) async throws(HTTPProblem) -> ArchivedEvidence {
        do throws(ArchivedSubmission.Failure) {
            return try await ArchivedEvidence(entry, from: archived)
        } catch {
            switch error {
            case .purged(let what, let hash):
                throw HTTPProblem(
                    .evidencePurged, "\(what) \(hash.hex) is not kept any more; the entry and its proof are",
                    fix: "Ask whoever keeps bundles, or look at the entry alone.")
            case .unavailable:
                throw HTTPProblem(.notRecorded, "the archive cannot be read now", fix: "Try again later.")
            }
        }
    }

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
        let evidence = try await evidence(of: Self.verdict(leaf))
        surface.accesses.add(auditor.name, .bundle)
        let proof = TextProof(extra: leaf, index: index, path: path, checkpoint: tree.note)
        let archive = evidence.bundle(leaf: leaf, proof: proof).archive
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/x-tar", .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"evidence-\(index).tar\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: archive)))
    }

    private static func verdict(_ leaf: [UInt8]) throws(HTTPProblem) -> VerdictEntry {
        switch try? LogEntry(leaf: leaf).body {
        case .verdict(let verdict): return verdict
        case .reappraisal(let again): return again.verdict
        default: throw HTTPProblem(.notFound, "this entry is no verdict, and has no evidence")
        }
    }

    /// Judges again, from what is archived and at the time of the verdict, and says every check; and whether it comes out
    /// as it is written in the log.
    func explain(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let auditor = try surface.auditors.auditor(of: request, for: .evidence)
        _ = try AuditParameters(request, known: [])
        let (index, leaf) = try await RecordedVerdictRoutes(routes: routes).find(exchange)
        let recorded = try Self.verdict(leaf)
        let evidence = try await evidence(of: recorded)
        surface.accesses.add(auditor.name, .bundle)
        guard let entry = try? LogEntry(leaf: leaf) else { throw AuditRoutes.storage(.absent) }
        let context = routes.context
        guard let policies = evidence.judgedBy else {
            throw HTTPProblem(
                .policyUnknown, "the policy \(recorded.policyID) of that time is not one that this version reads",
                fix: "Fetch the bundle, and judge it with the version of then.")
        }
        let verdict: Verdict
        do throws(RecordedInputs.Stop) {
            verdict = try evidence.inputs(at: entry.timeMilliseconds)
                .judge(by: context.service.verifier, under: policies, references: evidence.library)
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
                ] + (evidence.ruleset.map { [("ruleset_of_log", .integer($0))] } ?? [])), in: language)
    }

    private static func unexplained(_ recorded: VerdictEntry, _ stop: RecordedInputs.Stop) -> HTTPProblem {
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
