import Foundation
import GRDB
package import MerkleLog
import Wire

/// A log in its own database file (transparency-log 8.3), opened for reading. Best done on a copy or a backup: the file of
/// a running service has one owner.
package struct DatabaseSource: LogSource {
    private let queue: DatabaseQueue
    private let path: String

    package init(path: String) throws {
        self.path = path
        guard FileManager.default.fileExists(atPath: path) else {
            throw AuditFailure.inputOutput("\(path): there is no such file")
        }
        var configuration = Configuration()
        configuration.readonly = true
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let identity = try queue.read { try Int.fetchOne($0, sql: "PRAGMA application_id") }
            guard identity == 0x4154_4C47 else {
                throw AuditFailure.notVerified("\(path): not the database of a log")
            }
        } catch let failure as AuditFailure {
            throw failure
        } catch {
            throw AuditFailure.inputOutput("\(path): \(error)")
        }
    }

    package func checkpoint() async throws -> [UInt8] {
        let note = try await read { database in
            try String.fetchOne(
                database, sql: "SELECT note FROM checkpoints ORDER BY size DESC, created_ms DESC LIMIT 1")
        }
        guard let note else { throw AuditFailure.undecided("\(path): no checkpoint is stored yet") }
        return Array(note.utf8)
    }

    package func bytes(of tile: TileCoordinate) async throws -> [UInt8]? {
        switch tile.content {
        case .hashes(let level):
            let data = try await read { database in
                try Data.fetchOne(
                    database, sql: "SELECT hashes FROM tiles WHERE level = ? AND n = ?",
                    arguments: [Int64(level), Int64(clamping: tile.index)])
            }
            guard let data, data.count >= tile.width * 32 else { return nil }
            return [UInt8](data.prefix(tile.width * 32))
        case .entries:
            let first = tile.index * 256
            guard let leaves = try await leaves(in: first..<first + UInt64(tile.width)) else { return nil }
            return EntryBundle.encode(leaves)
        }
    }

    /// Entries, in order; nothing of them is verified.
    ///
    /// - Returns: `nil` where they are not all there.
    package func leaves(in range: Range<UInt64>) async throws -> [[UInt8]]? {
        let leaves = try await read { database in
            try Data.fetchAll(
                database, sql: "SELECT leaf FROM entries WHERE idx >= ? AND idx < ? ORDER BY idx",
                arguments: [Int64(clamping: range.lowerBound), Int64(clamping: range.upperBound)])
        }
        return leaves.count == range.count ? leaves.map { [UInt8]($0) } : nil
    }

    package func earlierCheckpoints() async throws -> [[UInt8]] {
        try await read { database in
            // Cosignatures are stored beside the notes they belong to.
            let lines = try Row.fetchAll(database, sql: "SELECT size, line FROM cosignatures").map {
                ($0["size"] as Int64, $0["line"] as String)
            }
            let cosigned = Dictionary(grouping: lines, by: \.0).mapValues { $0.map(\.1).joined() }
            return try Row.fetchAll(database, sql: "SELECT size, note FROM checkpoints ORDER BY size").map { row in
                Array(((row["note"] as String) + (cosigned[row["size"]] ?? "")).utf8)
            }
        }
    }

    /// What the file says of itself besides the log's resources: rows that no tree has, or that a tree lacks.
    package func defects() async throws -> [String] {
        try await read { database in
            var defects: [String] = []
            guard let state = try Row.fetchOne(database, sql: "SELECT size, root FROM tree_state") else {
                return ["tree_state has no row"]
            }
            let size: Int64 = state["size"]
            let count = try Int64.fetchOne(database, sql: "SELECT count(*) FROM entries") ?? 0
            let last = try Int64.fetchOne(database, sql: "SELECT max(idx) FROM entries") ?? -1
            if count != size || last != size - 1 {
                defects.append("tree_state has \(size) entries, the table \(count), the last of them \(last)")
            }
            for row in try Row.fetchAll(database, sql: "SELECT level, n, length(hashes) / 32 AS width FROM tiles") {
                let (level, index, width) = (row["level"] as Int64, row["n"] as Int64, row["width"] as Int64)
                let wanted = TileCoordinate.width(
                    level: UInt8(clamping: level), index: UInt64(clamping: index), size: UInt64(clamping: size))
                if Int64(wanted) != width {
                    defects.append("tile \(index) of level \(level) has \(width) hashes, wanted \(wanted)")
                }
            }
            return defects
        }
    }

    /// Size and root that the database claims, signed or not.
    package func treeState() async throws -> (size: UInt64, root: MerkleHash)? {
        try await read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT size, root FROM tree_state") else { return nil }
            guard let root = MerkleHash(exactly: [UInt8](row["root"] as Data)) else { return nil }
            return (UInt64(clamping: row["size"] as Int64), root)
        }
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await queue.read(body)
        } catch {
            throw AuditFailure.inputOutput("\(path): \(error)")
        }
    }
}
