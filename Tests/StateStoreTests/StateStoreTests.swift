import DatabaseFiles
import Foundation
import GRDB
import Testing
import Wire

@testable import StateStore

@Suite("state.db and its owner")
struct StateStoreTests {
    private static let time = Instant(seconds: 1_790_000_000)
    private static let expires = time.advanced(bySeconds: 120)

    private static func spend(_ nonce: UInt8, _ store: StateStore) async throws -> Bool {
        try await store.challenges.spend([nonce], expires: expires, at: time)
    }

    private static func draft(_ text: String) -> DocumentVersion {
        DocumentVersion(draft: .policy, id: text, version: 1, bytes: Array(text.utf8), created: time)
    }

    private static func set(_ name: String, size: Int) -> CollateralCache.Edition {
        let bytes = Array(name.utf8) + [UInt8](repeating: 0x20, count: size)
        return CollateralCache.Edition(
            update: "standard",
            documents: CollateralCache.Documents(
                pckCRL: bytes, pckCRLIssuerChain: bytes, rootCRL: bytes, tcbInfo: bytes, tcbInfoIssuerChain: bytes,
                qeIdentity: bytes, qeIdentityIssuerChain: bytes),
            nextUpdate: time, marks: [RollbackMark(item: name, evaluationNumber: 1, issued: time)])
    }

