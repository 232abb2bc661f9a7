import MerkleLog

/// Everything that is text about a log: notes, checkpoints, keys, proofs, witness requests, trust policies. What is read is
/// what is written again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
    if let note = try? SignedNote(parsing: bytes) {
        precondition(note.bytes == bytes)
        if let checkpoint = try? Checkpoint(parsing: note.text) { precondition(checkpoint.text == note.text) }
    }
    if let proof = try? TextProof(parsing: bytes) {
        precondition(proof.bytes == bytes)
        _ = InclusionProof(index: proof.index, size: UInt64(count), path: proof.path)
            .isValid(leaf: MerkleHashing.empty, root: MerkleHashing.empty)
    }
    if let request = WitnessRequest(parsing: bytes) {
        precondition(request.bytes == bytes)
        _ = ConsistencyProof(oldSize: request.oldSize, newSize: .max, path: request.path)
            .isValid(oldRoot: MerkleHashing.empty, newRoot: MerkleHashing.empty)
    }
    if let key = try? NoteKey(parsing: bytes) { precondition(Array(key.text.utf8) == bytes) }
    if let policy = try? TrustPolicy(parsing: bytes), let name = KeyName("x"),
        let checkpoint = Checkpoint(origin: name, size: 1, root: MerkleHashing.empty)
    {
        _ = try? policy.accept(SignedNote(text: checkpoint.text, signatures: []))
    }
    return 0
}
