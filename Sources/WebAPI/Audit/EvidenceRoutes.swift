import Appraisal
import AttestationPipeline
import AuditStore
import DCAPFormats
import DCAPVerification
import EventLog
import EvidenceBundles
import HTTPTypes
import Hummingbird
import MerkleLog
import NIOCore
import Wire

/// What needs raw evidence, and therefore an auditor with the scope for it: bundles, and verdicts explained again.
struct EvidenceRoutes: Sendable {
    let routes: AuditRoutes
    private var surface: AuditSurface { routes.surface }

    init(routes: AuditRoutes) { self.routes = routes }

    func bundle(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let auditor = try surface.auditors.auditor(of: request, for: .evidence)
        _ = try AuditParameters(request, known: [])
        let index = try AuditQueryRoutes.index(exchange)
        let (log, tree) = (surface.log, surface.log.tree)
        guard index < tree.size else { throw AuditRoutes.storage(.absent) }
        let (leaf, path) = try await routes.mapping { () async throws(LogReader.Failure) in
            (try await log.reader.leaf(at: index), try await log.reader.inclusion(of: index, in: tree.size).path)
        }
        let evidence = try await ArchivedEvidence(Self.verdict(leaf), from: surface.archive)
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
        let evidence = try await ArchivedEvidence(recorded, from: surface.archive)
        surface.accesses.add(auditor.name, .bundle)
        guard let entry = try? LogEntry(leaf: leaf) else { throw AuditRoutes.storage(.absent) }
        let context = routes.context
        guard let policies = evidence.judgedBy else {
            throw HTTPProblem(
                .policyUnknown, "the policy \(recorded.policyID) of that time is not one that this version reads",
                fix: "Fetch the bundle, and judge it with the version of then.")
        }
        let time = Instant(seconds: entry.timeMilliseconds / 1_000)
        let manifest = evidence.manifest.flatMap { try? CollateralManifest(document: $0) }
        let verifier = context.pipeline.verifier
        let verification: Verification
        if let manifest, let collateral = Collateral(manifest, parts: evidence.parts) {
            verification = verifier.verify(evidence.quote, using: collateral, at: time)
        } else {
            // Refused before any collateral was asked for: the chain alone says why.
            switch verifier.anchor(evidence.quote, at: time) {
            case .failure(let refusal): verification = refusal.verification
            case .success:
                throw HTTPProblem(
                    .evidencePurged, "the verdict was reached without collateral, which could not be had then",
                    fix:
                        "There is nothing more to explain: its reasons are \(recorded.reasons.joined(separator: ", "))."
                )
            }
        }
        let expected = recorded.binding.flatMap { ExpectedReportData.Scheme(rawValue: $0) }.flatMap {
            ExpectedReportData(recorded: $0, nonce: evidence.nonce, userData: evidence.userData)
        }
        let library = evidence.library
        var eventLog: EventLogFindings?
        if case .verified(let quote) = verification, let log = evidence.eventLog {
            eventLog = quote.replay(log, manifests: library.manifests)
        }
        let verdict = appraise(
            verification, trusting: verifier.anchor, under: policies, references: library, eventLog: eventLog,
            expecting: expected, at: time)
        let agrees =
            verdict.decision.rawValue == recorded.verdict.rawValue && verdict.reasons.sorted() == recorded.reasons
        return .json(
            verdict.document(verifierVersion: context.version, collateralSource: nil, forecast: nil).adding([
                ("id", .string(recorded.jti)), ("index", .integer(Int64(clamping: index))),
                ("agrees_with_log", .bool(agrees)),
            ]))
    }
}
