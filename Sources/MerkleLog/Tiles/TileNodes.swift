public import Wire

/// Why a tile could not give a node.
public enum TileReadFailure<Failure: Error>: Error {
    /// Whatever holds the tiles failed.
    case source(Failure)
    /// The tile has not the hashes that a tree of this size implies.
    case malformed(level: UInt8, index: UInt64)
}

extension TileReadFailure: Equatable where Failure: Equatable {}

/// Nodes out of tiles: the path by which proofs are made from what is stored, and by which what was stored is checked
/// against what was hashed (transparency-log 5.4).
public struct TileNodes<Failure: Error> {
    private let size: UInt64
    /// `nil` where what is held is no tile.
    private let read: (TileCoordinate) throws(Failure) -> [MerkleHash]?

    /// - Parameters:
    ///   - size: No node beyond it is read.
    ///   - read: The bytes of a tile of exactly the coordinate's width.
    public init(size: UInt64, read: @escaping (TileCoordinate) throws(Failure) -> [UInt8]) {
        self.init(size: size, hashes: { tile throws(Failure) in HashTile.parse(try read(tile)[...]) })
    }

    /// - Parameters:
    ///   - size: No node beyond it is read.
    ///   - hashes: Those of a tile of exactly the coordinate's width.
    public init(size: UInt64, hashes: @escaping (TileCoordinate) throws(Failure) -> [MerkleHash]?) {
        self.size = size
        read = hashes
    }

    public var source: NodeSource<TileReadFailure<Failure>> {
        NodeSource { (subtree) throws(TileReadFailure<Failure>) in try node(subtree) }
    }

    /// The hashes of one tile, as wide as the tree has it.
    public func tile(level: UInt8, index: UInt64) throws(TileReadFailure<Failure>) -> [MerkleHash] {
        let width = TileCoordinate.width(level: level, index: index, size: size)
        guard let tile = TileCoordinate(.hashes(level: level), index: index, width: width) else {
            throw .malformed(level: level, index: index)
        }
        let hashes: [MerkleHash]?
        do throws(Failure) { hashes = try read(tile) } catch { throw .source(error) }
        guard let hashes, hashes.count == width else {
            throw .malformed(level: level, index: index)
        }
        return hashes
    }

    private func node(_ subtree: Subtree) throws(TileReadFailure<Failure>) -> MerkleHash {
        let level = subtree.height / 8
        let count = 1 << Int(subtree.height % 8)
        let first = subtree.index &* UInt64(count)
        let hashes = try tile(level: level, index: first / 256)
        let offset = Int(first % 256)
        guard offset + count <= hashes.count else { throw .malformed(level: level, index: first / 256) }
        return MerkleHashing.perfect(hashes[offset..<offset + count])
    }
}
