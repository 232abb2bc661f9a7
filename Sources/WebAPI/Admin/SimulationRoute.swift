import Appraisal
import AttestationService
import AuditStore
import HTTPTypes
import Hummingbird
import Logging
import Records
import Synchronization
import Wire
import Words

/// `POST /admin/v1/policies:simulate`: what a policy would have made of the verdicts since a time. Nothing changes.
final class SimulationRoute: Sendable {
    private let context: ServiceContext
    private let surface: AdminSurface
    private let isRunning = Mutex(false)

    /// Well below what keeps a connection from being closed for its silence.
    private static let budget = Duration.seconds(15)

    init(context: ServiceContext, surface: AdminSurface) {
        self.context = context
        self.surface = surface
    }

    func callAsFunction(_ request: Request, _ exchange: Exchange) async throws(HTTPProblem) -> Response {
        let who = try surface.administrators.auditor(of: request, for: .admin).name
        let parameters = try AuditParameters(request, known: ["since", "from_index", "limit"])
        let since = try parameters.time("since") ?? 0
        let from = try parameters.number("from_index") ?? 0
        let limit = try parameters.number("limit", in: 1...10_000, standard: 1_000)
        try DocumentRoutes.checkType(request)
        let policy = try policy(try await BodyReader.read(request, limit: Limits.policyBytes))
        let audit = context.audit
        guard start() else {
            throw HTTPProblem(.overloaded, "another simulation is under way", fix: "Come back when it has ended.")
        }
        defer { isRunning.withLock { $0 = false } }
        let surface = surface
        let references = try await answering { () async throws(ServiceFailure) in
            let references = try context.service.policies.current.references(for: policy)
            // It reads evidence, so it is an act.
            try await surface.policies.perform("policy.simulate", on: policy.sha256, who: who) {}
            return references
        }
        let (reader, archive) = (audit.log.reader, audit.archive)
        let simulation = PolicySimulation(
            source: PolicySimulation.Source(
                size: audit.log.tree.size, leaves: { try await reader.leaves(in: $0) },
                bytes: { hash async throws(EvidenceFailure) in try await archive.bytes(of: hash) }),
            sinceMilliseconds: since, limit: limit, budget: Self.budget, clocks: context.service.clocks)
        do {
            let first = since > 0 ? try await reader.firstIndex(from: since) : 0
            let (trial, rest) = try await simulation.run(
                PolicyTrial(policy, references: references, verifier: context.service.verifier),
                from: max(first, from))
            return .json(trial.document(rest: rest))
        } catch {
            context.logger.error("a simulation", metadata: ["reason": "\(error)"])
            throw HTTPProblem(.notRecorded, "the log cannot be read now", fix: "Try again later.")
        }
    }

    private func start() -> Bool {
        isRunning.withLock { isRunning in
            defer { isRunning = true }
            return !isRunning
        }
    }

    private func policy(_ bytes: [UInt8]) throws(HTTPProblem) -> Policy {
        do throws(PolicyError) {
            return try Policy(handedIn: bytes)
        } catch {
            throw HTTPProblem(error)
        }
    }
}
