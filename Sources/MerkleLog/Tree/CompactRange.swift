public import Wire

/// A tree of any size in one hash per set bit of the size: what a writer and every monitor keep (transparency-log 3.5).
///
/// Whoever has the range of size a and reads leaves a ..< b knows the root of size b, and needs no consistency proof.
public struct CompactRange: Hashable, Sendable {
    public private(set) var size: UInt64
    /// Roots of the complete subtrees, largest first.
    public private(set) var hashes: [MerkleHash]

    public init() {
        size = 0
        hashes = []
    }

    /// - Returns: `nil` unless there is one hash per set bit of `size`.
    public init?(size: UInt64, hashes: [MerkleHash]) {
        guard size <= TreeSize.maximum, hashes.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.hashes = hashes
    }

    public mutating func append(leaf hash: MerkleHash) {
        var hash = hash
        var rest = size
        while rest & 1 == 1, let left = hashes.popLast() {
            hash = MerkleHashing.node(left, hash)
            rest >>= 1
        }
        hashes.append(hash)
        size &+= 1
    }

    public var root: MerkleHash { MerkleHashing.fold(hashes) ?? MerkleHashing.empty }
}
