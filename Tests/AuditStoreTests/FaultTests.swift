import GRDB
import Glibc
import MerkleLog
import ProcessSupport
import Synchronization
import Testing

@testable import AuditStore

/// Every step of a commit fails, before it happens or after it happened and nobody was told (transparency-log 18.6): what
/// is on the disk is the old tree or the new one, nothing acknowledged is lost, nothing failed is acknowledged.
@Suite("A commit that fails")
struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let step: CommitStep
        let moment: CommitStep.Moment
        var testDescription: String { "\(moment.rawValue) \(step.rawValue)" }
        /// What the next start finds of the batch.
        var isDurable: Bool {
            switch step {
            case .begin, .insertEntries, .storeTiles, .updateState: false
            case .commit: moment == .after
            case .readBack, .writeGuard, .sign: true
            }
        }
        /// After these the process must end.
        var isFatal: Bool { (step == .commit && moment == .after) || step == .writeGuard }
    }

    static let cases = CommitStep.allCases.flatMap { step in
        CommitStep.Moment.allCases.map { Case(step: step, moment: $0) }
    }

    private struct Injected: Error {}

    @Test("Old tree or new tree, and never a receipt", arguments: cases)
    func oldOrNew(_ given: Case) async throws {
        let world = try TestLog()
        let isArmed = Mutex(false)
        let log = try await world.open { settings in
            settings.probe = { step, moment in
                guard isArmed.withLock({ $0 }), step == given.step, moment == given.moment else { return }
                throw Injected()
            }
        }
        var acknowledged: [AppendedEntry] = []
        for number in 0..<5 { acknowledged.append(try await log.append(TestLog.entry("before \(number)"))) }
        let old = log.tree
        isArmed.withLock { $0 = true }
        await #expect(throws: AppendFailure.self) { try await log.append(TestLog.entry("failing")) }
        #expect(log.tree == old, "nothing is shown that was not signed")
        #expect(world.deaths.withLock { !$0.isEmpty } == given.isFatal)
        // What left nothing behind may be over by now; everything else stays as it is.
        if given.isDurable { #expect(!log.condition.takesEntries) }
        await TestLog.close(log)
        // The process ends as it is, and another begins.
        let next = try await world.open()
        let leaves = try await next.reader.leaves(in: 0..<next.tree.size)
        #expect(leaves.count == Int(old.size) + (given.isDurable ? 2 : 1))
        #expect(String(decoding: leaves[Int(old.size)], as: UTF8.self).contains("failing") == given.isDurable)
        #expect(try await checkWhole(next, acknowledged: acknowledged))
        let after = try await next.append(TestLog.entry("after"))
        #expect(after.index == UInt64(leaves.count))
        await TestLog.close(next)
    }

    @Test("The steps run in their order for every batch, and nothing is signed before its guard")
    func order() async throws {
        let seen = Mutex<[String]>([])
        let world = try TestLog()
        try await world.session { settings in
            settings.probe = { step, moment in seen.withLock { $0.append("\(moment.rawValue) \(step.rawValue)") } }
        } _: { log in
            seen.withLock { $0 = [] }
            _ = try await log.append(TestLog.entry("one"))
            #expect(
                seen.withLock { $0 }
                    == CommitStep.allCases.flatMap { ["before \($0.rawValue)", "after \($0.rawValue)"] })
        }
    }

    @Test("A key that is away: the tail stays unsigned, and is signed at the same size when the key is back")
    func keyAway() async throws {
        let world = try TestLog()
        let isAway = Mutex(false)
        let own = world.signer
        let signer = LogSigner(publicKey: own.publicKey) { text in
            if isAway.withLock({ $0 }) { throw Injected() }
            return try own.sign(text)
        }
        let log = try await world.open(signer: signer)
        isAway.withLock { $0 = true }
        await #expect(throws: AppendFailure.self) { try await log.append(TestLog.entry("unsigned")) }
        #expect(log.condition.name == "unsigned")
        #expect(log.tree.size == 1)
        isAway.withLock { $0 = false }
        try await eventually("the log takes entries again") { log.condition.takesEntries }
        #expect(log.tree.size == 2)
        let next = try await log.append(TestLog.entry("next"))
        #expect(next.index == 2)
        #expect(try await checkWhole(log, acknowledged: [next]))
        await TestLog.close(log)
    }

    @Test("A full disk: refused before the commit is tried, and taken again when there is room")
    func fullDisk() async throws {
        let world = try TestLog()
        let free = Mutex<Int64>(1 << 40)
        let looks = Mutex(0)
        let log = try await world.open {
            $0.freeBytes = {
                looks.withLock { $0 += 1 }
                return free.withLock { $0 }
            }
        }
        try await TestLog.announce(log)
        free.withLock { $0 = 100 << 20 }
        let old = log.tree
        let failure = await #expect(throws: AppendFailure.self) { try await log.append(TestLog.verdict(1)) }
        #expect(failure?.code == "LOG_UNAVAILABLE")
        #expect(failure?.retryAfterSeconds == 30)
        #expect(log.tree == old)
        #expect(log.condition.name == "read_only")
        _ = try await log.reader.leaf(at: 0)
        // The log's own entries have the reserve; below a part of it nothing is tried.
        #expect(try await log.append(TestLog.entry("own")).index == old.size)
        free.withLock { $0 = 1 << 20 }
        await #expect(throws: AppendFailure.self) { try await log.append(TestLog.entry("nothing left")) }
        free.withLock { $0 = 300 << 20 }
        // When it looks a second time it has done what follows from the first.
        let before = looks.withLock { $0 }
        try await eventually("the log looks twice at the room there is") { looks.withLock { $0 } >= before + 2 }
        #expect(!log.condition.takesEntries, "only well above the limit")
        free.withLock { $0 = 1 << 40 }
        try await eventually("the log takes entries again") { log.condition.takesEntries }
        #expect(try await log.append(TestLog.verdict(1)).index == old.size + 1)
        #expect(world.deaths.withLock { $0.isEmpty })
        await TestLog.close(log)
    }

    @Test("A clock that goes back: no entry, and no start")
    func clock() async throws {
        let world = try TestLog()
        let offset = Mutex<Int64>(0)
        let now: @Sendable () -> Int64 = { TestLog.now() + offset.withLock { $0 } }
        let log = try await world.open { $0.now = now }
        // Far enough that a slow machine does not catch up.
        offset.withLock { $0 = -600_000 }
        let entry = LogEntry(
            timeMilliseconds: now(), body: .admin(AdminEntry(who: "t", action: "test", subject: "early")))
        let failure = await #expect(throws: AppendFailure.self) { try await log.append(entry) }
        #expect(failure?.code == "CLOCK_REGRESSION")
        await TestLog.close(log)
        let defect = await #expect(throws: LogDefect.self) { try await world.open { $0.now = now } }
        #expect(defect?.kind == .clockRegression)
    }
}
