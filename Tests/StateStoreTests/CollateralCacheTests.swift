import GRDB
import Synchronization
import Testing
import Wire

@testable import StateStore

@Suite("Collateral that is kept, and the rollback marks")
struct CollateralCacheTests {
    private static let kind = CollateralCache.Kind(tee: "tdx", fmspc: "90c06f000000", authority: "platform")
    private static let time = Instant(seconds: 1_790_000_000)

    private static func documents(_ name: String, size: Int = 10) -> CollateralCache.Documents {
        func bytes(_ document: String) -> [UInt8] {
            Array("\(name) \(document)".utf8) + [UInt8](repeating: 0x20, count: size)
        }
        return CollateralCache.Documents(
            pckCRL: bytes("PCK CRL"), pckCRLIssuerChain: [], rootCRL: bytes("root CRL"), tcbInfo: bytes("TCB info"),
            tcbInfoIssuerChain: bytes("chain"), qeIdentity: bytes("QE identity"), qeIdentityIssuerChain: bytes("chain"))
    }

    private static func edition(
        _ name: String, update: String = "standard", number: UInt32 = 7, days: Int64 = 0, size: Int = 10
    ) -> CollateralCache.Edition {
        let issued = time.advanced(bySeconds: days * 86_400)
        return CollateralCache.Edition(
            update: update, documents: documents(name, size: size), nextUpdate: issued.advanced(bySeconds: 30 * 86_400),
            marks: [
                RollbackMark(item: "tcb_info/\(update)", evaluationNumber: number, issued: issued),
                RollbackMark(item: "root_crl", evaluationNumber: 0, issued: issued),
            ])
    }

    private static func accept(
        _ edition: CollateralCache.Edition, early: CollateralCache.Edition? = nil, service: String = "service",
        in store: StateStore
    ) async throws -> RollbackMark? {
        try await store.collateral.accept(edition, early: early, for: kind, service: service, fetched: time)
    }

    @Test("A set comes back byte by byte, over restarts, with where it came from")
    func roundTrip() async throws {
        let folder = try StateFolder()
        var store = try folder.open()
        #expect(try await store.collateral.load(Self.kind, update: "standard") == nil)
        #expect(try await store.collateral.kinds() == [])
        #expect(
            try await Self.accept(Self.edition("new"), early: Self.edition("early", update: "early"), in: store) == nil)
        store.close()
        store = try folder.open()
        let set = CollateralCache.StoredSet(
            documents: Self.documents("new"), service: "service", fetched: Self.time)
        #expect(try await store.collateral.load(Self.kind, update: "standard") == set)
        #expect(try await store.collateral.load(Self.kind, update: "early")?.documents == Self.documents("early"))
        #expect(try await store.collateral.kinds() == [Self.kind])
    }

    static let successors: [(number: UInt32, days: Int64, older: String?)] = [
        (7, 0, nil), (7, 1, nil), (8, 0, nil),
        // Services lag one another by a day, a higher number may be of an older date.
        (7, -1, nil), (8, -1, nil),
        (7, -2, "tcb_info/standard"), (6, 0, "tcb_info/standard"), (6, 30, "tcb_info/standard"),
        // The CRL has a date only.
        (8, -2, "root_crl"),
    ]

    @Test("Nothing older than what was accepted comes in, over restarts, and then nothing of it", arguments: successors)
    func rollback(_ row: (number: UInt32, days: Int64, older: String?)) async throws {
        let folder = try StateFolder()
        var store = try folder.open()
        #expect(try await Self.accept(Self.edition("first"), in: store) == nil)
        store.close()
        store = try folder.open()
        let next = Self.edition("next", number: row.number, days: row.days)
        #expect(try await Self.accept(next, in: store)?.item == row.older)
        let kept = try await store.collateral.load(Self.kind, update: "standard")?.documents
        #expect(kept == Self.documents(row.older == nil ? "next" : "first"))
        let count = try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM document") }
        #expect(count == 6, "two of seven are the same, and no other is left")
    }

    @Test("A mark that is within the tolerance does not go back: many small steps lead nowhere")
    func creeping() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        #expect(try await Self.accept(Self.edition("first"), in: store) == nil)
        #expect(try await Self.accept(Self.edition("a day"), in: store) == nil)
        #expect(try await Self.accept(Self.edition("one", days: -1), in: store) == nil)
        #expect(try await Self.accept(Self.edition("two", days: -2), in: store)?.item == "tcb_info/standard")
    }

    @Test("An older early edition is left out, and costs the forecast alone")
    func early() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        let newest = Self.edition("early", update: "early", number: 9)
        #expect(try await Self.accept(Self.edition("first"), early: newest, in: store) == nil)
        let older = Self.edition("older", update: "early", number: 8)
        #expect(try await Self.accept(Self.edition("next"), early: older, in: store) == nil)
        #expect(try await store.collateral.load(Self.kind, update: "standard")?.documents == Self.documents("next"))
        #expect(try await store.collateral.load(Self.kind, update: "early")?.documents == Self.documents("early"))
    }

    @Test("A document that was edited in the file is not given out")
    func edited() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        #expect(try await Self.accept(Self.edition("first"), in: store) == nil)
        try await folder.stranger().write { try $0.execute(sql: "UPDATE document SET bytes = x'00' WHERE rowid = 3") }
        #expect(try await store.collateral.load(Self.kind, update: "standard") == nil)
    }

    @Test("A process that ends at any statement leaves the set and its marks, or neither")
    func crash() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        #expect(try await Self.accept(Self.edition("first", number: 1), service: "first", in: store) == nil)
        let copies = Mutex<[StateFolder]>([])
        try await store.writer.writeWithoutTransaction { database in
            // So little memory that what is not committed reaches the disk.
            try database.execute(sql: "PRAGMA cache_size = 2")
            database.add(
                function: DatabaseFunction("snapshot", argumentCount: 0) { _ in
                    let copy = try folder.copy()
                    copies.withLock { $0.append(copy) }
                    return nil
                })
            for table in ["document", "collateral_set", "high_water"] {
                for event in ["INSERT", "UPDATE", "DELETE"] {
                    try database.execute(
                        sql: """
                            CREATE TEMP TRIGGER snapshot_\(table)_\(event) AFTER \(event) ON \(table)
                            BEGIN SELECT snapshot(); END
                            """)
                }
            }
        }
        let second = Self.edition("second", number: 2, size: 40_000)
        #expect(try await Self.accept(second, service: "second", in: store) == nil)
        try copies.withLock { $0.append(try folder.copy()) }
        var found: [String] = []
        for copy in copies.withLock({ $0 }) {
            let left = try copy.open()
            let service = try await left.collateral.load(Self.kind, update: "standard")?.service
            let mark = try await left.read {
                try Int.fetchOne($0, sql: "SELECT max(evaluation_number) FROM high_water")
            }
            found.append("\(service ?? "nothing") \(mark ?? 0)")
        }
        #expect(found.count > 10, "\(found)")
        #expect(Set(found.dropLast()) == ["first 1"])
        #expect(found.last == "second 2")
    }
}
