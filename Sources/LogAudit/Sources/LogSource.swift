package import MerkleLog
import Wire

/// Where a log's static resources are read from. Nothing of what comes from here is trusted.
package protocol LogSource: Sendable {
    /// The newest checkpoint, as it is served.
    func checkpoint() async throws -> [UInt8]
    /// Exactly this tile or bundle; `nil` where there is none of this width.
    func bytes(of tile: TileCoordinate) async throws -> [UInt8]?
    /// Further signed notes, where the source keeps any.
    func earlierCheckpoints() async throws -> [[UInt8]]
}

extension LogSource {
    /// A tile or bundle; where the log has grown since, a wider one is cut.
    func resource(_ tile: TileCoordinate) async throws -> [UInt8] {
        if let bytes = try await bytes(of: tile) { return bytes }
        if !tile.isFull, let full = TileCoordinate(tile.content, index: tile.index),
            let bytes = try await bytes(of: full)
        {
            switch tile.content {
            case .hashes: return Array(bytes.prefix(tile.width * 32))
            case .entries:
                if let leaves = EntryBundle.parse(bytes[...], count: full.width),
                    let cut = EntryBundle.encode(leaves.prefix(tile.width))
                {
                    return cut
                }
            }
        }
        throw AuditFailure.undecided("\(tile.path): the log does not serve it")
    }

    /// The entries of one bundle of a log of `size`.
    package func leaves(bundle index: UInt64, size: UInt64) async throws -> [[UInt8]] {
        let width = TileCoordinate.width(level: 0, index: index, size: size)
        guard let tile = TileCoordinate(.entries, index: index, width: width) else { return [] }
        guard let leaves = EntryBundle.parse(try await resource(tile)[...], count: width) else {
            throw AuditFailure.notVerified("\(tile.path): not \(width) entries")
        }
        return leaves
    }
}

/// Proofs out of tiles that come one by one: whatever a proof lacks is fetched, and it is tried again.
struct FetchedTiles {
    private struct Missing: Error { let tile: TileCoordinate }

    let source: any LogSource
    private var tiles: [TileCoordinate: [UInt8]] = [:]

    init(_ source: any LogSource) { self.source = source }

    mutating func read<Value>(
        size: UInt64, _ body: (NodeSource<any Error>) throws -> Value
    ) async throws -> Value {
        while true {
            let known = tiles
            let nodes = TileNodes(size: size) { (tile) throws(any Error) in
                guard let bytes = known[tile] else { throw Missing(tile: tile) }
                return bytes
            }
            let source = NodeSource<any Error> { subtree in
                do {
                    return try nodes.source.root(
                        over: subtree.index << UInt64(subtree.height)..<(subtree.index + 1) << UInt64(subtree.height))
                } catch TileReadFailure<any Error>.source(let error) {
                    throw error
                } catch TileReadFailure<any Error>.malformed(let level, let index) {
                    throw AuditFailure.notVerified("tile \(index) of level \(level) has not the hashes it should")
                }
            }
            do {
                return try body(source)
            } catch let missing as Missing {
                tiles[missing.tile] = try await self.source.resource(missing.tile)
            }
        }
    }

    /// The root of the first `prefix` entries of a tree of `size`.
    mutating func range(_ prefix: UInt64, of size: UInt64) async throws -> CompactRange {
        try await read(size: size) { try $0.compactRange(size: prefix) }
    }

    mutating func consistency(from old: UInt64, to new: UInt64) async throws -> ConsistencyProof {
        let proof = try await read(size: new) { try ConsistencyProof(from: old, to: new, nodes: $0) }
        guard let proof else { throw AuditFailure.notVerified("a tree of \(new) has none of \(old) in it") }
        return proof
    }
}
