import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import Records
import Testing
import Wire

@testable import AuditStore

@Suite("The evidence archive")
struct ArchiveTests {
    private static let chain = Array(
        ("-----BEGIN CERTIFICATE-----\n" + String(repeating: "QUJD", count: 600) + "\n-----END CERTIFICATE-----").utf8)

    private static func quote(_ number: Int) -> [UInt8] {
        Array("header \(number) ".utf8) + chain + Array("\n tail \(number)".utf8)
    }

    private static let year: Int64 = 365 * 86_400_000

    private static func withArchive(
        days: Int64 = 400, _ body: (TestLog, AuditLog, EvidenceArchive, QueryIndex) async throws -> Void
    ) async throws {
        let world = try TestLog()
        try await world.session { log in
            let archive = try EvidenceArchive(path: world.folder + "/evidence.db", retentionDays: days)
            let index = try QueryIndex(path: world.folder + "/query.db", origin: log.origin, signedSize: log.tree.size)
            try await body(world, log, archive, index)
            archive.stop()
        }
    }

    @Test("Quotes of one platform share their chain, and come back as they were")
    func split() async throws {
        try await Self.withArchive { world, _, archive, _ in
            for number in 0..<10 {
                try await archive.store(
                    [EvidenceItem(.quote, Self.quote(number))], owner: "jti-\(number)", at: TestLog.now())
            }
            for number in 0..<10 {
                let quote = Self.quote(number)
                #expect(try await archive.bytes(of: MerkleHashing.sha256(quote)) == quote)
            }
            let stored = try await DatabaseQueue(path: world.folder + "/evidence.db").read { database in
                try Row.fetchAll(database, sql: "SELECT codec, length(body) FROM blobs").map {
                    ($0[0] as Int64, $0[1] as Int)
                }
            }
            #expect(stored.count == 11)
            #expect(stored.filter { $0.0 == BlobCodec.splitQuote }.allSatisfy { $0.1 < 100 })
        }
    }

    @Test("Bytes that are not what their name says are not given out")
    func tampered() async throws {
        try await Self.withArchive { world, _, archive, _ in
            let item = EvidenceItem(.policy, Array("policy".utf8))
            try await archive.store([item], owner: "", at: TestLog.now())
            let database = try DatabaseQueue(path: world.folder + "/evidence.db")
            try await database.write { try $0.execute(sql: "UPDATE blobs SET body = CAST('Policy' AS BLOB)") }
            try database.close()
            await #expect(throws: EvidenceFailure.self) { try await archive.bytes(of: item.sha256) }
        }
    }

