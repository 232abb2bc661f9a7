import AttestationService
import Synchronization

/// Who is connected, and since when each waits for its peer. When there are as many as may be, whoever has waited longest
/// makes room for who comes: a listener that is full of silence is open to everybody who speaks.
final class ConnectionLedger: Sendable {
    private struct Entry {
        let client: Principal?
        let close: @Sendable () -> Void
        /// When it began to wait, as a number that grows; `nil` while there is work for it.
        var waitingSince: UInt64?
    }

    private struct State {
        var entries: [UInt64: Entry] = [:]
        var clients: [Principal: Int] = [:]
        /// In the order in which they began to wait; those that do not wait any more are still in it.
        var waiting: ArraySlice<(connection: UInt64, since: UInt64)> = []
        var next: UInt64 = 0

        mutating func number() -> UInt64 {
            next += 1
            return next
        }
    }

    private let capacity: Int
    private let perClient: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: The most at once.
    ///   - perClient: The most of one client; 0: as many as there may be.
    init(capacity: Int, perClient: Int) {
        self.capacity = capacity
        self.perClient = perClient
    }

    var count: Int { state.withLock { $0.entries.count } }

    /// A connection, which waits for what its peer says.
    ///
    /// - Parameters:
    ///   - client: Whose it is; `nil`: a proxy's, behind which there are many.
    ///   - close: Ends it; called from any thread.
    /// - Returns: its number; `nil` where there is no room.
    func open(_ client: Principal?, close: @escaping @Sendable () -> Void) -> UInt64? {
        let (number, evicted) = state.withLock { state -> (UInt64?, Entry?) in
            if let client, perClient > 0, state.clients[client, default: 0] >= perClient { return (nil, nil) }
            var evicted: Entry?
            if state.entries.count >= capacity {
                evicted = removeLongestWaiting(&state)
                guard evicted != nil else { return (nil, nil) }
            }
            let number = state.number()
            state.entries[number] = Entry(client: client, close: close, waitingSince: number)
            state.waiting.append((number, number))
            if let client { state.clients[client, default: 0] += 1 }
            return (number, evicted)
        }
        evicted?.close()
        return number
    }

    /// Its request is complete: what happens now is up to us.
    func works(_ connection: UInt64) { state.withLock { $0.entries[connection]?.waitingSince = nil } }

    /// It is answered.
    func waits(_ connection: UInt64) {
        state.withLock { state in
            guard state.entries[connection] != nil else { return }
            let since = state.number()
            state.entries[connection]?.waitingSince = since
            state.waiting.append((connection, since))
            compact(&state)
        }
    }

    func closed(_ connection: UInt64) { state.withLock { state in _ = remove(connection, &state) } }

    /// Ends the connection that has waited longest, so that what it holds comes back.
    func evictLongestWaiting() { state.withLock { removeLongestWaiting(&$0) }?.close() }

    private func removeLongestWaiting(_ state: inout State) -> Entry? {
        while let first = state.waiting.popFirst() {
            if state.entries[first.connection]?.waitingSince == first.since { return remove(first.connection, &state) }
        }
        return nil
    }

    private func remove(_ connection: UInt64, _ state: inout State) -> Entry? {
        guard let entry = state.entries.removeValue(forKey: connection) else { return nil }
        if let client = entry.client {
            let rest = state.clients[client, default: 0] - 1
            state.clients[client] = rest > 0 ? rest : nil
        }
        compact(&state)
        return entry
    }

    /// Keeps the queue about as long as there are connections.
    private func compact(_ state: inout State) {
        guard state.waiting.count > 2 * state.entries.count + 64 else { return }
        let entries = state.entries
        state.waiting = ArraySlice(state.waiting.filter { entries[$0.connection]?.waitingSince == $0.since })
    }
}
