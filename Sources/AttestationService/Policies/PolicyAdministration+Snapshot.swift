import Appraisal
package import AuditStore
import MerkleLog
package import StateStore
import Words

/// What is in force, from what is stored and what the service found at its start.
extension PolicyAdministration {
    /// What is stored and active, each document taken or set aside.
    struct ActiveDocuments {
        var policies: [Policy] = []
        var sets: [ReferenceSet] = []
        var setAside: [SetAside] = []

        init(_ versions: [DocumentVersion]) throws(ServiceFailure) {
            var sets: [(DocumentVersion, ReferenceSet)] = []
            for version in versions {
                do throws(ServiceFailure) {
                    let document = try Document(version.kind, version.bytes)
                    try document.checkID()
                    switch document {
                    case .policy(let policy): policies.append(policy)
                    case .set(let set): sets.append((version, set))
                    }
                } catch {
                    setAside.append(SetAside(version, try error.ofDocument))
                }
            }
            // Values that a claim can never hold would be in force, and never deny. A policy of the folder is for those to
            // correct who wrote it.
            for (version, set) in sets {
                do throws(ServiceFailure) {
                    try ReferenceLibrary([set]).check(policies + Policy.builtIn)
                    self.sets.append(set)
                } catch {
                    setAside.append(SetAside(version, try error.ofDocument))
                }
            }
        }
    }

    /// Whether a service can judge by what is stored and what it found at its start; writes nothing.
    package static func check(
        _ base: PolicyBase, _ versions: DocumentVersions, _ log: AuditLog
    ) async throws(ServiceFailure) {
        try await checkNothingIsLost(base, versions, log)
        _ = try await registry(base, versions)
    }

    static func registry(
        _ base: PolicyBase, _ versions: DocumentVersions
    ) async throws(ServiceFailure) -> PolicyRegistry {
        guard let registry = try await remaining(base, versions, without: nil) else {
            throw .policy(.standardUnknown(base.standard, known: base.policies.map(\.id).sorted()))
        }
        try registry.references.check(registry.all)
        return registry
    }

    /// - Returns: `nil` where no policy has the default's name.
    /// - Throws: for a set that lies in the folder too: taking it from there is the way out.
    static func remaining(
        _ base: PolicyBase, _ versions: DocumentVersions, without retired: DocumentVersion?
    ) async throws(ServiceFailure) -> PolicyRegistry? {
        let active = try await activeDocuments(versions, without: retired)
        for set in active.sets.map(\.id) + active.setAside.filter({ $0.kind == .referenceSet }).map(\.id) {
            try base.checkIsAlone(set)
        }
        return base.registry(active: active)
    }

    static func activeDocuments(
        _ versions: DocumentVersions, without retired: DocumentVersion? = nil
    ) async throws(ServiceFailure) -> ActiveDocuments {
        var found: [DocumentVersion] = []
        for kind in [DocumentVersion.Kind.policy, .referenceSet] {
            found += try await active(kind, versions).filter { $0.sha256 != retired?.sha256 }
        }
        return try ActiveDocuments(found)
    }

    /// Every version that was handed in.
    package func versions(_ kind: DocumentVersion.Kind) async throws(ServiceFailure) -> [DocumentVersion] {
        try await stored { () async throws(DocumentVersions.Failure) in try await versions.all(kind) }
    }

    static func active(
        _ kind: DocumentVersion.Kind, _ versions: DocumentVersions
    ) async throws(ServiceFailure) -> [DocumentVersion] {
        try await stored { () async throws(DocumentVersions.Failure) in try await versions.active(kind) }
    }

    func stored<Value: Sendable>(
        _ body: () async throws(DocumentVersions.Failure) -> Value
    ) async throws(ServiceFailure) -> Value { try await Self.stored(body) }

    static func stored<Value: Sendable>(
        _ body: () async throws(DocumentVersions.Failure) -> Value
    ) async throws(ServiceFailure) -> Value {
        do throws(DocumentVersions.Failure) {
            return try await body()
        } catch {
            throw .policy(.storage("the stored versions cannot be used now: \(error.sentence)"))
        }
    }
}
