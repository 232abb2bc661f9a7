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
        let retired = version.entry(.retire)
        let activated = version.entry(.activate)
        var end = log.tree.size
        while end > 0 {
            let range = (end > 512 ? end - 512 : 0)..<end
            let leaves: [[UInt8]]
            do throws(LogReader.Failure) {
                leaves = try await log.reader.leaves(in: range)
            } catch {
                throw .policy(.storage("the log cannot be read: \(String(describing: error))"))
            }
            for leaf in leaves.reversed()
            where LeafText.holds(#""kind":"policy""#, leaf) || LeafText.holds(#""kind":"reference_set""#, leaf) {
                guard let body = try? LogEntry(leaf: leaf).body else { continue }
                if body == retired { return true }
                if body == activated { return false }
            }
            end = range.lowerBound
        }
        return false
    }
}
