package import AttestationService
package import AuditStore
import MerkleLog

/// What auditors may ask of the log, the index and the archive, and who they are.
package struct AuditSurface: Sendable {
    package enum Visibility: String, Sendable { case `public`, auditors }

    package let log: AuditLog
    package let index: QueryIndex
    package let archive: EvidenceArchive
    package let visibility: Visibility
    package let auditors: Auditors
    /// Scheme and host in front of the log's paths, as others reach them.
    package let scheme: String
    /// Who follows the re-appraisals.
    let events: VerdictEvents
    package let accesses = AccessTally()

    package init(
        log: AuditLog, index: QueryIndex, archive: EvidenceArchive, visibility: Visibility, auditors: Auditors,
        scheme: String, events: VerdictEvents
    ) {
        self.log = log
        self.index = index
        self.archive = archive
        self.visibility = visibility
        self.auditors = auditors
        self.scheme = scheme
        self.events = events
    }

    /// The log's paths on this listener: what follows the host in its origin.
    var path: String {
        let parts = log.origin.description.split(separator: "/", maxSplits: 1)
        return parts.count == 2 ? "/\(parts[1])/" : "/log/"
    }

    /// The same for everybody else.
    var prefix: String { "\(scheme)://\(log.origin)/" }
}
