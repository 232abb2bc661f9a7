import Foundation
import GRDB
import MerkleLog
import Testing

@testable import AuditStore

@Suite("Backups and scrubbing")
struct BackupTests {
    @Test("A backup of a running log is whole, starts when nothing newer was signed, and is refused when something was")
    func backup() async throws {
        let world = try TestLog()
        let path = world.folder + "/backup.db"
        let backup = try await world.session { log in
            for number in 0..<10 { _ = try await log.append(TestLog.entry("\(number)")) }
            let backup = try LogBackup.make(folder: world.folder, to: path, key: log.key)
            #expect(backup.size == 11)
            #expect(backup.root == log.tree.root)
            #expect(throws: LogDefect.self) { try LogBackup.make(folder: world.folder, to: path, key: log.key) }
            return backup
        }
        func restore() throws {
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: world.folder + "/log.db" + suffix)
            }
            try FileManager.default.copyItem(atPath: path, toPath: world.folder + "/log.db")
        }
        try restore()
        try await world.session { #expect($0.tree.size == backup.size + 1) }
        try restore()
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == .rollback, "the restart entry was signed")
    }

    @Test("A copy that was changed is no backup")
    func changed() async throws {
        let world = try TestLog()
        let path = world.folder + "/backup.db"
        let key = try await world.session { log in
            for number in 0..<10 { _ = try await log.append(TestLog.entry("\(number)")) }
            _ = try LogBackup.make(folder: world.folder, to: path, key: log.key)
            return log.key
        }
        #expect(try LogBackup.verify(path, key: key).size == 11)
        let other = try TestLog()
        try FileManager.default.copyItem(atPath: path, toPath: other.folder + "/log.db")
        try TamperTests.edit(other) { try $0.execute(sql: "UPDATE entries SET leaf = x'7b7d' WHERE idx = 2") }
        #expect(throws: LogDefect.self) { try LogBackup.verify(other.folder + "/log.db", key: key) }
    }

    @Test("An old entry that rotted is found by the scrubber, and nothing is appended any more")
    func scrub() async throws {
        let world = try TestLog()
        try await world.session { log in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<800 { group.addTask { _ = try await log.append(TestLog.entry("\(number)")) } }
                try await group.waitForAll()
            }
            try await LogScrubber(log, entriesPerSecond: 1 << 30).pass()
        }
        // Old enough that a start does not read it.
        try TamperTests.edit(world) { try $0.execute(sql: "UPDATE entries SET leaf = x'7b7d' WHERE idx = 2") }
        let log = try await world.open()
        await #expect(throws: LogDefect.self) { try await LogScrubber(log, entriesPerSecond: 1 << 30).pass() }
        await LogScrubber(log, entriesPerSecond: 1 << 30).run()
        #expect(log.condition.name == "integrity_fault")
        await #expect(throws: AppendFailure.self) { try await log.append(TestLog.entry("more")) }
        await TestLog.close(log)
    }
}
