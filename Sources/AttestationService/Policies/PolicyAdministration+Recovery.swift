import AuditStore
import MerkleLog
import StateStore
import Wire
import Words

/// What a crash between the log and `state.db` left half done.
extension PolicyAdministration {
    /// The log comes first: a version that it retired, and that state.db still has in force, was on its way out when a
    /// process ended, and goes now.
    ///
    /// - Parameter sparing: What is set aside: it stays until an administrator says that something else may take its place.
    static func finishRetirements(
        _ versions: DocumentVersions, _ log: AuditLog, at time: Instant, sparing aside: Set<MerkleHash>
    ) async throws(ServiceFailure) {
        let inForce = Set(log.documentsInForce)
        for kind in [DocumentVersion.Kind.policy, .referenceSet] {
            for version in try await active(kind, versions) where !aside.contains(version.sha256) {
                guard !inForce.contains(version.entry(.activate)), try await isRetired(version, in: log) else {
                    continue
                }
                try await stored { () async throws(DocumentVersions.Failure) in
                    try await versions.retire(kind, version.sha256, at: time)
                }
                log.report(
                    "\(kind.rawValue) \(version.id) \(version.sha256.hex): the log retired it, and state.db had it in force "
                        + "still; it is retired now")
            }
        }
    }

    /// Whether the log's last word on a document is that it is retired; nothing at all is no such word. Looked for from
    /// the end, where it is after a crash.
    private static func isRetired(_ version: DocumentVersion, in log: AuditLog) async throws(ServiceFailure) -> Bool {
        let (retired, activated) = (version.entry(.retire), version.entry(.activate))
        var isRetired = false
        try await actsFromTheEnd(of: log) { act in
            isRetired = act == retired
            return act != retired && act != activated
        }
        return isRetired
    }
}
