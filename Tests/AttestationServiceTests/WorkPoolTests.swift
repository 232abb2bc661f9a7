import Dispatch
import Foundation
import ProcessSupport
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import AttestationService

/// Threads of the service's own for what is long: as many as there are, with a short queue and an early no.
@Suite("Work", .timeLimit(.minutes(10)))
struct WorkPoolTests {
    private struct Wrong: Error {}

    /// Threads of a pool, all of them held until the test lets go.
    private static func held(_ pool: WorkPool, _ threads: Int, _ body: () async throws -> Void) async throws {
        let (go, begun) = (DispatchSemaphore(value: 0), Tally())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    _ = try await pool.run {
                        begun.add()
                        Self.wait(go)
                    }
                }
            }
            try await eventually("every thread is held") { begun.count == threads }
            let result: Result<Void, any Error>
            do {
                result = .success(try await body())
            } catch {
                result = .failure(error)
            }
            for _ in 0..<threads { go.signal() }
            try await group.waitForAll()
            try result.get()
        }
    }

    /// The pool's threads may wait.
    private static func wait(_ signal: DispatchSemaphore) { signal.wait() }

    private static var thread: String { Thread.current.name ?? "" }

    @Test("Work is done on the pool's threads and no others, and goes on there after it has waited")
    func threads() async throws {
        let pool = WorkPool(threads: 2, clocks: TimeInHand(Instant(seconds: 0)).clocks)
        let names = try await pool.run { () async throws -> [String] in
            let before = Self.thread
            await Task.yield()
            // Ends on a thread of somebody else.
            try await Task.sleep(for: .milliseconds(1))
            return [before, Self.thread]
        }.get()
        #expect(names.allSatisfy { $0.hasPrefix("work-") }, "\(names)")
        // Whoever asked goes on where they were.
        #expect(!Self.thread.hasPrefix("work-"))
        let failed = try await pool.run { () async throws(Wrong) -> Int in throw Wrong() }
        #expect(throws: Wrong.self) { try failed.get() }
    }

    @Test("No more wait than may, nor longer: then it is no, at once, and who is in is finished")
    func room() async throws {
        let time = TimeInHand(Instant(seconds: 0))
        let pool = WorkPool(threads: 2, capacity: 3, patience: .milliseconds(500), clocks: time.clocks)
        let done = Tally()
        let waiting = Mutex<[Task<Void, Never>]>([])
        try await Self.held(pool, 2) {
            // What was let in before finds room however many wait.
            for _ in 0..<3 { waiting.withLock { $0.append(Task { _ = await pool.finish { done.add() } }) } }
            try await eventually("three wait") { pool.waiting == 3 }
            await #expect(throws: ServiceFailure.self) { _ = try await pool.run { done.add() } }
            #expect(pool.waiting == 3 && done.count == 0)
        }
        try await eventually("three are done") { done.count == 3 && pool.waiting == 0 }
        try await Self.held(pool, 2) {
            waiting.withLock { $0.append(Task { _ = await pool.finish { done.add() } }) }
            try await eventually("one waits") { pool.waiting == 1 }
            #expect(throws: Never.self) { try pool.checkRoom() }
            time.advance(.milliseconds(501))
            #expect(throws: ServiceFailure.self) { try pool.checkRoom() }
        }
        try await eventually("all is done") { done.count == 4 && pool.waiting == 0 }
        #expect(throws: Never.self) { try pool.checkRoom() }
    }

    @Test("Whatever is cancelled meanwhile, each is answered once: its value, its failure, or no room")
    func nothingLost() async throws {
        let pool = WorkPool(threads: 3, capacity: 50, clocks: TimeInHand(Instant(seconds: 0)).clocks)
        let (done, refused, answered) = (Tally(), Tally(), Tally())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<5_000 {
                group.addTask {
                    let task = Task {
                        do throws(ServiceFailure) {
                            let result = try await pool.run { () async throws(Wrong) -> Int in
                                done.add()
                                if number % 7 == 0 { throw Wrong() }
                                if number % 5 == 0 { await Task.yield() }
                                return number
                            }
                            #expect((try? result.get()) == (number % 7 == 0 ? nil : number))
                        } catch {
                            refused.add()
                        }
                        answered.add()
                    }
                    if number % 3 == 0 { task.cancel() }
                    await task.value
                }
            }
        }
        #expect(answered.count == 5_000 && done.count + refused.count == 5_000)
        #expect(done.count > 0 && pool.waiting == 0)
    }
}
