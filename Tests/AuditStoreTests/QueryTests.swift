import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import Testing
import Wire

@testable import AuditStore

@Suite("The query index")
struct QueryTests {
    private static func filled(
        _ count: Int, _ body: (TestLog, AuditLog, QueryIndex, QueryFollower) async throws -> Void
    ) async throws {
        let world = try TestLog()
        try await world.session { log in
            try await TestLog.announce(log)
            for number in 0..<count {
                let entry = TestLog.verdict(number, decision: number % 10 == 3 ? .reject : .accept) { entry in
                    entry.tcbStatus = number % 4 == 0 ? "OutOfDate" : "UpToDate"
                    entry.tcbEvaluationNumber = Int64(number)
                    entry.advisories = number % 5 == 0 ? ["INTEL-SA-1", "INTEL-SA-2"] : []
                    entry.fmspc = [0, 0, 0, 0, 0, UInt8(number % 3)]
                    entry.measurement = [UInt8](repeating: UInt8(number % 7), count: 48)
                }
                _ = try await log.append(entry)
            }
            let index = try QueryIndex(path: world.folder + "/query.db", origin: log.origin, signedSize: log.tree.size)
            let follower = QueryFollower(log, into: index)
            try await follower.catchUp()
            try await body(world, log, index, follower)
        }
    }

    @Test("Each filter finds what plain reading finds")
    func filters() async throws {
        try await Self.filled(60) { _, log, index, _ in
            let size = log.tree.size
            let entries = try await log.reader.leaves(in: 0..<size).map { try LogEntry(leaf: $0) }
            func verdict(_ entry: LogEntry) -> VerdictEntry? {
                if case .verdict(let verdict) = entry.body { verdict } else { nil }
            }
            let cases: [(String, (inout AuditFilter) -> Void, (LogEntry) -> Bool)] = [
                ("none", { _ in }, { _ in true }),
                ("verdict", { $0.verdicts = ["reject", "error"] }, { verdict($0)?.verdict == .reject }),
                ("accepts", { $0.verdicts = ["accept"] }, { verdict($0)?.verdict == .accept }),
                ("kind", { $0.kinds = ["policy", "genesis"] }, { ["policy", "genesis"].contains($0.body.kind) }),
                ("tee", { $0.tees = ["sgx"] }, { verdict($0)?.tee == "sgx" }),
                ("status", { $0.tcbStatuses = ["OutOfDate"] }, { verdict($0)?.tcbStatus == "OutOfDate" }),
                ("number", { $0.evaluationNumberBelow = 7 }, { verdict($0)?.tcbEvaluationNumber ?? 7 < 7 }),
                (
                    "advisory", { $0.advisories = ["INTEL-SA-2"] },
                    { verdict($0)?.advisories.contains("INTEL-SA-2") == true }
                ),
                ("platform", { $0.platforms = [[0, 0, 0, 0, 0, 2]] }, { verdict($0)?.fmspc == [0, 0, 0, 0, 0, 2] }),
                (
                    "measurement", { $0.measurements = [[UInt8](repeating: 4, count: 48)] },
                    { verdict($0)?.measurement?.first == 4 }
                ),
                ("jti", { $0.identifiers = ["jti-9", "jti-11"] }, { ["jti-9", "jti-11"].contains(verdict($0)?.jti) }),
                (
                    "both",
                    {
                        $0.tees = ["tdx"]
                        $0.tcbStatuses = ["UpToDate"]
                    }, { verdict($0)?.tee == "tdx" && verdict($0)?.tcbStatus == "UpToDate" }
                ),
                ("time", { $0.fromMilliseconds = TestLog.now() + 1_000 }, { _ in false }),
                ("before", { $0.toMilliseconds = TestLog.now() + 1_000 }, { _ in true }),
            ]
            for (name, edit, matches) in cases {
                var filter = AuditFilter()
                edit(&filter)
                let wanted = entries.enumerated().filter { matches($0.element) }.map { UInt64($0.offset) }
                for ascending in [true, false] {
                    var found: [UInt64] = []
                    var after: UInt64?
                    repeat {
                        let page = try await index.page(
                            filter, size: size, after: after, ascending: ascending, limit: 7)
                        found += page.indices
                        after = page.next
                    } while after != nil
                    #expect(found == (ascending ? wanted : wanted.reversed()), "\(name)")
                }
            }
        }
    }

