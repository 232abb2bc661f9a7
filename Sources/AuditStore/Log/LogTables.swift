import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import Wire

/// The statements of `log.db`. Plain inserts and growing tiles only: the triggers refuse everything else.
enum LogTables {
    static let schema = Schema(
        steps: [String(decoding: PackageResources.m0001_log_sql, as: UTF8.self)], applicationID: 0x4154_4C47)

    /// Of `meta`.
    static let startName = "start"

    static func state(_ database: Database) throws -> TreeState? {
        guard
            let row = try Row.fetchOne(database, sql: "SELECT size, root, committed_ms FROM tree_state WHERE one = 1"),
            let root = hash(row["root"])
        else { return nil }
        return TreeState(size: UInt64(row["size"] as Int64), root: root, committedMilliseconds: row["committed_ms"])
    }

    static func begin(_ database: Database, _ state: TreeState) throws {
        try database.execute(
            sql: "INSERT INTO tree_state VALUES (1, ?, ?, ?)",
            arguments: [Int64(state.size), Data(state.root.bytes), state.committedMilliseconds])
    }

    static func update(_ database: Database, _ state: TreeState) throws {
        let statement = try database.cachedStatement(
            sql: "UPDATE tree_state SET size = ?, root = ?, committed_ms = ? WHERE one = 1")
        try statement.execute(arguments: [Int64(state.size), Data(state.root.bytes), state.committedMilliseconds])
    }

    static func insert(_ database: Database, _ leaves: some Collection<[UInt8]>, from index: UInt64) throws {
        let statement = try database.cachedStatement(sql: "INSERT INTO entries (idx, leaf) VALUES (?, ?)")
        for (offset, leaf) in leaves.enumerated() {
            try statement.execute(arguments: [Int64(index) + Int64(offset), Data(leaf)])
        }
    }

    static func store(_ database: Database, _ tile: TileCoordinate, _ hashes: [MerkleHash]) throws {
        guard case .hashes(let level) = tile.content else { return }
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO tiles (level, n, hashes) VALUES (?, ?, ?)
                ON CONFLICT (level, n) DO UPDATE SET hashes = excluded.hashes
                """)
        try statement.execute(arguments: [Int64(level), Int64(tile.index), Data(HashTile.encode(hashes))])
    }

    /// As much of a tile as is stored.
    static func tile(_ database: Database, level: UInt8, index: UInt64) throws -> [UInt8]? {
        let statement = try database.cachedStatement(sql: "SELECT hashes FROM tiles WHERE level = ? AND n = ?")
        return try Data.fetchOne(statement, arguments: [Int64(level), Int64(index)]).map(Array.init)
    }

    static func leaf(_ database: Database, at index: UInt64) throws -> [UInt8]? {
        let statement = try database.cachedStatement(sql: "SELECT leaf FROM entries WHERE idx = ?")
        return try Data.fetchOne(statement, arguments: [Int64(index)]).map(Array.init)
    }

    /// Entries in a range, in order; fewer where there are gaps.
    static func leaves(_ database: Database, _ range: Range<UInt64>) throws -> [[UInt8]] {
        let statement = try database.cachedStatement(
            sql: "SELECT leaf FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx")
        return try Data.fetchAll(statement, arguments: [Int64(range.lowerBound), Int64(range.upperBound)]).map(
            Array.init)
    }

    static func meta(_ database: Database, _ key: String) throws -> [UInt8]? {
        try Data.fetchOne(database, sql: "SELECT v FROM meta WHERE k = ?", arguments: [key]).map(Array.init)
    }

    static func setMeta(_ database: Database, _ key: String, _ value: [UInt8]) throws {
        try database.execute(
            sql: "INSERT INTO meta (k, v) VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
            arguments: [key, Data(value)])
    }

    static func removeMeta(_ database: Database, _ key: String) throws {
        try database.execute(sql: "DELETE FROM meta WHERE k = ?", arguments: [key])
    }

    static func metas(_ database: Database, prefix: String) throws -> [(key: String, value: [UInt8])] {
        try Row.fetchAll(
            database, sql: "SELECT k, v FROM meta WHERE k >= ? AND k < ?", arguments: [prefix, prefix + "\u{7F}"]
        ).map { ($0[0], Array($0[1] as Data)) }
    }

    static func store(_ database: Database, _ tree: SignedTree, milliseconds: Int64) throws {
        let note = tree.note.bytes
        try database.execute(
            sql: "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            arguments: [
                Int64(tree.size), Data(MerkleHashing.sha256(note).bytes), Data(tree.root.bytes), milliseconds,
                String(decoding: note, as: UTF8.self),
            ])
    }

    static func newestCheckpoint(_ database: Database) throws -> (size: UInt64, root: MerkleHash, note: [UInt8])? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT size, root, note FROM checkpoints ORDER BY size DESC, created_ms DESC LIMIT 1"),
            let root = hash(row["root"])
        else { return nil }
        return (UInt64(row["size"] as Int64), root, Array((row["note"] as String).utf8))
    }

    /// Keeps all of a day, one a minute of a month, one an hour for ever, and every one that a witness cosigned (G-2).
    static func thinCheckpoints(_ database: Database, at milliseconds: Int64) throws {
        let day = milliseconds - 86_400_000
        let month = milliseconds - 30 * 86_400_000
        for (from, to, step) in [(month, day, 60_000), (Int64(0), month, 3_600_000)] as [(Int64, Int64, Int64)] {
            try database.execute(
                sql: """
                    DELETE FROM checkpoints WHERE created_ms >= ? AND created_ms < ?
                    AND size NOT IN (SELECT size FROM cosignatures)
                    AND size NOT IN (SELECT max(size) FROM checkpoints WHERE created_ms >= ? AND created_ms < ?
                                     GROUP BY created_ms / ?)
                    """, arguments: [from, to, from, to, step])
        }
    }

    static func hash(_ data: Data?) -> MerkleHash? { data.flatMap { MerkleHash(exactly: $0) } }
}
