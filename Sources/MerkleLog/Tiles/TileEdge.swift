public import Wire

/// The right edge of a tree as tiles: what a writer extends in memory and then stores (transparency-log 9.3 B1).
///
/// A value: extend a copy, store what was touched, and take the copy only when that is durable.
public struct TileEdge: Sendable {
    public typealias Tile = (tile: TileCoordinate, hashes: [MerkleHash])

    public private(set) var size: UInt64
    /// The last tile of each level; full ones stay until the next hash of their level.
    private var levels: [Level]
    /// Tiles that became full since the last `takeTouched`.
    private var filled: [Tile] = []

    private struct Level {
        var index: UInt64 = 0
        var hashes: [MerkleHash] = []
        var isTouched = false
    }

    public init() {
        size = 0
        levels = []
    }

    /// The edge of a stored tree.
    public init<Failure>(size: UInt64, from nodes: TileNodes<Failure>) throws(TileReadFailure<Failure>) {
        self.size = size
        levels = []
        for tile in TileCoordinate.rightEdge(size: size) {
            let hashes = try nodes.tile(level: UInt8(levels.count), index: tile.index)
            levels.append(Level(index: tile.index, hashes: hashes))
        }
    }

    public mutating func append(leaf hash: MerkleHash) {
        var hash = hash
        var level = 0
        while true {
            if level == levels.count { levels.append(Level()) }
            if levels[level].hashes.count == TileCoordinate.fullWidth {
                levels[level].hashes = []
                levels[level].index += 1
            }
            levels[level].hashes.append(hash)
            levels[level].isTouched = true
            guard levels[level].hashes.count == TileCoordinate.fullWidth else { break }
            hash = MerkleHashing.perfect(levels[level].hashes[...])
            if let tile = TileCoordinate(.hashes(level: UInt8(level)), index: levels[level].index) {
                filled.append((tile, levels[level].hashes))
            }
            level += 1
        }
        size &+= 1
    }

    /// The root of the whole tree.
    public var root: MerkleHash {
        var hashes: [MerkleHash] = []
        // A full tile is one hash of the level above, and counted there.
        for level in levels.reversed() where level.hashes.count < TileCoordinate.fullWidth {
            var start = 0
            for bit in (0..<8).reversed() where level.hashes.count & 1 << bit != 0 {
                hashes.append(MerkleHashing.perfect(level.hashes[start..<start + 1 << bit]))
                start += 1 << bit
            }
        }
        return MerkleHashing.fold(hashes) ?? MerkleHashing.empty
    }

    /// What must be written for everything appended since the last call: each touched tile whole.
    public mutating func takeTouched() -> [Tile] {
        var tiles = filled
        filled = []
        for level in levels.indices where levels[level].isTouched {
            levels[level].isTouched = false
            guard levels[level].hashes.count < TileCoordinate.fullWidth,
                let tile = TileCoordinate(
                    .hashes(level: UInt8(level)), index: levels[level].index, width: levels[level].hashes.count)
            else { continue }
            tiles.append((tile, levels[level].hashes))
        }
        return tiles
    }
}
