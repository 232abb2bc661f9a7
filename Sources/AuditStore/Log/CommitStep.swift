/// The steps of a commit in their order (transparency-log 9.3), where a test makes the world fail: before a step, so that
/// it never happens, or after it, so that it happened and nobody was told.
package enum CommitStep: String, CaseIterable, Sendable {
    case begin, insertEntries, storeTiles, updateState, commit, readBack, writeGuard, sign

    package enum Moment: String, CaseIterable, Sendable { case before, after }
}

/// What the pipeline needs of the world besides its files.
package struct CommitWorld: Sendable {
    /// Milliseconds since 1970.
    package var now: @Sendable () -> Int64
    /// Bytes free where the log is.
    package var freeBytes: @Sendable () -> Int64
    /// The log's signature over the text of a checkpoint.
    package var sign: @Sendable ([UInt8]) throws -> [UInt8]
    /// Nothing, but in tests.
    package var probe: @Sendable (CommitStep, CommitStep.Moment) throws -> Void = { _, _ in }

    package init(
        now: @escaping @Sendable () -> Int64, freeBytes: @escaping @Sendable () -> Int64,
        sign: @escaping @Sendable ([UInt8]) throws -> [UInt8],
        probe: @escaping @Sendable (CommitStep, CommitStep.Moment) throws -> Void = { _, _ in }
    ) {
        self.now = now
        self.freeBytes = freeBytes
        self.sign = sign
        self.probe = probe
    }

    func around<Value>(_ step: CommitStep, _ body: () throws -> Value) throws -> Value {
        try probe(step, .before)
        let value = try body()
        try probe(step, .after)
        return value
    }
}

/// How a batch ended, where it did not end well.
enum CommitFailure: Error {
    /// Nothing was committed, and that is certain: the tree is the old one.
    case refused(String)
    /// Nobody knows what is on the disk: the process must end, and the start-up checks decide (C-11).
    case ambiguous(String)
    /// What was read back is not what was written. Nothing was signed.
    case integrity(String)
    /// Committed and guarded, and not signed: the same size is signed later.
    case unsigned(String)
}
