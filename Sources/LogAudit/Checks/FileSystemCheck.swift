package import MerkleLog
import Wire

/// Every entry, every tile, every root of a log, computed anew (transparency-log 16, `fsck`).
package struct FileSystemCheck {
    package struct Report: Sendable {
        package var size: UInt64 = 0
        package var root = MerkleHashing.empty
        /// What is wrong, in the order in which it was found; at most `findingLimit`.
        package var findings: [String] = []
        package var findingCount = 0
        package var kinds: [String: Int] = [:]
        package var checkpoints = 0
        /// How many cosigned checkpoints the time rule could lean on.
        package var timeMarks = 0
        package var isSigned = false
        /// What no finding is, and an auditor wants to know (V-11).
        package var census = RulesetCensus()

        static let findingLimit = 100

        mutating func add(_ sentence: String) {
            findingCount += 1
            if findings.count < Self.findingLimit { findings.append(sentence) }
        }
    }

    let source: any LogSource
    /// `nil`: signatures are not checked, and no misbehaviour can be proven.
    let trust: TrustPolicy?

    package init(_ source: any LogSource, trusting trust: TrustPolicy?) {
        self.source = source
        self.trust = trust
    }

    /// - Throws: where the log cannot be read, or has proven itself wrong.
    package func run() async throws -> Report {
        var report = Report()
        let (note, checkpoint) = try newest(try await source.checkpoint())
        report.isSigned = trust != nil
        report.size = checkpoint.size
        let signed = try await signedTrees(&report)
        var computed = ComputedTree(signed: signed)
        while computed.range.size < checkpoint.size {
            try await take(bundle: computed.range.size / 256, of: checkpoint.size, &computed, &report)
        }
        report.root = computed.range.root
        for level in 1..<8 { try await compare(level: UInt8(level), computed, checkpoint.size, &report) }
        try conclude(checkpoint, note, computed.range)
        if let database = source as? DatabaseSource {
            for defect in try await database.defects() { report.add(defect) }
            if let state = try await database.treeState(), state.size == checkpoint.size, state.root != report.root {
                report.add("tree_state has the root \(state.root), the entries have \(report.root)")
            }
        }
        return report
    }

    private func newest(_ bytes: [UInt8]) throws -> (SignedNote, Checkpoint) {
        if let trust {
            let accepted = try Monitor.accept(bytes, under: trust)
            return (accepted.note, accepted.checkpoint)
        }
        do {
            let note = try SignedNote(parsing: bytes)
            return (note, try Checkpoint(parsing: note.text))
        } catch {
            throw AuditFailure.notVerified("checkpoint: \(error)")
        }
    }

    private struct SignedTrees {
        var notes: [UInt64: [AcceptedCheckpoint]] = [:]
        var fence = TimeFence([])
    }

    /// Every other checkpoint that the source keeps: each is a promise about a root, and a cosigned one about a time.
    private func signedTrees(_ report: inout Report) async throws -> SignedTrees {
        guard let trust else { return SignedTrees() }
        var trees = SignedTrees()
        var marks: [(size: UInt64, seconds: UInt64)] = []
        for bytes in try await source.earlierCheckpoints() {
            guard let note = try? SignedNote(parsing: bytes), let accepted = try? trust.withoutQuorum.accept(note)
            else {
                report.add("a stored checkpoint that no trusted log signed")
                continue
            }
            trees.notes[accepted.checkpoint.size, default: []].append(accepted)
            report.checkpoints += 1
            if let first = accepted.cosigners.map(\.time).min() { marks.append((accepted.checkpoint.size, first)) }
        }
        report.timeMarks = marks.count
        trees.fence = TimeFence(marks)
        return trees
    }

    private struct ComputedTree {
        let signed: SignedTrees
        var range = CompactRange()
        var closure = CausalClosure()
        /// Hashes of full tiles, which are the hashes of the level above.
        var above: [MerkleHash] = []
    }

    private func take(
        bundle index: UInt64, of size: UInt64, _ computed: inout ComputedTree, _ report: inout Report
    ) async throws {
        let leaves: [[UInt8]]
        do {
            leaves = try await source.leaves(bundle: index, size: size)
        } catch AuditFailure.undecided(let sentence) {
            throw AuditFailure.notVerified("the log has not all of its \(size) entries: \(sentence)")
        }
        let hashes = leaves.map(MerkleHashing.leaf)
        for (offset, leaf) in leaves.enumerated() {
            let position = index * 256 + UInt64(offset)
            computed.range.append(leaf: hashes[offset])
            for signed in computed.signed.notes[computed.range.size] ?? [] {
                try conclude(signed.checkpoint, signed.note, computed.range)
            }
            do throws(LogEntryFailure) {
                let entry = try LogEntry(leaf: leaf)
                report.kinds[entry.body.kind, default: 0] += 1
                report.census.take(entry, at: position)
                for fault in computed.closure.faults(of: entry.body, at: position) {
                    report.add("entry \(position): \(fault)")
                }
                computed.closure.append(entry.body)
                if !computed.signed.fence.allows(entry.timeMilliseconds, at: position) {
                    report.add("entry \(position): its time is not between the cosignatures around it")
                }
            } catch {
                report.add("entry \(position): \(error)")
                computed.closure.append(.unknown(kind: ""))
            }
        }
        if hashes.count == 256 {
            var tree = CompactRange()
            for hash in hashes { tree.append(leaf: hash) }
            computed.above.append(tree.root)
        }
        try await compare(hashes[...], level: 0, index: index, &report)
    }

    private func compare(
        _ hashes: ArraySlice<MerkleHash>, level: UInt8, index: UInt64, _ report: inout Report
    ) async throws {
        guard let tile = TileCoordinate(.hashes(level: level), index: index, width: hashes.count) else { return }
        do {
            if try await source.resource(tile) != HashTile.encode(hashes) {
                report.add("\(tile.path): not the hashes of what is below it")
            }
        } catch AuditFailure.undecided {
            report.add("\(tile.path): missing")
        }
    }

    /// The tiles of one level above the leaves.
    private func compare(
        level: UInt8, _ computed: ComputedTree, _ size: UInt64, _ report: inout Report
    ) async throws {
        var hashes = computed.above
        for _ in 1..<level {
            hashes = stride(from: 0, to: hashes.count - hashes.count % 256, by: 256).map { start in
                var tree = CompactRange()
                for hash in hashes[start..<start + 256] { tree.append(leaf: hash) }
                return tree.root
            }
        }
        for start in stride(from: 0, to: hashes.count, by: 256) {
            try await compare(
                hashes[start..<min(hashes.count, start + 256)], level: level, index: UInt64(start / 256), &report)
        }
    }

    private func conclude(_ checkpoint: Checkpoint, _ note: SignedNote, _ range: CompactRange) throws {
        guard checkpoint.root != range.root else { return }
        let sentence =
            "the signed root of size \(checkpoint.size) is \(checkpoint.root), that of the entries "
            + "\(range.root)"
        guard trust != nil else { throw AuditFailure.notVerified(sentence) }
        throw AuditFailure.misbehaviour(
            Misbehaviour(reason: .contents, sentence: sentence, checkpoints: [note], contents: range))
    }
}
