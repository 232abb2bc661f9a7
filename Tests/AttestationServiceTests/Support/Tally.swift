import Synchronization

/// A number that several may add to.
final class Tally: Sendable {
    private let number = Atomic<Int>(0)

    /// - Returns: the new number.
    @discardableResult
    func add() -> Int { number.wrappingAdd(1, ordering: .relaxed).newValue }

    var count: Int { number.load(ordering: .relaxed) }
}

/// A door that a test opens: what waits before it goes on then, and the test knows when so many wait.
final class Barrier: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    func wait() async {
        await withCheckedContinuation { continuation in
            let (isOpen, watchers) = state.withLock { state in
                guard !state.isOpen else { return (true, [CheckedContinuation<Void, Never>]()) }
                state.waiting.append(continuation)
                let ready = state.watchers.filter { $0.count <= state.waiting.count }.map(\.continuation)
                state.watchers.removeAll { $0.count <= state.waiting.count }
                return (false, ready)
            }
            if isOpen { continuation.resume() }
            for watcher in watchers { watcher.resume() }
        }
    }

    /// Returns once so many wait.
    func waiting(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.waiting.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
