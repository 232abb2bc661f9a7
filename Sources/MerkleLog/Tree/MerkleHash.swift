import Crypto
public import Wire

/// A node of the tree: SHA-256, with a prefix that tells leaves from inner nodes (RFC 6962 2.1).
public typealias MerkleHash = FixedBytes<32>

public enum MerkleHashing {
    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let empty = hash { _ in }

    /// SHA-256(0x00 ‖ leaf).
    public static func leaf(_ bytes: some Sequence<UInt8>) -> MerkleHash {
        let bytes = ContiguousArray(bytes)
        return hash { hasher in
            withUnsafeBytes(of: UInt8(0)) { hasher.update(bufferPointer: $0) }
            bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        }
    }

    /// SHA-256(0x01 ‖ left ‖ right). The prefix keeps an inner node from passing as a leaf (M-1).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        hash { hasher in
            withUnsafeBytes(of: UInt8(1)) { hasher.update(bufferPointer: $0) }
            withUnsafeBytes(of: left) { hasher.update(bufferPointer: $0) }
            withUnsafeBytes(of: right) { hasher.update(bufferPointer: $0) }
        }
    }

    /// Right to left: what joins complete subtrees, largest first, into the root over all of them; `nil` for none.
    static func fold(_ hashes: some BidirectionalCollection<MerkleHash>) -> MerkleHash? {
        guard var root = hashes.last else { return nil }
        for left in hashes.dropLast().reversed() { root = node(left, root) }
        return root
    }

    /// The root over a power of two of hashes.
    static func perfect(_ hashes: ArraySlice<MerkleHash>) -> MerkleHash {
        var level = Array(hashes)
        while level.count > 1 {
            level = stride(from: 0, to: level.count - 1, by: 2).map { node(level[$0], level[$0 + 1]) }
        }
        return level.first ?? empty
    }

    /// SHA-256 without a prefix: of documents, evidence, canonical objects.
    public static func sha256(_ bytes: some Sequence<UInt8>) -> MerkleHash {
        let bytes = ContiguousArray(bytes)
        return hash { hasher in bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) } }
    }

    private static func hash(_ feed: (inout SHA256) -> Void) -> MerkleHash {
        var hasher = SHA256()
        feed(&hasher)
        var result = MerkleHash()
        var position = 0
        for byte in hasher.finalize() {
            result[position] = byte
            position += 1
        }
        return result
    }
}
