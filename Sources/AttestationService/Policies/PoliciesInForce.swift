import Synchronization

/// What a running service judges by: one snapshot at a time, replaced whole, so that no request sees half of a change.
package final class PoliciesInForce: Sendable {
    private struct State {
        var registry: PolicyRegistry
        var listeners: [@Sendable (PolicyRegistry) -> Void] = []
    }

    private let state: Mutex<State>

    package init(_ registry: PolicyRegistry) { state = Mutex(State(registry: registry)) }

    /// The snapshot: a judgement takes it once.
    package var current: PolicyRegistry { state.withLock { $0.registry } }

    /// Judges by `registry` from here on. What is new in it is in the log already, or nothing judged by it could be
    /// (transparency-log E-11).
    package func replace(_ registry: PolicyRegistry) {
        let listeners = state.withLock { state in
            state.registry = registry
            return state.listeners
        }
        for listener in listeners { listener(registry) }
    }

    /// Called after every replacement, with what is judged by from then on; must return at once.
    package func onChange(_ listener: @escaping @Sendable (PolicyRegistry) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }
}