    @Test("Pages of one question see one log, however it grows")
    func stable() async throws {
        try await Self.filled(20) { _, log, index, follower in
            let size = log.tree.size
            var found: [UInt64] = []
            var after: UInt64?
            repeat {
                let page = try await index.page(AuditFilter(), size: size, after: after, ascending: true, limit: 3)
                found += page.indices
                after = page.next
                _ = try await log.append(TestLog.entry("meanwhile"))
                try await follower.catchUp()
            } while after != nil
            #expect(found == Array(0..<size))
        }
    }

    @Test("Rows of entries that the writer hands over are those of entries that are read back")
    func handedOver() async throws {
        try await Self.filled(0) { world, log, index, follower in
            for number in 0..<40 {
                _ = try await log.append(
                    number % 7 == 0
                        ? TestLog.entry("\(number)")
                        : TestLog.verdict(number, decision: number % 10 == 3 ? .reject : .accept) {
                            $0.advisories = ["INTEL-SA-1", "INTEL-SA-\(number)"]
                        })
                // Most of the time it is behind by several.
                if number % 3 == 0 { try await follower.catchUp() }
            }
            try await follower.catchUp()
            let read = try QueryIndex(path: world.folder + "/read.db", origin: log.origin, signedSize: log.tree.size)
            try await QueryFollower(log, into: read).catchUp()
            for table in ["q", "q_advisory"] {
                let rows = try Self.rows(index, table)
                #expect(rows.count > 30)
                #expect(try rows == Self.rows(read, table), "\(table)")
            }
        }
    }

    private static func rows(_ index: QueryIndex, _ table: String) throws -> [Row] {
        try index.file.writer.read { try Row.fetchAll($0, sql: "SELECT * FROM \(table) ORDER BY 1, 2") }
    }

    @Test("An index that is lost, or of another log, is filled again")
    func rebuilt() async throws {
        try await Self.filled(10) { world, log, index, _ in
            let path = world.folder + "/other.db"
            let foreign = try QueryIndex(path: path, origin: try #require(KeyName("other.example/log")), signedSize: 0)
            try await foreign.apply([QueryRow(leaf: try TestLog.entry("foreign").leaf())], from: 0)
            let again = try QueryIndex(path: path, origin: log.origin, signedSize: log.tree.size)
            #expect(try await again.watermark() == 0)
            try await QueryFollower(log, into: again).catchUp()
            #expect(try await again.watermark() == log.tree.size)
            let evidence = MerkleHashing.sha256("quote 4".utf8)
            #expect(
                try await again.lookup(.evidence(evidence), limit: 10) == index.lookup(.evidence(evidence), limit: 10))
            try Data("no database".utf8).write(to: URL(filePath: world.folder + "/broken.db"))
            let broken = try QueryIndex(
                path: world.folder + "/broken.db", origin: log.origin, signedSize: log.tree.size)
            #expect(try await broken.watermark() == 0)
        }
    }

    @Test("A cursor that was changed, or belongs to another question, is none")
    func cursors() throws {
        let key = CursorKey(bytes: [UInt8](repeating: 7, count: 32))
        let cursor = Cursor(size: 9, after: 4, ascending: true, filter: AuditFilter().sha256)
        let text = cursor.text(key)
        #expect(Cursor(text, key: key) == cursor)
        #expect(Cursor(text, key: CursorKey(bytes: [UInt8](repeating: 8, count: 32))) == nil)
        let bytes = try #require(Base64URL.decode(Array(text.utf8)[...]))
        for position in bytes.indices {
            var changed = bytes
            changed[position] ^= 1
            #expect(Cursor(Base64URL.encode(changed), key: key) == nil, "byte \(position)")
        }
        var filter = AuditFilter()
        filter.tees = ["tdx"]
        #expect(filter.sha256 != cursor.filter)
    }
}
