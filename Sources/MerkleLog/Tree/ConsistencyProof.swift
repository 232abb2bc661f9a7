public import Wire

/// That a tree grew and nothing before changed (transparency-log 3.2, 3.4).
public struct ConsistencyProof: Hashable, Sendable {
    public let oldSize: UInt64
    public let newSize: UInt64
    public let path: [MerkleHash]

    public init(oldSize: UInt64, newSize: UInt64, path: [MerkleHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// - Returns: `nil` unless `oldSize` ≤ `newSize`.
    public init?<Failure>(from oldSize: UInt64, to newSize: UInt64, nodes: NodeSource<Failure>) throws(Failure) {
        guard oldSize <= newSize, newSize <= TreeSize.maximum else { return nil }
        self.init(
            oldSize: oldSize, newSize: newSize,
            path: oldSize == 0 || oldSize == newSize ? [] : try Self.path(oldSize, newSize, nodes))
    }

    private static func path<Failure>(
        _ oldSize: UInt64, _ newSize: UInt64, _ nodes: NodeSource<Failure>
    ) throws(Failure) -> [MerkleHash] {
        var ranges: [Range<UInt64>] = []
        var (start, end) = (UInt64(0), newSize)
        while oldSize != end {
            let middle = start &+ TreeSize.split(end &- start)
            if oldSize <= middle {
                ranges.append(middle..<end)
                end = middle
            } else {
                ranges.append(start..<middle)
                start = middle
            }
        }
        // A subtree that begins at leaf 0 is the old tree itself, whose root the verifier has.
        if start != 0 { ranges.append(start..<end) }
        var path: [MerkleHash] = []
        for range in ranges.reversed() { path.append(try nodes.root(over: range)) }
        return path
    }

    /// Whether the tree with `oldRoot` is a prefix of the one with `newRoot`. Total: hostile values are `false` (M-2).
    public func isValid(oldRoot: MerkleHash, newRoot: MerkleHash) -> Bool {
        guard path.count <= TreeSize.maximumProofLength, oldSize <= newSize else { return false }
        if oldSize == newSize { return path.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return path.isEmpty && oldRoot == MerkleHashing.empty }
        var rest = path[...]
        // A complete old tree is its own first node.
        guard let seed = oldSize.nonzeroBitCount == 1 ? oldRoot : rest.popFirst(), !path.isEmpty else { return false }
        var first = oldSize &- 1
        var last = newSize &- 1
        while first & 1 == 1 {
            first >>= 1
            last >>= 1
        }
        var old = seed
        var new = seed
        for hash in rest {
            guard last != 0 else { return false }
            if first & 1 == 1 || first == last {
                old = MerkleHashing.node(hash, old)
                new = MerkleHashing.node(hash, new)
                while first & 1 == 0, first != 0 {
                    first >>= 1
                    last >>= 1
                }
            } else {
                new = MerkleHashing.node(new, hash)
            }
            first >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
