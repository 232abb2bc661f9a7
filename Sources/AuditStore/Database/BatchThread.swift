import Dispatch
import Foundation
import Synchronization

/// One thread in front of something that only one may use, with natural batching (transparency-log 9.2): whenever it is
/// free it takes everything that waits, up to a limit. Little load is fast, much load makes large batches.
final class BatchThread<Item: Sendable>: Sendable {
    struct Limits: Sendable {
        /// What may wait; more is turned away.
        var queue = 4_096
        var batch = 512
        var batchBytes = 2 << 20
        /// When something has waited so long, nothing more is let in.
        var patience = Duration.seconds(2)
    }

    private struct State {
        var queue: [(item: Item, bytes: Int, since: ContinuousClock.Instant)] = []
        /// When the batch under way was the oldest thing that waited.
        var busySince: ContinuousClock.Instant?
        var isStopping = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let stopped = DispatchSemaphore(value: 0)
    private let limits: Limits

    init(limits: Limits = Limits()) { self.limits = limits }

    /// - Parameters:
    ///   - work: Called on the thread, with what waited, in the order it came; never with nothing. What it returns tells
    ///     those who wait, and is called when the batch counts as waiting no longer: who comes next may come at once.
    ///   - idle: Called on the thread when nothing came for `interval`.
    func start(
        name: String, idleEvery interval: DispatchTimeInterval, work: @escaping @Sendable ([Item]) -> () -> Void,
        idle: @escaping @Sendable () -> Void
    ) {
        let thread = Thread { [self] in
            while true {
                let isIdle = wake.wait(timeout: .now() + interval) == .timedOut
                var didWork = false
                while let batch = take() {
                    let tell = work(batch)
                    state.withLock { $0.busySince = nil }
                    tell()
                    didWork = true
                }
                if isIdle, !didWork { idle() }
                if state.withLock({ $0.isStopping && $0.queue.isEmpty }) { break }
            }
            state.withLock { $0.isStopped = true }
            stopped.signal()
        }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// - Returns: `false` where there is no room, or what waits has waited too long, or the thread is stopping.
    func offer(_ item: Item, bytes: Int) -> Bool {
        let now = ContinuousClock.now
        let isTaken = state.withLock { state in
            guard !state.isStopping, state.queue.count < limits.queue else { return false }
            if let oldest = state.busySince ?? state.queue.first?.since, now - oldest > limits.patience { return false }
            state.queue.append((item, bytes, now))
            return true
        }
        if isTaken { wake.signal() }
        return isTaken
    }

    /// How many wait, and how long the oldest has.
    var depth: (count: Int, oldest: Duration) {
        let now = ContinuousClock.now
        return state.withLock { state in
            (state.queue.count, (state.busySince ?? state.queue.first?.since).map { now - $0 } ?? .zero)
        }
    }

    /// Finishes what waits, then ends the thread. Blocks.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard isFirst else { return }
        wake.signal()
        stopped.wait()
    }

    private func take() -> [Item]? {
        state.withLock { state in
            guard !state.queue.isEmpty else { return nil }
            var count = 0
            var bytes = 0
            while count < min(state.queue.count, limits.batch),
                count == 0 || bytes + state.queue[count].bytes <= limits.batchBytes
            {
                bytes += state.queue[count].bytes
                count += 1
            }
            let batch = state.queue[..<count].map(\.item)
            state.busySince = state.queue[0].since
            state.queue.removeFirst(count)
            return batch
        }
    }
}
