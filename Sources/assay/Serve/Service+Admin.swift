import Appraisal
import AttestationService
import KeyCustody
import Logging
import ServiceConfiguration
import StateStore
import WebAPI
import Wire

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

    static func adminSurface(
        _ configuration: ServiceConfiguration, _ policies: PolicyAdministration, _ service: AttestationService,
        _ keyStore: KeyStore, _ logger: Logger
    ) throws -> AdminSurface {
        AdminSurface(
            administrators: try administrators(configuration), policies: policies,
            keys: KeyAdministration(
                store: keyStore, tokens: service.tokens, recorder: service.recorder,
                overlapSeconds: configuration.tokenLifetimeSeconds + 60),
            evidence: EvidenceAdministration(recorder: service.recorder, clocks: service.clocks, logger: logger))
    }

    private static func administrators(_ configuration: ServiceConfiguration) throws -> Auditors {
        guard let file = configuration.adminTokensFile else { return Auditors() }
        let bytes = try InputFile.read(file, limit: Limits.jsonBytes, what: "administrators' tokens")
        let administrators: Auditors
        do throws(Auditors.Defect) {
            administrators = try Auditors(parsing: String(decoding: bytes, as: UTF8.self), scopes: [.admin])
        } catch {
            throw Problem.usage("admin.tokens_file \(file): \(error.sentence)")
        }
        guard !administrators.isEmpty else {
            throw Problem.usage("admin.tokens_file \(file): found no token, wanted one; or leave admin.listen out")
        }
        return administrators
    }
}

extension Problem {
    /// Why the service must not start: 64 where the configuration names what is not there.
    fileprivate init(starting failure: ServiceFailure) {
        switch failure {
        case .policy(.standardUnknown): self = .usage(failure.detail)
        case .policy(.document(let error)):
            // A document that does not load is named by its code, and has a remedy.
            let place = error.field.isEmpty ? "" : "\(error.field): "
            self = .undecided(
                "\(error.code.rawValue): \(place)\(failure.detail). \(PolicyError.fix(error.code).english)")
        default: self = .undecided(failure.detail)
        }
    }
}
