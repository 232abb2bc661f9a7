public import MerkleLog
import Synchronization

/// What witnesses said of the log's checkpoints, and which checkpoint is shown for it (transparency-log 7.2, W-3).
public final class WitnessedCheckpoints: Sendable {
    /// How the log is witnessed.
    public struct Rule: Sendable {
        public let trust: TrustPolicy
        /// Whether a checkpoint that too few have cosigned is shown after all when none was for a minute.
        public let failsOpen: Bool

        public init(trust: TrustPolicy, failsOpen: Bool) {
            self.trust = trust
            self.failsOpen = failsOpen
        }
    }

    /// A cosignature that holds.
    public struct Statement: Hashable, Sendable {
        public let witness: String
        public let key: NoteKey
        /// POSIX seconds, as the witness states them.
        public let time: UInt64
        let line: SignedNote.Signature

        /// - Parameter line: One of those that the witness answered.
        /// - Returns: `nil` for a line of another key, and for one that does not verify over the checkpoint.
        public init?(of line: SignedNote.Signature, by witness: TrustPolicy.Witness, over checkpoint: SignedNote) {
            let note = SignedNote(text: checkpoint.text, signatures: [line])
            guard let signer = try? note.verified(by: [witness.key]).first, let time = signer.time else { return nil }
            self.init(witness: witness.name, key: witness.key, time: time, line: line)
        }

        init(witness: String, key: NoteKey, time: UInt64, line: SignedNote.Signature) {
            self.witness = witness
            self.key = key
            self.time = time
            self.line = line
        }
    }

    private struct State {
        var rule: Rule?
        /// The tree of which witnesses spoke last, and what they said.
        var newest: SignedTree?
        var statements: [NoteKey: Statement] = [:]
        /// The newest that the quorum has cosigned, with the cosignatures.
        var met: SignedTree?
        /// Since when a larger tree is published than the quorum has cosigned.
        var outgrownSince: Int64?
        /// What is not yet on the disk.
        var unsaved: [(SignedTree, Statement)] = []

        /// Without a quorum the cosignatures are shown where they are of the very tree that is published.
        func met(over published: SignedTree) -> SignedTree? { met?.size == published.size ? met : nil }
    }

    private let state = Mutex(State())
    private static let patienceMilliseconds: Int64 = 60_000

    init() {}

    public var rule: Rule? { state.withLock { $0.rule } }
    /// The newest checkpoint that the quorum has cosigned.
    public var met: SignedTree? { state.withLock { $0.met } }

    /// What is on the disk from before.
    ///
    /// - Parameter earlier: Trees and the cosignatures of each, the newest first.
    func begin(_ rule: Rule, earlier: [(tree: SignedTree, lines: [SignedNote.Signature])], at now: Int64) {
        state.withLock { state in
            state.rule = rule
            state.outgrownSince = now
            state.met = earlier.lazy.compactMap { Self.accepted($0.tree, $0.lines, by: rule) }.first
        }
    }

    /// Takes what witnesses said of one tree. On the disk it is a moment later, and only then shown.
    public func add(_ statements: [Statement], to tree: SignedTree) {
        state.withLock { $0.unsaved += statements.map { (tree, $0) } }
    }

    func takeUnsaved() -> [(SignedTree, Statement)] {
        state.withLock { state in
            defer { state.unsaved = [] }
            return state.unsaved
        }
    }

    /// Now it is on the disk.
    func saved(_ tree: SignedTree, _ statement: Statement, published: SignedTree?, at now: Int64) {
        state.withLock { state in
            guard let rule = state.rule, tree.size >= state.newest?.size ?? 0 else { return }
            if state.newest?.size != tree.size { state.statements = [:] }
            state.newest = tree
            state.statements[statement.key] = statement
            let lines = rule.trust.witnesses.compactMap { state.statements[$0.key]?.line }
            guard let met = Self.accepted(tree, lines, by: rule) else { return }
            state.met = met
            state.outgrownSince = (published?.size ?? 0) > met.size ? now : nil
        }
    }

    /// A larger tree is published.
    func published(_ tree: SignedTree, at now: Int64) {
        state.withLock { state in
            guard tree.size > state.met?.size ?? 0 else { return }
            state.outgrownSince = state.outgrownSince ?? now
        }
    }

    /// What `checkpoint` answers.
    ///
    /// - Returns: `nil` where only a cosigned checkpoint may be shown, and there is none.
    func shown(published: SignedTree, at now: Int64) -> SignedTree? {
        state.withLock { state in
            guard let rule = state.rule, rule.trust.hasQuorum else { return state.met(over: published) ?? published }
            let isPatient = state.outgrownSince.map { now - $0 < Self.patienceMilliseconds } ?? true
            if let met = state.met, isPatient || !rule.failsOpen { return met }
            return rule.failsOpen ? published : nil
        }
    }

    /// The tree with the cosignatures, where the rule's quorum is met.
    private static func accepted(
        _ tree: SignedTree, _ lines: [SignedNote.Signature], by rule: Rule
    ) -> SignedTree? {
        let note = tree.note.adding(lines)
        guard !lines.isEmpty, (try? rule.trust.accept(note)) != nil else { return nil }
        return SignedTree(size: tree.size, root: tree.root, note: note)
    }
}
