import AuditStore
import Foundation
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import assay

/// The clock at a start, held against what the folder remembers.
@Suite("The clock at the start")
struct StartClockTests {
    @Test("On one boot the time that has passed is known; after another it is not")
    func boots() {
        let then = MachineClock(boot: "a", running: 1_000, wall: 50_000)
        #expect(then.expected(at: MachineClock(boot: "a", running: 4_000, wall: 0)) == 53_000)
        #expect(then.expected(at: MachineClock(boot: "b", running: 4_000, wall: 0)) == nil)
        #expect(
            then.expected(at: MachineClock(boot: "a", running: 999, wall: 0)) == nil, "no clock of one boot goes back")
        #expect(MachineClock(text: then.text) == then)
        for text in ["", "a", "a 1", "a 1 x", "a 1 2 3"] { #expect(MachineClock(text: text) == nil, "\(text)") }
        #expect(MachineClock.now != nil)
    }

    @Test(
        "Thirty days after the log's last entry are believed, one more only when somebody says so; nothing is appended")
    func absence() async throws {
        let folder = try ScratchFolder()
        let today = TestWorld.today.seconds * 1_000
        let time = Mutex(today)
        let now: @Sendable () -> Int64 = { time.withLock { $0 } }
        let size = try await Live.run(folder: folder, now: now) { live in live.service.auditLog.tree.size }
        time.withLock { $0 = today + 31 * 86_400_000 }
        for _ in 1...2 {
            let problem = await #expect(throws: Problem.self) { try await Live.run(folder: folder, now: now) { _ in } }
            #expect(problem?.exitCode == ServiceExit.clock.rawValue && problem?.message.contains("--clock") == true)
        }
        time.withLock { $0 = today + 29 * 86_400_000 }
        let later = try await Live.run(folder: folder, now: now) { live in live.service.auditLog.tree.size }
        #expect(later > size)
    }
}
