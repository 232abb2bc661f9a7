import Crypto
import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import ProcessSupport
import Synchronization
import Testing
import Wire

@testable import AuditStore

@Suite("Appending")
struct AppendTests {
    @Test("Hundreds at once: every index once, every proof under its checkpoint, nobody sees a busy database")
    func concurrent() async throws {
        let world = try TestLog()
        try await world.session { log in
            let entries = try await withThrowingTaskGroup(of: AppendedEntry.self) { group in
                for number in 0..<400 { group.addTask { try await log.append(TestLog.entry("entry \(number)")) } }
                return try await group.reduce(into: [AppendedEntry]()) { $0.append($1) }
            }
            #expect(Set(entries.map(\.index)) == Set(1...400))
            for entry in entries {
                let proof = try await log.reader.inclusion(of: entry.index, in: entry.tree.size)
                #expect(proof.isValid(leaf: entry.leafHash, root: entry.tree.root))
                #expect(MerkleHashing.leaf(entry.leaf) == entry.leafHash)
            }
            #expect(log.figures.batches < 400, "what waits goes together")
            #expect(try await checkWhole(log, acknowledged: entries))
        }
    }

    @Test("Readers and writers together: not one SQLITE_BUSY")
    func readersAndWriters() async throws {
        let world = try TestLog()
        try await world.session { log in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<200 {
                    group.addTask {
                        for number in 0..<5 { _ = try await log.append(TestLog.entry("\(writer) \(number)")) }
                    }
                }
                for _ in 0..<20 {
                    group.addTask {
                        for _ in 0..<50 {
                            let size = log.tree.size
                            let index = UInt64.random(in: 0..<size)
                            let proof = try await log.reader.inclusion(of: index, in: size)
                            let leaf = try await log.reader.leaf(at: index)
                            let root = try await log.reader.root(of: size)
                            #expect(proof.isValid(leaf: MerkleHashing.leaf(leaf), root: root))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(log.tree.size == 1_001)
        }
    }

    @Test("A queue that is full answers at once, and says when to come again")
    func backpressure() async throws {
        let world = try TestLog()
        let gate = DispatchSemaphore(value: 0)
        let state = Mutex((isHolding: false, isHeld: false))
        let log = try await world.open { settings in
            settings.queue = 4
            settings.probe = { step, moment in
                guard step == .begin, moment == .before else { return }
                let waits = state.withLock { state in
                    if state.isHolding { state.isHeld = true }
                    return state.isHolding
                }
                if waits { gate.wait() }
            }
        }
        state.withLock { $0.isHolding = true }
        try await withThrowingTaskGroup(of: AppendFailure?.self) { group in
            @Sendable func append(_ name: String) async -> AppendFailure? {
                do throws(AppendFailure) {
                    _ = try await log.append(TestLog.entry(name))
                    return nil
                } catch {
                    return error
                }
            }
            // The writer has one entry in hand before the others come: how many fit behind it is then certain.
            group.addTask { await append("first") }
            try await eventually("the writer is held") { state.withLock { $0.isHeld } }
            for number in 0..<20 { group.addTask { await append("\(number)") } }
            var refused = 0
            for try await failure in group {
                guard let failure else { continue }
                #expect(failure == .backpressure)
                #expect(failure.code == "LOG_BACKPRESSURE")
                #expect(failure.retryAfterSeconds == 1)
                refused += 1
                guard refused == 16 else { continue }
                state.withLock { $0.isHolding = false }
                gate.signal()
            }
            #expect(refused == 16)
        }
        await TestLog.close(log)
    }

    @Test("A verdict waits for everything it rests on to be in the log, and for nothing that was retired")
    func closure() async throws {
        let world = try TestLog()
        try await world.session { log in
            let verdict = TestLog.verdict(1)
            let failure = await #expect(throws: AppendFailure.self) { try await log.append(verdict) }
            #expect(failure?.sentence.contains("rests on") == true)
            try await TestLog.announce(log)
            _ = try await log.append(verdict)
        }
        // In force over a restart, and announced once.
        try await world.session { log in
            let size = log.tree.size
            try await TestLog.announce(log)
            #expect(log.tree.size == size)
            _ = try await log.append(TestLog.verdict(2))
            let retired = PolicyEntry(
                operation: .retire, policyID: "strict", policySHA256: TestLog.policy.policySHA256)
            _ = try await log.append(LogEntry(timeMilliseconds: TestLog.now(), body: .policy(retired)))
            await #expect(throws: AppendFailure.self) { try await log.append(TestLog.verdict(3)) }
        }
        try await world.session { log in
            await #expect(throws: AppendFailure.self) { try await log.append(TestLog.verdict(4)) }
            try await TestLog.announce(log)
            _ = try await log.append(TestLog.verdict(5))
        }
    }

    @Test("An entry of another time, and one that is too long")
    func inadmissible() async throws {
        let world = try TestLog()
        try await world.session { log in
            for offset in [Int64(-310_000), 10_000] {
                let entry = LogEntry(
                    timeMilliseconds: TestLog.now() + offset,
                    body: .admin(AdminEntry(who: "t", action: "test", subject: "time")))
                await #expect(throws: AppendFailure.self) { try await log.append(entry) }
            }
            await #expect(throws: AppendFailure.self) {
                try await log.append(TestLog.entry(String(repeating: "x", count: 4_096)))
            }
            #expect(log.tree.size == 1)
        }
    }

    @Test("Tiles and bundles at every width up to the present one, and none beyond what is signed")
    func tiles() async throws {
        let world = try TestLog()
        try await world.session { log in
            _ = try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 { group.addTask { _ = try await log.append(TestLog.entry("\(number)")) } }
                try await group.waitForAll()
            }
            let leaves = try await log.reader.leaves(in: 0..<301)
            for width in [1, 44, 45] {
                let tile = try #require(TileCoordinate(.hashes(level: 0), index: 1, width: width))
                let bytes = try await log.reader.bytes(of: tile)
                #expect(bytes == leaves[256..<256 + width].flatMap { MerkleHashing.leaf($0).bytes })
                let entries = try #require(TileCoordinate(.entries, index: 1, width: width))
                let bundle = try await log.reader.bytes(of: entries)
                #expect(EntryBundle.parse(bundle[...], count: width) == Array(leaves[256..<256 + width]))
            }
            let above = try #require(TileCoordinate(.hashes(level: 1), index: 0, width: 1))
            #expect(try await log.reader.bytes(of: above) == naiveRoot(leaves[..<256]))
            for absent in [
                TileCoordinate(.hashes(level: 0), index: 1, width: 46), TileCoordinate(.hashes(level: 0), index: 1),
                TileCoordinate(.hashes(level: 1), index: 0, width: 2), TileCoordinate(.entries, index: 2, width: 1),
            ] {
                let tile = try #require(absent)
                await #expect(throws: LogReader.Failure.absent) { try await log.reader.bytes(of: tile) }
            }
            for (old, new) in [(0, 301), (1, 301), (255, 257), (256, 300), (301, 301)] as [(UInt64, UInt64)] {
                let proof = try await log.reader.consistency(from: old, to: new)
                #expect(
                    proof.isValid(
                        oldRoot: MerkleHash(exactly: naiveRoot(leaves[..<Int(old)])) ?? MerkleHash(),
                        newRoot: MerkleHash(exactly: naiveRoot(leaves[..<Int(new)])) ?? MerkleHash()))
            }
        }
    }