    private static func accept(_ name: String, size: Int = 10, _ store: StateStore) async throws {
        let kind = CollateralCache.Kind(tee: name, fmspc: "00", authority: "platform")
        #expect(
            try await store.collateral.accept(
                set(name, size: size), early: nil, for: kind, service: name, fetched: time) == nil)
    }

    // MARK: One owner

    @Test("Every commit is flushed: the pragmas of S-4 hold after opening, and the writer checkpoints by itself")
    func pragmas() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        let wanted =
            DatabaseFile.pragmas(.full, .automatic).map { ($0.name, $0.wanted) } + [("page_size", "4096")]
        for (name, value) in wanted {
            let found = try await store.writer.writeWithoutTransaction {
                try (Row.fetchOne($0, sql: "PRAGMA \(name)")?[0] as DatabaseValue?).map(DatabaseFile.text)
            }
            #expect(found == value, "\(name)")
        }
        #expect(
            wanted.contains { $0 == ("synchronous", "2") } && wanted.contains { $0 == ("wal_autocheckpoint", "1000") })
    }

    @Test("What is written reaches the file without anybody asking, and closing takes the write-ahead log away")
    func checkpoints() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        for number in 0..<16 { try await Self.accept("\(number)", size: 1_000_000, store) }
        let wal = try FileManager.default.attributesOfItem(atPath: folder.file + "-wal")[.size] as? Int
        #expect(try #require(wal) < 8_000_000, "half of it")
        store.close()
        #expect(!FileManager.default.fileExists(atPath: folder.file + "-wal"))
        #expect(try await folder.open().collateral.kinds().count == 16)
    }

    @Test("A second owner is refused for as long as the first has it, and not when it has gone")
    func secondOwner() async throws {
        let folder = try StateFolder()
        var store: StateStore? = try StateStore(in: ProcessLock(folder: folder.path))
        let message = #expect(throws: DatabaseDefect.self) { try ProcessLock(folder: folder.path) }?.sentence
        #expect(message?.contains("log.lock is held by another process") == true)
        #expect(try await Self.spend(1, #require(store)))
        store = nil
        let again = try folder.open()
        #expect(try await !Self.spend(1, again))
    }

    @Test("A store that reads sees what its owner commits, and writes nothing")
    func reading() async throws {
        let folder = try StateFolder()
        #expect(throws: StateFailure.self) { try StateStore(reading: folder.file) }
        let owner = try folder.open()
        let reader = try StateStore(reading: folder.file)
        #expect(try await reader.documents.active(.policy) == [])
        let draft = Self.draft("first")
        try await owner.documents.add(draft)
        try await owner.documents.setTested(.policy, draft.sha256, cases: 1, at: Self.time)
        try await owner.documents.activate(.policy, draft.sha256, at: Self.time)
        try await Self.accept("tdx", owner)
        #expect(try await reader.documents.active(.policy).map(\.sha256) == [draft.sha256])
        #expect(try await reader.collateral.kinds().map(\.tee) == ["tdx"])
        await #expect(throws: StateFailure(sentence: "attempt to write a readonly database")) {
            try await Self.spend(1, reader)
        }
        #expect(try await Self.spend(1, owner))
        owner.close()
        #expect(try await StateStore(reading: folder.file).documents.active(.policy).count == 1)
    }

    @Test("After close nothing is read or written, and it is said in words")
    func closed() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        store.close()
        await #expect(throws: StateFailure.self) { try await Self.spend(1, store) }
        await #expect(throws: StateFailure.self) { try await store.collateral.kinds() }
    }

    @Test("Everything at once, by many tasks: all of it is there afterwards")
    func concurrent() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let isFirst = try await Self.spend(UInt8(number), store)
                    #expect(isFirst)
                }
                group.addTask { try await Self.accept("\(number)", store) }
                group.addTask { try await store.documents.add(Self.draft("\(number)")) }
                group.addTask { try await store.webhooks.set(UInt64(number), of: "\(number)", origin: "log") }
                group.addTask { _ = try await store.documents.all(.policy) }
                group.addTask { _ = try await store.collateral.kinds() }
            }
            try await group.waitForAll()
        }
        store.close()
        let again = try folder.open()
        #expect(try await again.documents.all(.policy).count == 64)
        #expect(try await again.collateral.kinds().count == 64)
        for number in 0..<64 {
            #expect(try await !Self.spend(UInt8(number), again))
            #expect(try await again.webhooks.position(of: "\(number)", origin: "log") == UInt64(number))
        }
    }

    // MARK: Files that cannot be used

    @Test("A full disk: nothing of what did not fit is there, it is said in words, and goes on when there is room")
    func full() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        try await Self.accept("small", store)
        let pages = try await store.writer.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            return try Int.fetchOne(database, sql: "PRAGMA max_page_count = \(pages)") ?? 0
        }
        await #expect(throws: StateFailure(sentence: "database or disk is full")) {
            try await Self.accept("large", size: 1_000_000, store)
        }
        #expect(try await store.collateral.kinds().map(\.tee) == ["small"])
        let marks = try await store.read { try String.fetchAll($0, sql: "SELECT item FROM high_water") }
        #expect(marks == ["small"])
        _ = try await store.writer.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages + 1_000)")
        }
        try await Self.accept("large", size: 1_000_000, store)
        #expect(try await store.collateral.kinds().count == 2)
    }

    @Test("A file that a stranger locks: a challenge is not spent, it is said in words, and is good afterwards")
    func locked() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        try await store.writer.writeWithoutTransaction { _ = try Row.fetchOne($0, sql: "PRAGMA busy_timeout = 50") }
        let stranger = try folder.stranger()
        try await stranger.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        await #expect(throws: StateFailure(sentence: "database is locked")) { try await Self.spend(1, store) }
        // Reading goes on.
        #expect(try await store.collateral.kinds() == [])
        try await stranger.writeWithoutTransaction { try $0.rollback() }
        #expect(try await Self.spend(1, store))
    }

    @Test("A file that is no database, and a folder that is not there, are said in words")
    func unusable() throws {
        let folder = try StateFolder()
        try Data("this is no database, whatever its name says, and never was one".utf8).write(
            to: URL(filePath: folder.file))
        #expect(throws: StateFailure(sentence: "file is not a database")) { try folder.open() }
        #expect(throws: StateFailure(sentence: "file is not a database")) { try StateStore(reading: folder.file) }
        #expect(throws: DatabaseDefect.self) { try ProcessLock(folder: folder.path + "/absent") }
        let other = try StateFolder()
        try FileManager.default.createDirectory(atPath: other.file, withIntermediateDirectories: true)
        #expect(throws: StateFailure(sentence: "unable to open database file")) { try other.open() }
    }
}
