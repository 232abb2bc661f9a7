import Appraisal
import AttestationService
import AuditStore
import KeyCustody
import Logging
import ServiceConfiguration
import StateStore
import WebAPI
import Wire
import Words

/// What administrators reach, made from the service's parts.
extension Service {
    static func administration(
        _ base: PolicyBase, _ versions: DocumentVersions, _ recorder: VerdictRecorder, _ clocks: Clocks
    ) async throws -> PolicyAdministration {
        do throws(ServiceFailure) {
            return try await PolicyAdministration(
                base: base, versions: versions, log: recorder.log, archive: recorder.archive, clocks: clocks)
        } catch {
            await recorder.stop()
            throw Problem(starting: error)
        }
    }

    /// That what is stored and what lies in the folder go together, before anything is appended.
    static func check(_ base: PolicyBase, _ versions: DocumentVersions, _ log: AuditLog) async throws {
        do throws(ServiceFailure) {
            try await PolicyAdministration.check(base, versions, log)
        } catch {
            throw Problem(starting: error)
        }
    }

    static func adminSurface(
        _ configuration: ServiceConfiguration, _ administrators: Auditors, _ policies: PolicyAdministration,
        _ service: AttestationService, _ keyStore: KeyStore, _ logger: Logger
    ) -> AdminSurface {
        AdminSurface(
            administrators: administrators, policies: policies,
            keys: KeyAdministration(
                store: keyStore, tokens: service.tokens, recorder: service.recorder,
                overlapSeconds: configuration.tokenLifetimeSeconds + 60),
            evidence: EvidenceAdministration(recorder: service.recorder, clocks: service.clocks, logger: logger))
    }
}

extension Problem {
    /// Why the service must not start: 64 where the configuration names what is not there.
    init(starting failure: ServiceFailure) {
        switch failure {
        case .policy(.lost): self = .serving(.missing, failure.detail.english)
        case .policy(.standardUnknown): self = .usage(failure.detail.english)
        case .policy(.document(let error)):
            // A document that does not load is named by its code, and has a remedy.
            let place = error.field.isEmpty ? "" : "\(error.field): "
            self = .undecided(
                "\(error.code.rawValue): \(place)\(failure.detail). \(PolicyError.fix(error.code).english)")
        default: self = .undecided(failure.detail.english)
        }
    }
}
