public import MerkleLog

/// How large the tree is, and its root: the one row of `tree_state`.
package struct TreeState: Hashable, Sendable {
    package let size: UInt64
    package let root: MerkleHash
    package let committedMilliseconds: Int64
}

/// A tree with the checkpoint that the log signed for it.
public struct SignedTree: Hashable, Sendable {
    public let size: UInt64
    public let root: MerkleHash
    /// The checkpoint: text, blank line, the log's signature.
    public let note: SignedNote
}

/// Where an entry is, durably, and under which signed checkpoint.
public struct AppendedEntry: Hashable, Sendable {
    public let index: UInt64
    public let leafHash: MerkleHash
    public let leaf: [UInt8]
    public let tree: SignedTree
}
