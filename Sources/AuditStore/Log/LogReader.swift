import Foundation
import GRDB
public import MerkleLog
public import Wire

/// Reads the log for proofs, tiles and auditors: committed rows only, and never beyond the newest signed tree
/// (transparency-log T-2, T-3).
public struct LogReader: Sendable {
    let pool: DatabasePool
    let cache: TileCache
    /// The newest tree that is signed.
    let newest: @Sendable () -> SignedTree

    public enum Failure: Error, Hashable, Sendable {
        /// Beyond the newest signed tree, or not a tile there is.
        case absent
        case storage(String)
    }

    public var tree: SignedTree { newest() }

    /// - Parameter size: At most the newest signed size.
    public func inclusion(of index: UInt64, in size: UInt64) async throws(Failure) -> InclusionProof {
        guard index < size, size <= newest().size else { throw .absent }
        let tiles = TileNodes(size: size, hashes: { tile throws(Missing) in try cachedTile(tile) }).source
        let nodes = NodeSource { subtree throws(TileReadFailure<Missing>) in try cache.node(subtree, in: tiles) }
        if let proof = try? InclusionProof(index: index, size: size, from: nodes) { return proof }
        return try await reading { database in
            try InclusionProof(index: index, size: size, from: self.nodes(database, size: size).source)
        }
    }

    public func consistency(from old: UInt64, to new: UInt64) async throws(Failure) -> ConsistencyProof {
        guard old <= new, new <= newest().size else { throw .absent }
        return try await reading { database in
            try ConsistencyProof(from: old, to: new, nodes: nodes(database, size: new).source)
        }
    }

    /// The root of the first `size` entries.
    public func root(of size: UInt64) async throws(Failure) -> MerkleHash {
        guard size <= newest().size else { throw .absent }
        return try await reading { try nodes($0, size: size).source.root(over: 0..<size) }
    }

    /// What a reader of the entries from `size` on begins with.
    public func compactRange(of size: UInt64) async throws(Failure) -> CompactRange {
        guard size <= newest().size else { throw .absent }
        return try await reading { try nodes($0, size: size).source.compactRange(size: size) }
    }

    /// The bytes of a tile or bundle, at any width up to the present one (T-1).
    public func bytes(of tile: TileCoordinate) async throws(Failure) -> [UInt8] {
        let size = newest().size
        switch tile.content {
        case .hashes(let level):
            guard tile.width <= TileCoordinate.width(level: level, index: tile.index, size: size) else { throw .absent }
            return try await reading { database in
                let bytes = try LogTables.tile(database, level: level, index: tile.index)
                return bytes.flatMap { $0.count >= tile.width * 32 ? Array($0.prefix(tile.width * 32)) : nil }
            }
        case .entries:
            guard tile.width <= TileCoordinate.width(level: 0, index: tile.index, size: size) else { throw .absent }
            let first = tile.index * 256
            return try await reading { database in
                let leaves = try LogTables.leaves(database, first..<first + UInt64(tile.width))
                return leaves.count == tile.width ? EntryBundle.encode(leaves) : nil
            }
        }
    }

    public func leaf(at index: UInt64) async throws(Failure) -> [UInt8] {
        guard index < newest().size else { throw .absent }
        return try await reading { try LogTables.leaf($0, at: index) }
    }

    /// Entries in a range below the newest signed size. Ask for a few hundred at a time: no reader may hold a transaction
    /// for long (S-6).
    public func leaves(in range: Range<UInt64>) async throws(Failure) -> [[UInt8]] {
        guard range.upperBound <= newest().size else { throw .absent }
        return try await reading { database in
            let leaves = try LogTables.leaves(database, range)
            return leaves.count == range.count ? leaves : nil
        }
    }

    public func leaves(at indices: [UInt64]) async throws(Failure) -> [[UInt8]] {
        let size = newest().size
        guard indices.allSatisfy({ $0 < size }) else { throw .absent }
        return try await reading { database in
            let leaves = try indices.compactMap { try LogTables.leaf(database, at: $0) }
            return leaves.count == indices.count ? leaves : nil
        }
    }

    /// The first index from which on entries may have been written at `milliseconds` or later. An entry's time is at most
    /// 300 s before and 5 s after the writer's clock, which never goes back by more than 5 s (E-7), so that time can be
    /// searched by halving.
    public func firstIndex(from milliseconds: Int64) async throws(Failure) -> UInt64 {
        var (low, high) = (UInt64(0), newest().size)
        while low < high {
            let middle = low + (high - low) / 2
            let time = try? LogEntry(leaf: try await leaf(at: middle)).timeMilliseconds
            if let time, time < milliseconds - 320_000 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Stored checkpoints of a time, newest last.
    public func checkpoints(
        from: Int64, to: Int64, after size: UInt64, limit: Int
    ) async throws(Failure) -> [(size: UInt64, milliseconds: Int64, note: String)] {
        try await reading { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT size, created_ms, note FROM checkpoints
                    WHERE created_ms >= ? AND created_ms < ? AND size > ? ORDER BY size, note_sha256 LIMIT ?
                    """, arguments: [from, to, Int64(clamping: size), limit]
            ).map { (UInt64($0["size"] as Int64), $0["created_ms"], $0["note"]) }
        }
    }

    private struct Missing: Error {}

    private func cachedTile(_ tile: TileCoordinate) throws(Missing) -> [MerkleHash] {
        guard case .hashes(let level) = tile.content,
            let hashes = cache.hashes(level: level, index: tile.index, count: tile.width)
        else { throw Missing() }
        return Array(hashes)
    }

    private func nodes(_ database: Database, size: UInt64) -> TileNodes<any Error> {
        TileNodes(
            size: size,
            hashes: { tile throws(any Error) in
                if let hashes = try? cachedTile(tile) { return hashes }
                guard case .hashes(let level) = tile.content,
                    let bytes = try LogTables.tile(database, level: level, index: tile.index)
                else { throw LogDefect(.corrupt, "\(tile.path) is missing") }
                return HashTile.parse(bytes.prefix(tile.width * 32)[...])
            })
    }

    func reading<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value?
    ) async throws(Failure) -> Value {
        let value: Value?
        do {
            value = try await pool.read(body)
        } catch {
            throw .storage(sentence(of: error))
        }
        guard let value else { throw .absent }
        return value
    }
}
