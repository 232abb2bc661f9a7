import GRDB
import Testing
import Wire

@testable import StateStore

/// Files that other versions of the program made, and what becomes of them.
@Suite("Migrations of state.db")
struct MigrationTests {
    private static let time = Instant(seconds: 1_790_000_000)

    @Test(
        "The files in use were made by these texts: none of them changes, not even a comment",
        arguments: zip(
            ["m0001_collateral", "m0002_spent_challenge", "m0003_webhook", "m0004_document_version", "m0005_note"],
            [
                "62aaf23ee196582f6d9b8c017522a4016cda8fd7c7164d65bbfb456c2f3fed44",
                "d4dd0468189a6ef0558f509c5b9ddbc231e40e60396694c0a4231c65562aa76b",
                "fa26b2bcbea4a5f1441769fe0432402443874fd16f228481df89f066e31934cc",
                "2a5d267a4fc3afe271eb9cbfb50786eb902d619b4a476f92a0a6f4d7bd36fdb8",
                "af04cbb0e55a14bc7c52cf577d6025f3f563ea4077d650efd6e6e32536e097e3",
            ]))
    func texts(_ name: String, _ sha256: String) throws {
        let migration = try #require(StateMigrations.all.first { $0.name == name })
        #expect(ContentHash.of(migration.sql).hex == sha256)
        #expect(StateMigrations.all.map(\.name) == StateMigrations.all.map(\.name).sorted())
        #expect(StateMigrations.all.count == 5)
    }

    private static func objects(_ database: Database) throws -> [String] {
        try String.fetchAll(
            database, sql: "SELECT name || ': ' || sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
    }

    private static func applied(_ database: Database) throws -> Set<String> {
        Set(try String.fetchAll(database, sql: "SELECT identifier FROM grdb_migrations"))
    }

    static let versions: [[String]] = [
        [], ["m0001_collateral"], ["m0001_collateral", "m0002_spent_challenge"],
        // A service without webhooks, and one that got them later.
        ["m0001_collateral", "m0002_spent_challenge", "m0004_document_version"],
        ["m0001_collateral", "m0002_spent_challenge", "m0004_document_version", "m0003_webhook"],
        // A newer program's.
        [
            "m0001_collateral", "m0002_spent_challenge", "m0003_webhook", "m0004_document_version",
            "m0005_of_tomorrow",
        ],
        ["m0001_collateral", "m0005_of_tomorrow"],
    ]

    @Test("An older or a newer file is brought up to date, and keeps what it has", arguments: versions)
    func upToDate(_ names: [String]) async throws {
        let folder = try StateFolder()
        let queue = try folder.stranger()
        try await queue.writeWithoutTransaction { _ = try Row.fetchOne($0, sql: "PRAGMA journal_mode = wal") }
        // As these programs did it: each part of them its own, in the order in which they came.
        for name in names {
            let sql = StateMigrations.all.first { $0.name == name }?.sql ?? Array("CREATE TABLE tomorrow (day);".utf8)
            var migrator = DatabaseMigrator()
            migrator.registerMigration(name) { try $0.execute(sql: String(decoding: sql, as: UTF8.self)) }
            try migrator.migrate(queue)
        }
        let (hasChallenges, hasTomorrow) = (
            names.contains("m0002_spent_challenge"), names.contains("m0005_of_tomorrow")
        )
        try await queue.write { database in
            if hasChallenges { try database.execute(sql: "INSERT INTO spent_challenge VALUES (x'07', 1790000120)") }
            if hasTomorrow { try database.execute(sql: "INSERT INTO tomorrow VALUES (1)") }
        }
        try queue.close()
        let store = try folder.open()
        #expect(
            try await store.challenges.spend([7], expires: Self.time, at: Self.time) == !hasChallenges, "what was there"
        )
        let other = try StateFolder()
        let fresh = try await other.open().read { try Self.objects($0) }
        let (found, applied) = try await store.read { (try Self.objects($0), try Self.applied($0)) }
        #expect(found.filter { !$0.hasPrefix("tomorrow:") } == fresh)
        #expect(applied == Set(StateMigrations.all.map(\.name) + names))
        #expect(try await store.documents.all(.policy) == [])
        #expect(try await store.webhooks.position(of: "https://one.example", origin: "log") == nil)
        #expect(try await store.collateral.kinds() == [])
        if hasTomorrow {
            #expect(try await store.read { try Int.fetchOne($0, sql: "SELECT day FROM tomorrow") } == 1)
        }
    }

    @Test("A file without tables can be read: there is nothing in it")
    func empty() async throws {
        let folder = try StateFolder()
        try folder.stranger().close()
        let store = try StateStore(reading: folder.file)
        #expect(try await store.collateral.kinds() == [])
        let kind = CollateralCache.Kind(tee: "tdx", fmspc: "00", authority: "platform")
        #expect(try await store.collateral.load(kind, update: "standard") == nil)
        #expect(try await store.documents.active(.referenceSet) == [])
    }

    @Test("A migration that does not end leaves the file as it was")
    func interrupted() async throws {
        let folder = try StateFolder()
        let queue = try folder.stranger()
        // In the way of the last one.
        try await queue.write { try $0.execute(sql: "CREATE TABLE document_version (day)") }
        #expect(throws: StateFailure(sentence: "table document_version already exists")) { try folder.open() }
        #expect(try await queue.read { try !Self.applied($0).contains("m0004_document_version") })
        try await queue.write { try $0.execute(sql: "DROP TABLE document_version") }
        #expect(try await folder.open().documents.all(.policy) == [])
    }
}
