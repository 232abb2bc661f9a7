package import DatabaseFiles
public import MerkleLog

/// The log's private half, as it comes from wherever keys are kept.
public struct LogSigner: Sendable {
    public let publicKey: MerkleHash
    public let sign: @Sendable ([UInt8]) throws -> [UInt8]

    /// - Parameters:
    ///   - publicKey: The 32 bytes of an Ed25519 key.
    ///   - sign: Gives the 64 bytes of a signature over the text of a checkpoint.
    public init(publicKey: MerkleHash, sign: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        self.publicKey = publicKey
        self.sign = sign
    }
}

/// Where the log's key is found, and made when the log begins.
public struct LogKeySource: Sendable {
    public let existing: @Sendable () throws -> LogSigner?
    public let make: @Sendable () throws -> LogSigner

    public init(existing: @escaping @Sendable () throws -> LogSigner?, make: @escaping @Sendable () throws -> LogSigner)
    {
        self.existing = existing
        self.make = make
    }
}

public struct LogSettings: Sendable {
    /// The data folder, which is there.
    public var folder: String
    /// `nil`: the one the log has, or `standardOrigin` when it begins.
    public var origin: String?
    public var standardOrigin: String
    public var now: @Sendable () -> Int64
    /// Why the clock behind `now` is not believed; then nothing is appended.
    public var clockDefect: @Sendable () -> String? = { nil }
    /// Told when nobody knows what is on the disk any more; must not return (transparency-log C-11).
    public var fatal: @Sendable (String) -> Void
    /// For the operator's log.
    public var notice: @Sendable (String) -> Void = { _ in }

    /// The log that this one follows, where it begins (transparency-log G-1).
    package var predecessor: (origin: String, size: UInt64, root: MerkleHash)?
    /// Of the data folder, where somebody has it already; `stop` releases it.
    package var lock: ProcessLock?
    /// Nothing is committed below this (transparency-log 17).
    package var minimumFreeBytes: Int64 = 256 << 20
    package var warningFreeBytes: Int64 = 2 << 30
    package var resumeFreeBytes: Int64 = 512 << 20
    package var queue = 4_096
    /// When an entry has waited so long, nothing more is let in.
    package var patience = Duration.seconds(2)
    package var freeBytes: (@Sendable () -> Int64)?
    package var probe: @Sendable (CommitStep, CommitStep.Moment) throws -> Void = { _, _ in }

    public init(
        folder: String, origin: String?, standardOrigin: String, now: @escaping @Sendable () -> Int64,
        fatal: @escaping @Sendable (String) -> Void
    ) {
        self.folder = folder
        self.origin = origin
        self.standardOrigin = standardOrigin
        self.now = now
        self.fatal = fatal
    }
}
