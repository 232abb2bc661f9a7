import Dispatch
import Foundation
import Synchronization
package import Testing

/// For suites whose tests wait, for a process or a disk: they do so on threads that nobody else needs. Those that tasks
/// share are as few as the machine's processors, and the servers that such a test asks run on them.
package struct TestThreads: SuiteTrait, TestTrait, TestScoping {
    package let isRecursive = true

    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared) { try await function() }
    }
}

extension Trait where Self == TestThreads {
    package static var waiting: Self { Self() }
}

/// A few threads, and what waits for one of them in the order it came. So few processes run at once, too.
private final class WaitingThreads: TaskExecutor {
    static let shared = {
        let threads = WaitingThreads()
        for _ in 0..<4 { Thread.detachNewThread { threads.work() } }
        return threads
    }()

    private let jobs = Mutex<[UnownedJob]>([])
    private let available = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        available.signal()
    }

    private func work() {
        while true {
            available.wait()
            jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }?.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