    @Test("What is over its time goes, what is held stays, what is still used stays, and the log says so")
    func purge() async throws {
        try await Self.withArchive { world, log, archive, index in
            try await TestLog.announce(log)
            let manifest = CollateralManifest(parts: [.tcbInfo: MerkleHashing.sha256("tcb".utf8)], tee: "tdx")
            let now = TestLog.now()
            let shared = [
                EvidenceItem(.collateral, Array("tcb".utf8)), EvidenceItem(.manifest, manifest.document),
                EvidenceItem(.policy, Array("policy".utf8)),
            ]
            for number in 0..<3 {
                try await archive.store(
                    [EvidenceItem(.quote, Self.quote(number))] + shared, owner: "jti-\(number)", at: now - 2 * Self.year
                )
            }
            try await archive.store([EvidenceItem(.quote, Self.quote(3))], owner: "jti-3", at: now)
            try await archive.setHold(true, owner: "jti-1")
            // A recent verdict rests on the same documents.
            let collateral = CollateralEntry(manifestSHA256: manifest.sha256, nextUpdateMilliseconds: 0)
            try await log.announce(.collateral(collateral))
            _ = try await log.append(TestLog.verdict(3) { $0.collateralSHA256 = manifest.sha256 })
            try await QueryFollower(log, into: index).catchUp()
            let retention = Retention(archive: archive, index: index, log: log)
            #expect(try await retention.purge(at: now) == 2)
            for (number, isKept) in [(0, false), (1, true), (2, false), (3, true)] {
                let bytes = try await archive.bytes(of: MerkleHashing.sha256(Self.quote(number)))
                #expect((bytes != nil) == isKept, "quote \(number)")
            }
            #expect(try await archive.bytes(of: manifest.sha256) != nil, "a verdict of today rests on it")
            #expect(try await archive.bytes(of: MerkleHashing.sha256("tcb".utf8)) != nil)
            #expect(try await archive.bytes(of: MerkleHashing.sha256("policy".utf8)) == nil, "nobody rests on it")
            guard case .purge(let entry) = try LogEntry(leaf: try await log.reader.leaf(at: log.tree.size - 1)).body
            else {
                Issue.record("the last entry is no purge")
                return
            }
            #expect(entry.count == 2)
            #expect(
                entry.setSHA256 == PurgeEntry.digest(of: [0, 2].map { MerkleHashing.sha256(Self.quote($0)) }))
            #expect(try await retention.purge(at: now) == 0, "and once")
            _ = world
        }
    }

    /// Cut off after each step of a deletion, and finished by the next process: the log says once what goes, before it goes.
    @Test("A deletion that is cut off is finished at the next start", arguments: ["fixed", "logged", "half"])
    func cutOff(_ moment: String) async throws {
        let world = try TestLog()
        let quotes = (0..<3).map { Self.quote($0) }
        let now = TestLog.now()
        let path = world.folder + "/evidence.db"
        try await world.session { log in
            let archive = try EvidenceArchive(path: path, retentionDays: 400)
            for (number, quote) in quotes.enumerated() {
                try await archive.store([EvidenceItem(.quote, quote)], owner: "jti-\(number)", at: now - 2 * Self.year)
            }
            let run = try #require(try await archive.fixExpired(at: now))
            #expect(Set(run.quotes) == Set(quotes.map { MerkleHashing.sha256($0) }))
            if moment != "fixed" { try await archive.setLogged(run) }
            archive.stop()
            if moment == "half" {
                let database = try DatabaseQueue(path: path)
                try await database.write { database in
                    for table in ["blob_refs", "purge_set"] {
                        try database.execute(
                            sql: "DELETE FROM \(table) WHERE sha256 = ?",
                            arguments: [Data(MerkleHashing.sha256(quotes[0]).bytes)])
                    }
                }
                try database.close()
            }
        }
        try await world.session { log in
            let archive = try EvidenceArchive(path: path, retentionDays: 400)
            let index = try QueryIndex(path: world.folder + "/query.db", origin: log.origin, signedSize: log.tree.size)
            let size = log.tree.size
            let retention = Retention(archive: archive, index: index, log: log)
            _ = try await retention.finish()
            #expect(log.tree.size == size + (moment == "fixed" ? 1 : 0))
            for quote in quotes.dropFirst(moment == "half" ? 1 : 0) {
                #expect(try await archive.bytes(of: MerkleHashing.sha256(quote)) == nil)
            }
            #expect(try await retention.finish() == 0 && log.tree.size == size + (moment == "fixed" ? 1 : 0))
            archive.stop()
        }
    }

    @Test("What is held after its end was announced stays")
    func heldLate() async throws {
        try await Self.withArchive { _, log, archive, index in
            let quote = Self.quote(0)
            try await archive.store([EvidenceItem(.quote, quote)], owner: "jti", at: TestLog.now() - 2 * Self.year)
            let run = try #require(try await archive.fixExpired(at: TestLog.now()))
            try await archive.setHold(true, owner: "jti")
            try await archive.carryOut(run)
            #expect(try await archive.bytes(of: MerkleHashing.sha256(quote)) == quote)
        }
    }

    @Test("A file of the version before is brought up to date, and one that was changed is not")
    func migration() async throws {
        for isChanged in [false, true] {
            let world = try TestLog()
            let path = world.folder + "/evidence.db"
            let quote = Self.quote(0)
            do {
                let old = try DatabaseFile(path: path, .full, setup: ["PRAGMA auto_vacuum = INCREMENTAL"])
                try Schema(
                    steps: Array(EvidenceArchive.schema.steps.prefix(1)),
                    applicationID: EvidenceArchive.schema.applicationID
                ).apply(to: old)
                try await old.writer.write { database in
                    let hash = Data(MerkleHashing.sha256(quote).bytes)
                    try database.execute(
                        sql: "INSERT INTO blobs VALUES (?, 0, ?, NULL, ?)",
                        arguments: [hash, quote.count, Data(quote)])
                    if isChanged { try database.execute(sql: "CREATE TABLE more (a)") }
                }
                try old.writer.close()
            }
            do throws(EvidenceFailure) {
                let archive = try EvidenceArchive(path: path, retentionDays: 400)
                #expect(!isChanged)
                let bytes = try await archive.bytes(of: MerkleHashing.sha256(quote))
                #expect(bytes == quote)
                archive.stop()
            } catch {
                #expect(isChanged && error.sentence.contains("more does not belong"), "\(error.sentence)")
            }
        }
    }

    @Test("One verdict's evidence is erased, but for what another rests on and what is held; the log says what is gone")
    func erase() async throws {
        try await Self.withArchive { _, log, archive, index in
            try await TestLog.announce(log)
            let (shared, own) = (Self.quote(0), EvidenceItem(.nonce, Array("nonce".utf8)))
            for name in ["a", "b"] {
                try await archive.store([EvidenceItem(.quote, shared)], owner: name, at: TestLog.now())
            }
            try await archive.store([own], owner: "a", at: TestLog.now())
            let retention = Retention(archive: archive, index: index, log: log)
            try await archive.setHold(true, owner: "a")
            #expect(try await retention.erase("a", at: TestLog.now()) == nil)
            #expect(try await archive.bytes(of: own.sha256) == own.bytes)
            try await archive.setHold(false, owner: "a")
            let size = log.tree.size
            let first = try await retention.erase("a", at: TestLog.now())
            #expect(first?.quotes == 0)
            #expect(try await archive.bytes(of: own.sha256) == nil)
            #expect(try await archive.bytes(of: MerkleHashing.sha256(shared)) == shared)
            #expect(log.tree.size == size)
            let second = try await retention.erase("b", at: TestLog.now())
            #expect(second?.quotes == 1)
            #expect(try await archive.bytes(of: MerkleHashing.sha256(shared)) == nil)
            guard case .purge(let entry) = try LogEntry(leaf: try await log.reader.leaf(at: size)).body else {
                Issue.record("the last entry is no purge")
                return
            }
            #expect(entry.basis == .erasure)
            #expect(entry.setSHA256 == PurgeEntry.digest(of: [MerkleHashing.sha256(shared)]))
        }
    }
}
