public import Appraisal
import AuditStore
import Synchronization

/// The policies that requests may name, and the reference sets they are held against: one snapshot.
public struct PolicyRegistry: Sendable {
    private let policies: [String: Policy]
    /// What is stored and active, and not judged by; what has its name is refused.
    public let setAside: [SetAside]
    /// What the policies' claim rules are held against.
    public let references: ReferenceLibrary
    /// The name of the policy for requests that name none.
    public let standard: String

    public init(
        _ policies: [Policy], standard: String, references: ReferenceLibrary = .empty, setAside: [SetAside] = []
    ) {
        self.references = references
        self.policies = Dictionary(policies.map { ($0.id, $0) }) { first, _ in first }
        self.standard = standard
        self.setAside = setAside
    }

    /// Why the policy of this name is not judged by; `nil` where it is, or there is none.
    public func setAside(policy id: String) -> SetAside? { setAside.first { $0.kind == .policy && $0.id == id } }

    /// All that are named, in their order; the default where none is.
    func policies(_ identifiers: [String]) throws(HTTPProblem) -> [Policy] {
        guard !identifiers.isEmpty else { return [try policy(standard)] }
        guard identifiers.count <= Self.mostPolicies else {
            throw HTTPProblem(
                .memberInvalid, "found \(identifiers.count) policies, wanted at most \(Self.mostPolicies)",
                field: "policy")
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
    public var all: [Policy] { policies.values.sorted { $0.id < $1.id } }

    /// Reference sets that a policy names and that are not there.
    func missing(for policy: Policy) -> [String] { policy.referenceSets.filter { references[$0] == nil } }

    /// The sets, where all that a policy names are among them; without one it rejects everything, and says little.
    func references(for policy: Policy) throws(HTTPProblem) -> ReferenceLibrary {
        let missing = missing(for: policy)
        guard missing.isEmpty else {
            throw HTTPProblem(
                .referenceSetMissing,
                "the policy names \(missing.joined(separator: ", ")), wanted sets that are in force",
                fix: "Put and activate the reference sets first.")
        }
        return references
    }

    private func policy(_ identifier: String) throws(HTTPProblem) -> Policy {
        if let aside = setAside(policy: identifier) { throw aside.problem }
        guard let policy = policies[identifier] else {
            throw HTTPProblem(
                .policyUnknown,
                "found \(identifier.prefix(64)), wanted one of \(policies.keys.sorted().joined(separator: ", "))",
                field: "policy", fix: "Name a policy that exists, or none for the default, \(standard).")
        }
        return policy
    }
}

/// What there is to judge by before anybody hands something in: what comes with the program, and what lies in a folder.
public struct PolicyBase: Sendable {
    /// Of each name one.
    public let policies: [Policy]
    public let references: ReferenceLibrary
    /// The name of the policy for requests that name none.
    public let standard: String

    public init(policies: [Policy], references: ReferenceLibrary, standard: String) {
        self.policies = policies
        self.references = references
        self.standard = standard
    }

    /// A set lies in the store or in the folder: of two nobody could say which counts.
    func checkIsAlone(_ stored: String) throws(HTTPProblem) {
        guard references[stored] != nil else { return }
        throw HTTPProblem(PolicyError.doubleSet(stored, "the folder of the key policies", "the store"))
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

/// What a running service judges by: one snapshot at a time, replaced whole, so that no request sees half of a change.
public final class PoliciesInForce: Sendable {
    private struct State {
        var registry: PolicyRegistry
        var listeners: [@Sendable (PolicyRegistry) -> Void] = []
    }

    private let state: Mutex<State>

    public init(_ registry: PolicyRegistry) { state = Mutex(State(registry: registry)) }

    /// The snapshot: whoever judges takes it once.
    public var current: PolicyRegistry { state.withLock { $0.registry } }

    /// Judges by `registry` from here on. What is new in it is in the log already, or nothing judged by it could be
    /// (transparency-log E-11).
    public func replace(_ registry: PolicyRegistry) {
        let listeners = state.withLock { state in
            state.registry = registry
            return state.listeners
        }
        for listener in listeners { listener(registry) }
    }

    /// Called after every replacement, with what is judged by from then on; must return at once.
    public func onChange(_ listener: @escaping @Sendable (PolicyRegistry) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }
}

extension ReferenceLibrary {
    /// Values that a claim can never hold would be in force, and never deny.
    func check(_ policies: [Policy]) throws(HTTPProblem) {
        for policy in policies {
            do throws(PolicyError) {
                try policy.check(self)
            } catch {
                throw HTTPProblem(error)
            }
        }
    }
}
