import Dispatch
import ProcessSupport
import Synchronization
import Testing

@testable import AuditStore

/// The thread in front of each database: who is let in, and when.
@Suite("Batches")
struct BatchThreadTests {
    @Test("While a batch takes too long nobody is let in; when it is done, whoever is told may come again at once")
    func patience() async throws {
        let thread = BatchThread<Int>(limits: .init(patience: .milliseconds(20)))
        let (begun, done) = AsyncStream<Void>.makeStream()
        let gate = DispatchSemaphore(value: 0)
        let again = Mutex<[Bool]>([])
        thread.start(name: "test", idleEvery: .seconds(60)) { batch in
            done.yield()
            if batch == [1] { gate.wait() }
            return { again.withLock { $0.append(batch != [1] || thread.offer(2, bytes: 1)) } }
        } idle: {
        }
        #expect(thread.offer(1, bytes: 1))
        for await _ in begun { break }
        try await eventually("the batch takes longer than patience lasts") { thread.depth.oldest > .milliseconds(20) }
        #expect(!thread.offer(3, bytes: 1))
        gate.signal()
        for await _ in begun { break }
        thread.stop()
        #expect(again.withLock { $0 } == [true, true])
        #expect(!thread.offer(4, bytes: 1))
    }
}
