import Appraisal
import AuditStore
import MerkleLog

/// What is in force, from what is stored and what the service found at its start.
extension PolicyAdministration {
    /// What is stored and active, each document taken or set aside.
    struct ActiveDocuments {
        var policies: [Policy] = []
        var sets: [ReferenceSet] = []
        var setAside: [SetAside] = []

        /// - Throws: for a set that lies in the folder too: taking it from there is the way out.
        init(
            _ versions: [DocumentVersion], over base: PolicyBase
        ) throws(HTTPProblem) {
            var sets: [(DocumentVersion, ReferenceSet)] = []
            for version in versions {
                if version.kind == .referenceSet { try base.checkIsAlone(version.id) }
                do throws(HTTPProblem) {
                    let document = try Document(version.kind, version.bytes)
                    try document.checkID()
                    switch document {
                    case .policy(let policy): policies.append(policy)
                    case .set(let set): sets.append((version, set))
                    }
                } catch {
                    setAside.append(SetAside(version, error))
                }
            }
            // Values that a claim can never hold would be in force, and never deny. A policy of the folder is for those to
            // correct who wrote it.
            for (version, set) in sets {
                do throws(HTTPProblem) {
                    try ReferenceLibrary([set]).check(policies + Policy.builtIn)
                    self.sets.append(set)
                } catch {
                    setAside.append(SetAside(version, error))
                }
            }
        }
    }

    static func registry(
        _ base: PolicyBase, _ versions: DocumentVersions
    ) async throws(HTTPProblem) -> PolicyRegistry {
        guard let registry = try await remaining(base, versions, without: nil) else {
            throw HTTPProblem(
                .policyUnknown,
                "policy \(base.standard): there is no such policy; known are "
                    + base.policies.map(\.id).sorted().joined(separator: ", "))
        }
        try registry.references.check(registry.all)
        return registry
    }

    /// - Returns: `nil` where no policy has the default's name.
    static func remaining(
        _ base: PolicyBase, _ versions: DocumentVersions, without retired: DocumentVersion?
    ) async throws(HTTPProblem) -> PolicyRegistry? {
        base.registry(active: try await activeDocuments(base, versions, without: retired))
    }

    static func activeDocuments(
        _ base: PolicyBase, _ versions: DocumentVersions, without retired: DocumentVersion? = nil
    ) async throws(HTTPProblem) -> ActiveDocuments {
        var found: [DocumentVersion] = []
        for kind in [DocumentVersion.Kind.policy, .referenceSet] {
            found += try await active(kind, versions).filter { $0.sha256 != retired?.sha256 }
        }
        return try ActiveDocuments(found, over: base)
    }

    static func active(
        _ kind: DocumentVersion.Kind, _ versions: DocumentVersions
    ) async throws(HTTPProblem) -> [DocumentVersion] {
        try await stored { () async throws(DocumentVersions.Failure) in try await versions.active(kind) }
    }

    func stored<Value: Sendable>(
        _ body: () async throws(DocumentVersions.Failure) -> Value
    ) async throws(HTTPProblem) -> Value { try await Self.stored(body) }

    static func stored<Value: Sendable>(
        _ body: () async throws(DocumentVersions.Failure) -> Value
    ) async throws(HTTPProblem) -> Value {
        do throws(DocumentVersions.Failure) {
            return try await body()
        } catch {
            throw HTTPProblem(.notRecorded, "the stored versions cannot be used now: \(error.sentence)")
        }
    }
}
