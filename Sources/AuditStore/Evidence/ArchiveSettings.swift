package import DatabaseFiles

/// What the archive keeps, how much of it, and for how long (transparency-log 14).
public struct ArchiveSettings: Sendable {
    /// How long what belongs to an accept is kept, in days.
    public var retentionDays: Int64
    /// The same for rejects and errors, which anybody can cause.
    public var rejectRetentionDays: Int64
    /// Bytes of a day (UTC) that are kept of rejects: of one caller, and of all of them. Of what comes then, the log alone
    /// keeps the hash.
    public var rejectBytesPerCaller: Int64 = 16 << 20
    public var rejectBytesPerDay: Int64 = 256 << 20
    /// Bytes of a day that one caller's accepts may take: an accept is not given without its evidence.
    public var acceptBytesPerCaller: Int64 = 1 << 30
    /// The most that the file holds.
    public var mostBytes: Int64 = 20 << 30
    /// When something has waited so long to be stored, nothing more is let in.
    package var patience = Duration.seconds(2)
    package var room = DiskRoom.unlimited

    public init(retentionDays: Int64, rejectRetentionDays: Int64 = 30) {
        self.retentionDays = retentionDays
        self.rejectRetentionDays = min(rejectRetentionDays, retentionDays)
    }
}
