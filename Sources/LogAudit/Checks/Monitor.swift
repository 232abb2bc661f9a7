package import MerkleLog

/// Follows a log: whether what it signs now contains all that it signed before (transparency-log 16, K-1).
package struct Monitor {
    package enum Method: Sendable {
        /// By a consistency proof out of hash tiles: a few kilobytes.
        case proof
        /// By reading every new entry: also shows that the root is that of what is served.
        case entries
    }

    package struct Outcome: Sendable {
        package let accepted: AcceptedCheckpoint
        /// What is to be kept; the old state where the log answered with an older checkpoint.
        package let state: AuditState
        package let previousSize: UInt64?
        /// The answer was older than the state, and consistent with it: a cache.
        package let isOlder: Bool
    }

    let source: any LogSource
    let trust: TrustPolicy

    package init(_ source: any LogSource, trusting trust: TrustPolicy) {
        self.source = source
        self.trust = trust
    }

    /// The log's present checkpoint, if the trust policy accepts it.
    package func fetch() async throws -> AcceptedCheckpoint {
        try Self.accept(try await source.checkpoint(), under: trust)
    }

    package static func accept(_ bytes: [UInt8], under trust: TrustPolicy) throws -> AcceptedCheckpoint {
        let note: SignedNote
        do throws(NoteFailure) {
            note = try SignedNote(parsing: bytes)
        } catch {
            throw AuditFailure.notVerified("checkpoint: \(error)")
        }
        do throws(TrustFailure) {
            return try trust.accept(note)
        } catch {
            if case .quorumNotMet = error { throw AuditFailure.undecided("checkpoint: \(error)") }
            throw AuditFailure.notVerified("checkpoint: \(error)")
        }
    }

    /// Compares with what was seen, by the method; what fails is fetched once more before it is believed.
    package func advance(from old: AuditState?, by method: Method) async throws -> Outcome {
        do {
            return try await compare(try await fetch(), with: old, by: method)
        } catch AuditFailure.network(let sentence) {
            throw AuditFailure.network(sentence)
        } catch is AuditFailure {
            return try await compare(try await fetch(), with: old, by: method)
        }
    }

    private func compare(
        _ new: AcceptedCheckpoint, with old: AuditState?, by method: Method
    ) async throws -> Outcome {
        if let old {
            guard old.checkpoint.origin == new.checkpoint.origin else {
                throw AuditFailure.notVerified(
                    "the state is of \(old.checkpoint.origin), the checkpoint of \(new.checkpoint.origin)")
            }
            if old.checkpoint.size == new.checkpoint.size { try same(new, old) }
            if new.checkpoint.size < old.checkpoint.size {
                try await older(new, old)
                return Outcome(
                    accepted: new, state: old, previousSize: old.checkpoint.size, isOlder: true)
            }
        }
        var census = old?.census ?? RulesetCensus()
        let range =
            switch method {
            case .proof: try await byProof(new, old)
            case .entries: try await byEntries(new, old, &census)
            }
        return Outcome(
            accepted: new, state: AuditState(new, range: range, census: census), previousSize: old?.checkpoint.size,
            isOlder: false)
    }

    private func same(_ new: AcceptedCheckpoint, _ old: AuditState) throws {
        guard new.checkpoint.root == old.checkpoint.root else {
            throw AuditFailure.misbehaviour(
                Misbehaviour(
                    reason: .twoRoots,
                    sentence: "\(new.checkpoint.origin) signed two roots of size \(new.checkpoint.size)",
                    checkpoints: [old.note, new.note]))
        }
    }

    /// A smaller tree than the one seen: a cache, unless it is another tree.
    private func older(_ new: AcceptedCheckpoint, _ old: AuditState) async throws {
        var tiles = FetchedTiles(source)
        let range = try await tiles.range(old.checkpoint.size, of: old.checkpoint.size)
        guard range.root == old.checkpoint.root else {
            throw AuditFailure.undecided(
                "the log serves an older checkpoint, and not the tiles that would show whether it is consistent")
        }
        let prefix = try await tiles.range(new.checkpoint.size, of: old.checkpoint.size)
        guard prefix.root == new.checkpoint.root else {
            let proof = try await tiles.consistency(from: new.checkpoint.size, to: old.checkpoint.size)
            throw notConsistent([new.note, old.note], prefix, proof)
        }
    }

    private func byProof(_ new: AcceptedCheckpoint, _ old: AuditState?) async throws -> CompactRange {
        var tiles = FetchedTiles(source)
        let range = try await tiles.range(new.checkpoint.size, of: new.checkpoint.size)
        guard range.root == new.checkpoint.root else { throw contents(new, range) }
        if let old {
            let prefix = try await tiles.range(old.checkpoint.size, of: new.checkpoint.size)
            let proof = try await tiles.consistency(from: old.checkpoint.size, to: new.checkpoint.size)
            guard proof.isValid(oldRoot: prefix.root, newRoot: new.checkpoint.root) else {
                throw AuditFailure.notVerified("the tiles do not fit together")
            }
            guard prefix.root == old.checkpoint.root else { throw notConsistent([old.note, new.note], prefix, proof) }
        }
        return range
    }

    private func byEntries(
        _ new: AcceptedCheckpoint, _ old: AuditState?, _ census: inout RulesetCensus
    ) async throws -> CompactRange {
        // A state without a range, such as a witness's, is read again from the beginning; so is one that was moved on
        // by proofs, without its entries.
        var range = old?.range ?? CompactRange()
        if census.entries != range.size { (range, census) = (CompactRange(), RulesetCensus()) }
        var seen = range
        let size = new.checkpoint.size
        while range.size < size {
            let leaves = try await source.leaves(bundle: range.size / 256, size: size)
            for leaf in leaves.dropFirst(Int(range.size % 256)) {
                census.take(leaf, at: range.size)
                range.append(leaf: MerkleHashing.leaf(leaf))
                if range.size == old?.checkpoint.size { seen = range }
            }
        }
        if let old, seen.size == old.checkpoint.size, seen.root != old.checkpoint.root {
            _ = try await byProof(new, old)
            throw AuditFailure.notVerified("the entries are not those that were seen before")
        }
        guard range.root == new.checkpoint.root else {
            // Either the log is not an extension of what was seen, which its own tiles prove; or its root is of other
            // entries than it serves.
            _ = try await byProof(new, old)
            throw contents(new, range)
        }
        return range
    }

    private func contents(_ new: AcceptedCheckpoint, _ range: CompactRange) -> AuditFailure {
        .misbehaviour(
            Misbehaviour(
                reason: .contents,
                sentence: "\(new.checkpoint.origin) signed the root \(new.checkpoint.root) of size "
                    + "\(new.checkpoint.size), and what it serves has the root \(range.root)",
                checkpoints: [new.note], contents: range))
    }

    private func notConsistent(
        _ notes: [SignedNote], _ prefix: CompactRange, _ proof: ConsistencyProof
    ) -> AuditFailure {
        .misbehaviour(
            Misbehaviour(
                reason: .notConsistent,
                sentence: "the tree of size \(proof.newSize) has other first \(proof.oldSize) entries than the log "
                    + "signed at that size", checkpoints: notes, contents: prefix, path: proof.path))
    }
}
