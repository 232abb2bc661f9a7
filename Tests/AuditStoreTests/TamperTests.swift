import Foundation
import GRDB
import MerkleLog
import Testing
import Wire

@testable import AuditStore

/// What somebody with access to the files may do, and a start must notice (transparency-log 11, 18.8).
@Suite("A log that was tampered with")
struct TamperTests {
    /// Changes the database as only somebody with file access can: without triggers, which are put back afterwards.
    static func edit(_ world: TestLog, _ body: @escaping @Sendable (Database) throws -> Void) throws {
        let database = try DatabaseQueue(path: world.folder + "/log.db")
        try database.write { database in
            let triggers = try Row.fetchAll(
                database, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
            ).map { ($0["name"] as String, $0["sql"] as String) }
            for (name, _) in triggers { try database.execute(sql: "DROP TRIGGER \(name)") }
            try body(database)
            for (_, sql) in triggers { try database.execute(sql: sql) }
        }
        try database.close()
    }

    private static func filled(_ count: Int = 20) async throws -> TestLog {
        let world = try TestLog()
        try await world.session { log in
            for number in 0..<count { _ = try await log.append(TestLog.entry("entry \(number)")) }
        }
        return world
    }

    struct Edit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kinds: [LogDefect.Kind]
        let body: @Sendable (Database) throws -> Void
    }

    static let edits = [
        Edit(testDescription: "an entry is edited", kinds: [.corrupt]) {
            try $0.execute(
                sql: "UPDATE entries SET leaf = CAST(replace(CAST(leaf AS TEXT), 'test', 'TEST') AS BLOB) WHERE idx = 7"
            )
        },
        Edit(testDescription: "an entry is deleted", kinds: [.corrupt]) {
            try $0.execute(sql: "DELETE FROM entries WHERE idx = 7")
        },
        Edit(testDescription: "the last entry is deleted", kinds: [.corrupt]) {
            try $0.execute(sql: "DELETE FROM entries WHERE idx = (SELECT max(idx) FROM entries)")
        },
        Edit(testDescription: "an entry is added", kinds: [.corrupt]) {
            try $0.execute(sql: "INSERT INTO entries SELECT max(idx) + 1, x'7b7d' FROM entries")
        },
        Edit(testDescription: "two entries change places", kinds: [.corrupt]) {
            try $0.execute(sql: "UPDATE entries SET idx = idx + 1000 WHERE idx IN (3, 4)")
            try $0.execute(sql: "UPDATE entries SET idx = 1007 - idx WHERE idx >= 1000")
        },
        Edit(testDescription: "a hash of a tile is changed", kinds: [.corrupt]) {
            try $0.execute(
                sql: """
                    UPDATE tiles SET hashes = CAST(
                        iif(substr(hashes, 1, 1) = x'00', x'01', x'00') || substr(hashes, 2) AS BLOB)
                    WHERE level = 0 AND n = 0
                    """)
        },
        Edit(testDescription: "a tile is cut", kinds: [.corrupt]) {
            try $0.execute(sql: "UPDATE tiles SET hashes = substr(hashes, 1, length(hashes) - 32) WHERE level = 0")
        },
        Edit(testDescription: "the root is changed", kinds: [.corrupt]) {
            try $0.execute(sql: "UPDATE tree_state SET root = zeroblob(32)")
        },
        Edit(testDescription: "a stored checkpoint is changed", kinds: [.corrupt]) {
            try $0.execute(sql: "UPDATE checkpoints SET note = replace(note, '— log', '— lag')")
        },
        Edit(testDescription: "the origin is changed", kinds: [.refused, .corrupt]) {
            try $0.execute(sql: "UPDATE meta SET v = CAST('other.example/log' AS BLOB) WHERE k = 'origin'")
        },
        Edit(testDescription: "something is said to be in force that no entry announced", kinds: [.corrupt]) {
            try $0.execute(
                sql:
                    "INSERT INTO meta VALUES ('closure/policy/\(String(repeating: "0", count: 64))', CAST('3' AS BLOB))"
            )
        },
        Edit(testDescription: "a table is added", kinds: [.corrupt]) { try $0.execute(sql: "CREATE TABLE more (x)") },
    ]

    @Test("A start refuses it", arguments: edits)
    func edited(_ edit: Edit) async throws {
        let world = try await Self.filled()
        try Self.edit(world, edit.body)
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect.map { edit.kinds.contains($0.kind) } == true, "\(String(describing: defect))")
    }

    @Test("A trigger that is missing")
    func trigger() async throws {
        let world = try await Self.filled()
        let database = try DatabaseQueue(path: world.folder + "/log.db")
        try await database.write { try $0.execute(sql: "DROP TRIGGER entries_no_delete") }
        try database.close()
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == .corrupt)
        #expect(defect?.sentence.contains("entries_no_delete") == true)
    }

    /// Copies the database as it is now; `restore` puts it back.
    private static func copy(_ world: TestLog) throws {
        try FileManager.default.copyItem(atPath: world.folder + "/log.db", toPath: world.folder + "/old.db")
    }

    private static func restore(_ world: TestLog) throws {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: world.folder + "/log.db" + suffix)
        }
        try FileManager.default.copyItem(atPath: world.folder + "/old.db", toPath: world.folder + "/log.db")
    }

    @Test("An old copy in place of the log is a rollback, and the exit code is 75")
    func rollback() async throws {
        let world = try await Self.filled()
        try Self.copy(world)
        try await world.session { _ = try await $0.append(TestLog.entry("newer")) }
        try Self.restore(world)
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == .rollback)
        #expect([.rollback, .fork].contains(defect?.kind))
        #expect(defect?.sentence.contains("older copy") == true)
    }

    @Test("An old copy continued with the real key, to the same length, is a fork")
    func fork() async throws {
        let world = try await Self.filled()
        try Self.copy(world)
        try await world.session { log in
            for number in 0..<3 { _ = try await log.append(TestLog.entry("true \(number)")) }
        }
        let guardFile = try Data(contentsOf: URL(filePath: world.folder + "/guard"))
        // Somebody with the key continues the old copy elsewhere, under a guard of their own making.
        try Self.restore(world)
        try FileManager.default.removeItem(atPath: world.folder + "/guard")
        let other = try GuardFile(path: world.folder + "/guard", origin: TestLog.origin, create: true)
        let size = try await DatabaseQueue(path: world.folder + "/log.db").read { try LogTables.state($0) }
        let state = try #require(size)
        try other.write(.init(sequence: 1, size: state.size, root: state.root))
        try await world.session { log in
            for number in 0..<5 { _ = try await log.append(TestLog.entry("false \(number)")) }
        }
        try guardFile.write(to: URL(filePath: world.folder + "/guard"))
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == .fork)
        #expect([.rollback, .fork].contains(defect?.kind))
    }

    enum Missing: String, CaseIterable {
        case log = "log.db"
        case guardFile = "guard"
    }

    @Test("A part that is missing beside the others", arguments: Missing.allCases)
    func missing(_ part: Missing) async throws {
        let world = try await Self.filled()
        try FileManager.default.removeItem(atPath: world.folder + "/" + part.rawValue)
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: world.folder + "/" + part.rawValue + suffix)
        }
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == (part == .log ? .rollback : .missing))
    }

    @Test("A key that is missing, and another key")
    func keys() async throws {
        let world = try await Self.filled()
        let missing = await #expect(throws: LogDefect.self) { try await world.open(hasKey: false) }
        #expect(missing?.kind == .missing)
        let other = try TestLog()
        let foreign = await #expect(throws: LogDefect.self) { try await world.open(signer: other.signer) }
        #expect(foreign?.kind == .refused)
    }

    @Test("A guard whose newer slot is torn counts as the older one; with both torn nothing starts")
    func tornGuard() async throws {
        let world = try await Self.filled()
        let file = URL(filePath: world.folder + "/guard")
        let whole = try Data(contentsOf: file)
        let state = try await DatabaseQueue(path: world.folder + "/log.db").read { try LogTables.state($0) }
        let size = try #require(state).size
        // The slot written last holds the newest size; a torn write damages only the one before it.
        func slot(_ position: Int) -> UInt64 {
            whole[(position * 4_096 + 48)..<(position * 4_096 + 56)].reduce(0) { $0 << 8 | UInt64($1) }
        }
        let newer = slot(0) == size ? 0 : 1
        var torn = whole
        torn[newer * 4_096 + 60] ^= 1
        try torn.write(to: file)
        try await world.session { #expect($0.tree.size == size + 1) }
        var both = torn
        both[60] ^= 1
        both[4_096 + 60] ^= 1
        both[newer * 4_096 + 60] ^= 1
        both[newer * 4_096 + 70] ^= 1
        try both.write(to: file)
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.kind == .corrupt)
    }

    @Test("A second process is refused")
    func secondProcess() async throws {
        let world = try TestLog()
        let log = try await world.open()
        let defect = await #expect(throws: LogDefect.self) { try await world.open() }
        #expect(defect?.sentence.contains("another process") == true)
        await TestLog.close(log)
    }

    @Test("Another origin than the log's own")
    func origin() async throws {
        let world = try await Self.filled(1)
        let defect = await #expect(throws: LogDefect.self) { try await world.open { $0.origin = "other.example/log" } }
        #expect(defect?.kind == .refused)
        #expect(defect?.sentence.contains("audit.origin") == true)
    }
}
