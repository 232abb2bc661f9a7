import AttestationService
import AuditStore
import Logging
import MerkleLog
import ServiceConfiguration
import Wire

extension WitnessRounds {
    /// - Returns: `nil` where the configuration names no witnesses.
    convenience init?(
        _ configuration: ServiceConfiguration, _ log: AuditLog, clocks: Clocks, logger: Logger
    ) async throws {
        guard let file = configuration.auditWitnessesFile else { return nil }
        let bytes = try InputFile.read(file, limit: Limits.trustPolicyBytes, what: "witnesses")
        let trust: TrustPolicy
        do throws(TrustPolicyError) {
            trust = try TrustPolicy(parsing: bytes)
        } catch {
            throw Problem.usage("audit.witnesses_file \(file), line \(error.line): \(error.sentence)")
        }
        guard trust.logs.contains(where: { $0.key == log.key }) else {
            throw Problem.usage("audit.witnesses_file \(file): it does not list this log; add: log \(log.key.text)")
        }
        guard trust.witnesses.contains(where: { $0.url != nil }) else {
            throw Problem.usage("audit.witnesses_file \(file): no witness line has a URL, so there is nobody to ask")
        }
        do {
            let sizes = try await log.begin(
                witnessing: WitnessedCheckpoints.Rule(trust: trust, failsOpen: configuration.auditWitnessesFailOpen))
            try self.init(
                log, trust.witnesses, sizes: sizes, intervalSeconds: configuration.auditWitnessesInterval,
                clocks: clocks,
                logger: logger)
        } catch {
            throw Problem.undecided("witnesses: \(error)")
        }
    }
}
