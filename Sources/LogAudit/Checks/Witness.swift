package import MerkleLog
import Wire

/// A witness with nothing but a file system: states that this is the largest consistent tree it has seen, and remembers
/// that before it says so (W-4).
package struct Witness {
    let key: NoteKey
    let trust: TrustPolicy

    /// - Parameter trust: The logs that are witnessed. No quorum: a witness looks for itself.
    package init(key: NoteKey, trusting trust: TrustPolicy) {
        self.key = key
        self.trust = trust.withoutQuorum
    }

    /// The cosignature line, when the state that forbids any other history is on the disk.
    ///
    /// - Parameters:
    ///   - state: Held for as long as this takes.
    ///   - sign: Gives the 64 bytes of an Ed25519 signature.
    package func cosign(
        _ note: [UInt8], proof: ConsistencyProof?, state: StateFile, at seconds: UInt64,
        sign: ([UInt8]) throws -> [UInt8]
    ) throws -> SignedNote.Signature {
        let new = try Monitor.accept(note, under: trust)
        let old = try state.load()
        if let old { try check(new, follows: old, proof) }
        try state.save(AuditState(witnessed: new))
        do {
            return try Cosignature.make(over: new.note.text, by: key, time: seconds, sign: sign)
        } catch {
            throw AuditFailure.inputOutput("the key does not sign: \(error)")
        }
    }

    private func check(_ new: AcceptedCheckpoint, follows old: AuditState, _ proof: ConsistencyProof?) throws {
        guard old.checkpoint.origin == new.checkpoint.origin else {
            throw AuditFailure.notVerified("the state is of another log, \(old.checkpoint.origin)")
        }
        if old.checkpoint.size == new.checkpoint.size {
            guard old.checkpoint.root == new.checkpoint.root else {
                throw AuditFailure.misbehaviour(
                    Misbehaviour(
                        reason: .twoRoots,
                        sentence: "\(new.checkpoint.origin) signed two roots of size \(new.checkpoint.size)",
                        checkpoints: [old.note, new.note]))
            }
            return
        }
        guard old.checkpoint.size < new.checkpoint.size else {
            throw AuditFailure.notVerified(
                "this witness has seen a tree of \(old.checkpoint.size), and cosigns none of \(new.checkpoint.size)")
        }
        guard let proof else {
            throw AuditFailure.undecided(
                "a proof from \(old.checkpoint.size) to \(new.checkpoint.size) is needed; give --proof")
        }
        guard proof.oldSize == old.checkpoint.size, proof.newSize == new.checkpoint.size,
            proof.isValid(oldRoot: old.checkpoint.root, newRoot: new.checkpoint.root)
        else {
            throw AuditFailure.notVerified(
                "the proof does not lead from the tree of \(old.checkpoint.size) that this witness has seen")
        }
    }
}
