public import Wire

/// A complete subtree: the leaves from `index · 2^height` on, `2^height` of them.
public struct Subtree: Hashable, Sendable {
    public let height: UInt8
    public let index: UInt64

    public init(height: UInt8, index: UInt64) {
        self.height = height
        self.index = index
    }

    /// The complete subtrees that make up a range of leaves, first to last (transparency-log 5.4).
    static func covering(_ range: Range<UInt64>) -> [Subtree] {
        var subtrees: [Subtree] = []
        var start = range.lowerBound
        while start < range.upperBound {
            let fits = UInt8(truncatingIfNeeded: 63 &- (range.upperBound &- start).leadingZeroBitCount)
            let height = start == 0 ? fits : min(fits, UInt8(truncatingIfNeeded: start.trailingZeroBitCount))
            subtrees.append(Subtree(height: height, index: start >> UInt64(height)))
            start &+= 1 << UInt64(height)
        }
        return subtrees
    }
}

/// Where hashes come from when a proof is made: a closure that knows the root of every complete subtree.
public struct NodeSource<Failure: Error> {
    private let node: (Subtree) throws(Failure) -> MerkleHash

    public init(_ node: @escaping (Subtree) throws(Failure) -> MerkleHash) { self.node = node }

    /// The root over the leaves in `range`, as it occurs in proofs.
    public func root(over range: Range<UInt64>) throws(Failure) -> MerkleHash {
        var hashes: [MerkleHash] = []
        for subtree in Subtree.covering(range) { hashes.append(try node(subtree)) }
        return MerkleHashing.fold(hashes) ?? MerkleHashing.empty
    }

    /// The compact range of the first `size` leaves.
    public func compactRange(size: UInt64) throws(Failure) -> CompactRange {
        var hashes: [MerkleHash] = []
        for subtree in Subtree.covering(0..<size) { hashes.append(try node(subtree)) }
        return CompactRange(size: size, hashes: hashes) ?? CompactRange()
    }
}
