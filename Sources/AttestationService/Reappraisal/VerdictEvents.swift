import Synchronization

/// Wakes whoever follows the re-appraisals: after each of them, and from time to time, so that they can show that they are
/// still there. What there is to tell, they read from the log.
package final class VerdictEvents: Sendable {
    private struct Subscriber {
        let signal: AsyncStream<Void>.Continuation
        let caller: Principal?
        /// Wake-ups since it last did something.
        var missed = 0
    }

    private struct State {
        var subscribers: [UInt64: Subscriber] = [:]
        var next: UInt64 = 0
        var isClosed = false
        var ticker: Task<Void, Never>?

        func isFull(for caller: Principal) -> Bool {
            subscribers.values.count { $0.caller == caller } >= VerdictEvents.capacityOfCaller
        }
    }

    package struct Subscription: Sendable {
        let number: UInt64
        package let wakes: AsyncStream<Void>
    }

    package static let capacity = 256
    /// One caller has no more, so that others can follow too.
    package static let capacityOfCaller = 16
    /// Below the 30 to 60 seconds after which proxies give a silent connection up.
    private static let heartbeat = Duration.seconds(15)
    /// Who has not written anything for so many heartbeats does not read.
    private static let patience = 4

    private let state = Mutex(State())

    package init(_ clocks: Clocks) {
        let ticker = Task { [weak self] in
            while !Task.isCancelled {
                try? await clocks.sleep(Self.heartbeat)
                self?.wake(isHeartbeat: true)
            }
        }
        state.withLock { $0.ticker = ticker }
    }

    /// There is another re-appraisal in the log.
    package func announce() { wake(isHeartbeat: false) }

    package var isFull: Bool { state.withLock { $0.subscribers.count >= Self.capacity } }

    /// Whether this caller follows as often as one may.
    package func isFull(for caller: Principal) -> Bool { state.withLock { $0.isFull(for: caller) } }
    /// How many follow.
    package var count: Int { state.withLock { $0.subscribers.count } }

    /// - Parameter caller: Whose stream it is; `nil`: the service's own.
    /// - Returns: `nil` where there is no room, or no more will come.
    package func subscribe(for caller: Principal? = nil) -> Subscription? {
        let (wakes, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        return state.withLock { state in
            guard !state.isClosed, state.subscribers.count < Self.capacity, !(caller.map(state.isFull) ?? false) else {
                return nil
            }
            defer { state.next += 1 }
            state.subscribers[state.next] = Subscriber(signal: signal, caller: caller)
            return Subscription(number: state.next, wakes: wakes)
        }
    }

    /// It has written what there was.
    package func progressed(_ subscription: Subscription) {
        state.withLock { $0.subscribers[subscription.number]?.missed = 0 }
    }

    package func end(_ subscription: Subscription) {
        state.withLock { $0.subscribers.removeValue(forKey: subscription.number) }?.signal.finish()
    }

    private func wake(isHeartbeat: Bool) {
        let (awake, slow) = state.withLock { state in
            if isHeartbeat { for number in state.subscribers.keys { state.subscribers[number]?.missed += 1 } }
            let slow = state.subscribers.filter { $0.value.missed > Self.patience }
            for number in slow.keys { state.subscribers[number] = nil }
            return (state.subscribers.values.map(\.signal), slow.values.map(\.signal))
        }
        for signal in awake { signal.yield() }
        for signal in slow { signal.finish() }
    }

    /// Ends every stream; none begins any more.
    package func close() {
        let (signals, ticker) = state.withLock { state in
            state.isClosed = true
            defer { state.subscribers = [:] }
            return (state.subscribers.values.map(\.signal), state.ticker)
        }
        ticker?.cancel()
        for signal in signals { signal.finish() }
    }
}
