package import MerkleLog

/// Whether the later of two checkpoints contains the earlier one.
package enum ConsistencyCheck {
    /// - Parameter proof: Gives the path between the two sizes, where they differ.
    package static func run(
        _ first: AcceptedCheckpoint, _ second: AcceptedCheckpoint,
        proof: (UInt64, UInt64) async throws -> ConsistencyProof
    ) async throws {
        guard first.checkpoint.origin == second.checkpoint.origin else {
            throw AuditFailure.notVerified("the checkpoints are of two logs")
        }
        let (old, new) = first.checkpoint.size <= second.checkpoint.size ? (first, second) : (second, first)
        if old.checkpoint.size == new.checkpoint.size {
            guard old.checkpoint.root == new.checkpoint.root else {
                throw AuditFailure.misbehaviour(
                    Misbehaviour(
                        reason: .twoRoots,
                        sentence: "\(old.checkpoint.origin) signed two roots of size \(old.checkpoint.size)",
                        checkpoints: [old.note, new.note]))
            }
            return
        }
        let proof = try await proof(old.checkpoint.size, new.checkpoint.size)
        guard proof.oldSize == old.checkpoint.size, proof.newSize == new.checkpoint.size else {
            throw AuditFailure.notVerified(
                "the proof is from \(proof.oldSize) to \(proof.newSize), the checkpoints are of "
                    + "\(old.checkpoint.size) and \(new.checkpoint.size)")
        }
        guard proof.isValid(oldRoot: old.checkpoint.root, newRoot: new.checkpoint.root) else {
            throw AuditFailure.notVerified("the proof does not lead from the older root to the newer one")
        }
    }

    /// Out of the log's own tiles, which may prove the opposite.
    package static func run(
        _ first: AcceptedCheckpoint, _ second: AcceptedCheckpoint, tilesOf source: any LogSource
    ) async throws {
        try await run(first, second) { old, new in
            var tiles = FetchedTiles(source)
            let proof = try await tiles.consistency(from: old, to: new)
            let prefix = try await tiles.range(old, of: new)
            let (older, newer) = first.checkpoint.size == old ? (first, second) : (second, first)
            if prefix.root != older.checkpoint.root,
                proof.isValid(oldRoot: prefix.root, newRoot: newer.checkpoint.root)
            {
                throw AuditFailure.misbehaviour(
                    Misbehaviour(
                        reason: .notConsistent,
                        sentence: "the tree of size \(new) has other first \(old) entries than the log signed",
                        checkpoints: [older.note, newer.note], contents: prefix, path: proof.path))
            }
            return proof
        }
    }
}
