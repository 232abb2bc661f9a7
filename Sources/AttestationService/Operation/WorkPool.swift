import Foundation
import Synchronization

/// Threads for what keeps a processor busy for a while: verifying, replaying, reading and writing large JSON. Event loops
/// stay free for those who are answered at once.
///
/// As many run as there are threads. Whether there is room is asked before something begins: who would wait long is told to
/// come again. What has begun is finished, and whatever it waits for meanwhile takes no thread.
package final class WorkPool: TaskExecutor {
    private struct State {
        var waiting: ArraySlice<(job: UnownedJob, since: Duration)> = []
    }

    private let threads: Int
    private let capacity: Int
    private let patience: Duration
    private let monotonic: @Sendable () -> Duration
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - threads: As many as there are processors, where nothing is said.
    ///   - capacity: How many may wait for a thread.
    ///   - patience: When one has waited so long, nothing more is let in.
    package init(
        threads: Int = ProcessInfo.processInfo.activeProcessorCount, capacity: Int = 1_024,
        patience: Duration = .milliseconds(500), clocks: Clocks
    ) {
        self.threads = max(1, threads)
        self.capacity = capacity
        self.patience = patience
        monotonic = clocks.monotonic
        for number in 0..<self.threads {
            let thread = Thread { [weak self, wake] in
                // Before it runs a thread has no name of its own.
                Thread.current.name = "work-\(number)"
                while true {
                    wake.wait()
                    guard let pool = self else { return }
                    if let job = pool.take() { job.runSynchronously(on: pool.asUnownedTaskExecutor()) }
                }
            }
            thread.stackSize = 2 << 20
            thread.start()
        }
    }

    deinit { for _ in 0..<threads { wake.signal() } }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let now = monotonic()
        state.withLock { $0.waiting.append((job, now)) }
        wake.signal()
    }

    private func take() -> UnownedJob? { state.withLock { $0.waiting.popFirst()?.job } }

    /// How many wait for a thread.
    package var waiting: Int { state.withLock { $0.waiting.count } }

    /// - Throws: `overloaded` where too many wait, or one has waited too long.
    package func checkRoom() throws(ServiceFailure) {
        let now = monotonic()
        let hasRoom = state.withLock { state in
            guard state.waiting.count < capacity else { return false }
            return state.waiting.first.map { now - $0.since <= patience } ?? true
        }
        guard hasRoom else { throw .overloaded(limit: capacity) }
    }

    /// Does some work on the pool's threads, where there is room for it.
    package func run<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) async throws(ServiceFailure) -> Result<Value, Failure> {
        try checkRoom()
        return await finish(body)
    }

    /// The same for what is left of something that was let in before.
    ///
    /// In a task of its own: a task keeps the memory that its deepest call took for as long as it lives, and the caller's lives
    /// as long as its connection. Who goes away does not end it.
    package func finish<Value: Sendable, Failure: Error>(
        _ body: @escaping @Sendable () async throws(Failure) -> Value
    ) async -> Result<Value, Failure> {
        await Task(executorPreference: self) { () async -> Result<Value, Failure> in
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }.value
    }

    package var gauge: Gauge {
        Gauge("assay_work_waiting", "Pieces of work that wait for a processor.", Int64(waiting))
    }
}