    @Test("The log says how its process ended")
    func restart() async throws {
        let world = try TestLog()
        try await world.session { _ in }
        let log = try await world.open()
        let clean = try LogEntry(leaf: try await log.reader.leaf(at: 1))
        #expect(clean.body == .restart(RestartEntry(isClean: true, previousSize: 1)))
        await TestLog.close(log)
        try TamperTests.edit(world) { try $0.execute(sql: "DELETE FROM meta WHERE k = 'clean_shutdown'") }
        let next = try await world.open()
        let unclean = try LogEntry(leaf: try await next.reader.leaf(at: 2))
        #expect(unclean.body == .restart(RestartEntry(isClean: false, previousSize: 2)))
        await TestLog.close(next)
    }
}

@Suite("The database files")
struct DatabaseFileTests {
    @Test("Every commit is flushed: synchronous is FULL after GRDB has opened the file, and so is all of S-4")
    func pragmas() async throws {
        let world = try TestLog()
        try await world.session { log in
            let wanted = DatabaseFile.pragmas(.full).map { ($0.name, $0.wanted) } + [("page_size", "8192")]
            for (name, value) in wanted {
                let found = try log.file.writer.inDatabase { database in
                    try (Row.fetchOne(database, sql: "PRAGMA \(name)")?[0] as DatabaseValue?).map(DatabaseFile.text)
                }
                #expect(found == value, "\(name)")
            }
            #expect(wanted.contains { $0 == ("synchronous", "2") }, "FULL")
        }
    }

    @Test(
        "The schema refuses what an append-only log never does",
        arguments: [
            "UPDATE entries SET leaf = x'7b7d'", "DELETE FROM entries", "INSERT INTO entries VALUES (99, x'7b7d')",
            "INSERT OR REPLACE INTO entries VALUES (0, x'7b7d')", "DELETE FROM tiles",
            "UPDATE tiles SET hashes = zeroblob(length(hashes))", "UPDATE tiles SET hashes = substr(hashes, 1, 32)",
            "DELETE FROM tree_state", "UPDATE tree_state SET size = size - 1",
            "UPDATE tree_state SET root = zeroblob(32)",
        ])
    func triggers(_ sql: String) async throws {
        let world = try TestLog()
        try await world.session { log in
            _ = try await log.append(TestLog.entry("one"))
            #expect(throws: DatabaseError.self) { try log.file.writer.write { try $0.execute(sql: sql) } }
            #expect(throws: DatabaseError.self) { try log.reader.pool.read { try $0.execute(sql: sql) } }
        }
    }
}
