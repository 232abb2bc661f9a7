import MerkleLog

/// Whether a log that we know has this verdict, and which place it has there.
///
/// - Parameter leaf: The entry's bytes, as we hold them.
/// - Parameter receipt: A `.tlog-proof` file: the path to the root, and the checkpoint that the log signed.
/// - Parameter trust: Our own text: which logs and witnesses count, and how many witnesses.
func place(of leaf: [UInt8], in receipt: [UInt8], trusting trust: [UInt8]) throws -> UInt64 {
    let policy = try TrustPolicy(parsing: trust)
    let proof = try TextProof(parsing: receipt)
    // The leaf that we hold, never the one that the file may carry.
    let accepted = try proof.verified(leaf: MerkleHashing.leaf(leaf), under: policy)

    let entry = try LogEntry(leaf: leaf)
    guard case .verdict(let verdict) = entry.body else { return proof.index }
    print("\(verdict.verdict.rawValue) under policy \(verdict.policyID), seen by \(accepted.cosigners.count) witnesses")
    return proof.index
}
