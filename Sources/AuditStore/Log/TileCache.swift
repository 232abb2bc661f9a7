import MerkleLog
import Synchronization
import Wire

/// Tiles that were read back from the disk, and complete subtrees that proofs needed. A hash once written never changes and
/// tiles only grow, so what is kept is right for every tree up to the size at which it was read; longer replaces shorter.
final class TileCache: Sendable {
    private struct Key: Hashable {
        let level: UInt8
        let index: UInt64
    }

    /// A full tile takes 8 kB.
    private let tiles = Mutex(RecentlyUsed<Key, [MerkleHash]>(capacity: 512))
    private let nodes = Mutex(RecentlyUsed<Subtree, MerkleHash>(capacity: 8_192))

    func insert(_ new: CommitPipeline.Tiles) {
        tiles.withLock { tiles in
            for (tile, hashes) in new {
                guard case .hashes(let level) = tile.content else { continue }
                let key = Key(level: level, index: tile.index)
                if let known = tiles.value(key), known.count >= hashes.count { continue }
                tiles.insert(hashes, for: key)
            }
        }
    }

    /// The first `count` hashes of a tile; `nil` where not so many are at hand.
    func hashes(level: UInt8, index: UInt64, count: Int) -> ArraySlice<MerkleHash>? {
        tiles.withLock { tiles in
            tiles.value(Key(level: level, index: index)).flatMap { $0.count >= count ? $0.prefix(count) : nil }
        }
    }

    /// The root of a complete subtree: proofs of one time share most of theirs.
    func node<Failure: Error>(_ subtree: Subtree, in source: NodeSource<Failure>) throws(Failure) -> MerkleHash {
        if let known = nodes.withLock({ $0.value(subtree) }) { return known }
        let first = subtree.index << UInt64(subtree.height)
        let node = try source.root(over: first..<first + 1 << UInt64(subtree.height))
        nodes.withLock { $0.insert(node, for: subtree) }
        return node
    }
}
