import Appraisal
import AuditStore
import KeyCustody
import ServiceConfiguration
import WebAPI
import Wire

/// What administrators reach, made from the service's parts.
extension Service {
    static func administration(
        _ base: PolicyBase, _ configuration: ServiceConfiguration, _ trail: AuditTrail,
        _ clock: @escaping @Sendable () -> Int64
    ) async throws -> PolicyAdministration {
        let versions: DocumentVersions
        do throws(DocumentVersions.Failure) {
            versions = try DocumentVersions(path: configuration.data + "/state.db")
        } catch {
            throw Problem.undecided("data \(configuration.data): state.db cannot be opened: \(error.sentence)")
        }
        do throws(PolicyAdministration.Defect) {
            return try await PolicyAdministration(
                base: base, versions: versions, log: trail.log, archive: trail.archive, now: clock)
        } catch {
            await trail.stop()
            throw error.isUsage ? Problem.usage(error.sentence) : Problem.undecided(error.sentence)
        }
    }

    static func adminSurface(
        _ configuration: ServiceConfiguration, _ policies: PolicyAdministration, _ trail: AuditTrail,
        _ keyStore: KeyStore, _ tokens: TokenService, _ clock: @escaping @Sendable () -> Int64
    ) throws -> AdminSurface {
        let retention = Retention(archive: trail.archive, index: trail.index, log: trail.log)
        return AdminSurface(
            administrators: try administrators(configuration), policies: policies,
            keys: KeyAdministration(
                store: keyStore, tokens: tokens, trail: trail,
                overlapSeconds: configuration.tokenLifetimeSeconds + 60
            ).effects,
            retention: AdminSurface.RetentionEffects(
                purge: { try await retention.purge(at: clock()) },
                isHeld: { try await trail.archive.isHeld(owner: $0) },
                erase: { try await retention.erase($0, at: clock()) },
                hold: { try await trail.archive.setHold($1, owner: $0) }))
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

/// Token keys, for administrators: listed, and followed by the next.
private struct KeyAdministration: Sendable {
    let store: KeyStore
    let tokens: TokenService
    let trail: AuditTrail
    let overlapSeconds: Int64

    var effects: AdminSurface.KeyEffects {
        AdminSurface.KeyEffects(
            list: { now throws(HTTPProblem) in tokens.ring.history(at: Instant(seconds: now / 1_000)) },
            check: { name, now throws(HTTPProblem) in try check(name, at: Instant(seconds: now / 1_000)) },
            rotate: { name, now async throws(HTTPProblem) in
                try await rotate(name, at: Instant(seconds: now / 1_000))
            })
    }

    private func algorithm(_ name: String) throws(HTTPProblem) -> SignatureAlgorithm {
        guard let algorithm = SignatureAlgorithm(rawValue: name) else {
            throw HTTPProblem(
                .parameterInvalid,
                "found \(name.prefix(32)), wanted \(SignatureAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))",
                field: "algorithm")
        }
        return algorithm
    }

    private func check(_ name: String, at time: Instant) throws(HTTPProblem) {
        let algorithm = try algorithm(name)
        guard
            let next = tokens.ring.entries.first(where: {
                $0.record.algorithm == algorithm && $0.record.signsFrom > time
            })
        else { return }
        throw HTTPProblem(
            .rotationPending, "the next \(name) key is published, and signs from \(next.record.signsFrom)",
            field: "algorithm", fix: "Wait until it signs.")
    }

    private func rotate(_ name: String, at time: Instant) async throws(HTTPProblem) -> JSON {
        let algorithm = try algorithm(name)
        let (store, overlap) = (store, overlapSeconds)
        let made = await BlockingWork.run { () -> Result<KeyRing, KeyError> in
            do throws(KeyError) {
                return .success(try store.rotate(algorithm, at: time, overlapSeconds: overlap))
            } catch {
                return .failure(error)
            }
        }
        let ring: KeyRing
        do throws(KeyError) {
            ring = try made.get()
        } catch {
            throw HTTPProblem(.signing, "no key was made: \(error.sentence)")
        }
        do throws(AppendFailure) {
            try await trail.announce(ring)
        } catch {
            throw HTTPProblem(
                .notRecorded, "the key is made and not in the log, so it is not in use",
                fix: "It is put into the log within a minute, or at the next start.")
        }
        tokens.replace(ring)
        guard let entry = ring.entries.last(where: { $0.record.algorithm == algorithm }) else {
            throw HTTPProblem(.internal, "the new key is not there")
        }
        return entry.webKey.adding([("signs_from", .string(entry.record.signsFrom.description))])
    }
}
