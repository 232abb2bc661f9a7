public import Wire

/// That a leaf is in a tree: the hashes beside its way to the root (transparency-log 3.2, 3.3).
public struct InclusionProof: Hashable, Sendable {
    public let index: UInt64
    public let size: UInt64
    /// From the leaf to the root.
    public let path: [MerkleHash]

    public init(index: UInt64, size: UInt64, path: [MerkleHash]) {
        self.index = index
        self.size = size
        self.path = path
    }

    /// - Returns: `nil` unless `index` < `size`.
    public init?<Failure>(index: UInt64, size: UInt64, from nodes: NodeSource<Failure>) throws(Failure) {
        guard index < size, size <= TreeSize.maximum else { return nil }
        var ranges: [Range<UInt64>] = []
        var (start, end) = (UInt64(0), size)
        while end &- start > 1 {
            let middle = start &+ TreeSize.split(end &- start)
            if index < middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
            }
        }
        var path: [MerkleHash] = []
        for range in ranges.reversed() { path.append(try nodes.root(over: range)) }
        self.init(index: index, size: size, path: path)
    }

    /// Whether `leaf` at `index` is in the tree of `size` with this root. Total: hostile values are `false` (M-2).
    public func isValid(leaf: MerkleHash, root: MerkleHash) -> Bool {
        guard path.count <= TreeSize.maximumProofLength, size > 0, index < size else { return false }
        var first = index
        var last = size &- 1
        var hash = leaf
        for sibling in path {
            guard last != 0 else { return false }
            if first & 1 == 1 || first == last {
                hash = MerkleHashing.node(sibling, hash)
                // A lone right edge moves up without a sibling.
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    last >>= 1
                }
            } else {
                hash = MerkleHashing.node(hash, sibling)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }
}
