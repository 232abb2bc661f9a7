import MerkleLog
import Synchronization

/// Tiles that were read back from the disk. A hash once written never changes and tiles only grow, so what is kept is
/// right for every tree up to the size at which it was read; longer replaces shorter.
final class TileCache: Sendable {
    private struct Key: Hashable {
        let level: UInt8
        let index: UInt64
    }

    private struct Halves {
        var young: [Key: [MerkleHash]] = [:]
        var old: [Key: [MerkleHash]] = [:]
    }

    /// A full tile takes 8 kB; twice this many are kept at most.
    private static let half = 256
    private let halves = Mutex(Halves())

    func insert(_ tiles: CommitPipeline.Tiles) {
        halves.withLock { halves in
            for (tile, hashes) in tiles {
                guard case .hashes(let level) = tile.content else { continue }
                Self.insert(&halves, Key(level: level, index: tile.index), hashes)
            }
        }
    }

    /// The first `count` hashes of a tile; `nil` where not so many are at hand.
    func hashes(level: UInt8, index: UInt64, count: Int) -> ArraySlice<MerkleHash>? {
        let key = Key(level: level, index: index)
        return halves.withLock { halves in
            if let hashes = halves.young[key] { return hashes.count >= count ? hashes.prefix(count) : nil }
            guard let hashes = halves.old[key], hashes.count >= count else { return nil }
            Self.insert(&halves, key, hashes)
            return hashes.prefix(count)
        }
    }

    private static func insert(_ halves: inout Halves, _ key: Key, _ hashes: [MerkleHash]) {
        if let known = halves.young[key], known.count >= hashes.count { return }
        if halves.young.count >= half {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[key] = hashes
    }
}
