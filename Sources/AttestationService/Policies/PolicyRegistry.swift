package import Appraisal
import AuditStore
import StateStore

/// The policies that requests may name, and the reference sets they are held against: one snapshot.
package struct PolicyRegistry: Sendable {
    private let policies: [String: Policy]
    /// What is stored and active, and not judged by; what has its name is refused.
    package let setAside: [SetAside]
    /// What the policies' claim rules are held against.
    package let references: ReferenceLibrary
    /// The name of the policy for requests that name none.
    package let standard: String

    package init(
        _ policies: [Policy], standard: String, references: ReferenceLibrary = .empty, setAside: [SetAside] = []
    ) {
        self.references = references
        self.policies = Dictionary(policies.map { ($0.id, $0) }) { first, _ in first }
        self.standard = standard
        self.setAside = setAside
    }

    /// Why the policy of this name is not judged by; `nil` where it is, or there is none.
    package func setAside(policy id: String) -> SetAside? { setAside.first { $0.kind == .policy && $0.id == id } }

    /// All that are named, in their order; the default where none is.
    package func policies(_ identifiers: [String]) throws(ServiceFailure) -> [Policy] {
        guard !identifiers.isEmpty else { return [try policy(standard)] }
        guard identifiers.count <= Self.mostPolicies else {
            throw .policy(.tooMany(found: identifiers.count, limit: Self.mostPolicies))
        }
        var found: [Policy] = []
        for identifier in identifiers {
            let policy = try policy(identifier)
            if !found.contains(policy) { found.append(policy) }
        }
        return found
    }

    /// Each is evaluated whole, and listed whole in the verdict.
    private static let mostPolicies = 8

    /// Everything that may be named, for the log to announce.
    package var all: [Policy] { policies.values.sorted { $0.id < $1.id } }

    /// Reference sets that a policy names and that are not there.
    package func missing(for policy: Policy) -> [String] { policy.referenceSets.filter { references[$0] == nil } }

    /// The sets, where all that a policy names are among them; without one it rejects everything, and says little.
    package func references(for policy: Policy) throws(ServiceFailure) -> ReferenceLibrary {
        let missing = missing(for: policy)
        guard missing.isEmpty else {
            throw .policy(.referenceSetsMissing(missing))
        }
        return references
    }

    private func policy(_ identifier: String) throws(ServiceFailure) -> Policy {
        if let aside = setAside(policy: identifier) { throw .policy(.setAside(aside)) }
        guard let policy = policies[identifier] else {
            throw .policy(
                .unknown(found: identifier, known: policies.keys.sorted(), standard: standard))
        }
        return policy
    }
}

/// What there is to judge by before anybody hands something in: what comes with the program, and what lies in a folder.
package struct PolicyBase: Sendable {
    /// Of each name one.
    package let policies: [Policy]
    package let references: ReferenceLibrary
    /// The name of the policy for requests that name none.
    package let standard: String

    package init(policies: [Policy], references: ReferenceLibrary, standard: String) {
        self.policies = policies
        self.references = references
        self.standard = standard
    }

    /// A set lies in the store or in the folder: of two nobody could say which counts.
    func checkIsAlone(_ stored: String) throws(ServiceFailure) {
        guard references[stored] != nil else { return }
        throw .policy(.document(.doubleSet(stored, "the folder of the key policies", "the store")))
    }

    /// What is judged by when these are active: a policy takes the place of the folder's of its name, and so does one that
    /// is set aside, by which nothing is judged.
    ///
    /// - Returns: `nil` where there is no policy of the default's name.
    func registry(active: PolicyAdministration.ActiveDocuments) -> PolicyRegistry? {
        let stored = active.policies.map(\.id) + active.setAside.filter { $0.kind == .policy }.map(\.id)
        let policies = active.policies + policies.filter { !stored.contains($0.id) }
        guard stored.contains(standard) || policies.contains(where: { $0.id == standard }) else { return nil }
        let others = references.ids.filter { id in !active.sets.contains { $0.id == id } }
        return PolicyRegistry(
            policies, standard: standard,
            references: ReferenceLibrary(active.sets + others.compactMap { references[$0] }), setAside: active.setAside)
    }
}

extension ReferenceLibrary {
    /// Values that a claim can never hold would be in force, and never deny.
    func check(_ policies: [Policy]) throws(ServiceFailure) {
        for policy in policies {
            do throws(PolicyError) {
                try policy.check(self)
            } catch {
                throw .policy(.document(error))
            }
        }
    }
}
