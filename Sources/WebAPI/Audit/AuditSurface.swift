public import AuditStore
public import MerkleLog

/// What auditors may ask of the log, the index and the archive, and who they are.
public struct AuditSurface: Sendable {
    public enum Visibility: String, Sendable { case `public`, auditors }

    public let log: AuditLog
    public let index: QueryIndex
    public let archive: EvidenceArchive
    public let visibility: Visibility
    public let auditors: Auditors
    /// Scheme and host in front of the log's paths, as others reach them.
    public let scheme: String
    /// Who follows the re-appraisals.
    public let events = VerdictEvents()
    let accesses = AccessTally()
    let limiter = RateLimiter(capacity: 400, perSecond: 200)

    public init(
        log: AuditLog, index: QueryIndex, archive: EvidenceArchive, visibility: Visibility, auditors: Auditors,
        scheme: String
    ) {
        self.log = log
        self.index = index
        self.archive = archive
        self.visibility = visibility
        self.auditors = auditors
        self.scheme = scheme
    }

    /// The log's paths on this listener: what follows the host in its origin.
    var path: String {
        let parts = log.origin.description.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? "/\(parts[1])/" : "/log/"
    }

    /// The same for everybody else.
    var prefix: String { "\(scheme)://\(log.origin)/" }

    /// Who read evidence since the last time this was asked, for the log's `access` entries.
    public func takeAccesses() -> [(who: String, what: AccessEntry.What, count: Int64)] { accesses.take() }
}
