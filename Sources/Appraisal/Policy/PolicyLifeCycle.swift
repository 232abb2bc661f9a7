public import Wire

/// One version of a policy on its way: draft → tested → active → retired. The document never changes on the way, and a
/// version that was active is kept: verdicts name it by its hash. A value; whoever stores it stores each new value.
public struct PolicyVersion: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case draft
        /// Every case came out as expected.
        case tested(at: Instant, cases: Int)
        case active(since: Instant)
        case retired(at: Instant)
    }

    public enum Refused: Error, Hashable, Sendable {
        /// A step that does not lead from this state.
        case notFrom(State)
        /// No case, or one that came out otherwise, by position.
        case casesFailed([Int])
    }

    public let policy: Policy
    public private(set) var state = State.draft

    public init(draft policy: Policy) { self.policy = policy }

    /// A version as it was stored.
    package init(_ policy: Policy, stored state: State) {
        self.policy = policy
        self.state = state
    }

    /// Runs the cases; all must come out as expected, and there must be some.
    public func tested(_ cases: [PolicyCase], references: ReferenceLibrary, at time: Instant) throws(Refused)
        -> PolicyVersion
    {
        switch state {
        case .draft, .tested: break
        case .active, .retired: throw .notFrom(state)
        }
        let failures = cases.indices.filter { !cases[$0].run(policy, references: references).isAsExpected }
        guard !cases.isEmpty, failures.isEmpty else { throw .casesFailed(failures) }
        return moved(to: .tested(at: time, cases: cases.count))
    }

    public func activated(at time: Instant) throws(Refused) -> PolicyVersion {
        guard case .tested = state else { throw .notFrom(state) }
        return moved(to: .active(since: time))
    }

    public func retired(at time: Instant) throws(Refused) -> PolicyVersion {
        guard case .active = state else { throw .notFrom(state) }
        return moved(to: .retired(at: time))
    }

    private func moved(to state: State) -> PolicyVersion {
        var version = self
        version.state = state
        return version
    }
}
