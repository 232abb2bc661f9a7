import MerkleLog
import Wire

extension LogReader {
    /// How many of the newest entries are looked through for one whose evidence must be kept.
    private static let evidenceWindow: UInt64 = 4_096

    /// Evidence is on the disk before its entry is queued (transparency-log C-4), so the newest verdict's is there, unless the
    /// log says that it was deleted. An older copy of the archive does not have it.
    ///
    /// - Parameter from: Entries below may have lost theirs.
    /// - Returns: the entry whose evidence is missing.
    public func newestWithoutEvidence(_ archive: EvidenceReader, from: UInt64) async throws -> UInt64? {
        var end = tree.size
        let bottom = max(from, end > Self.evidenceWindow ? end - Self.evidenceWindow : 0)
        var (erased, deletedUntil) = (Int64(0), Int64.min)
        while end > bottom {
            let range = max(bottom, end > 256 ? end - 256 : 0)..<end
            for (offset, leaf) in try await leaves(in: range).enumerated().reversed() {
                guard let entry = try? LogEntry(leaf: leaf) else { continue }
                switch entry.body {
                case .purge(let purge) where purge.basis == .retention:
                    deletedUntil = max(deletedUntil, purge.toMilliseconds)
                case .purge(let purge): erased += purge.count
                case .verdict(let verdict) where verdict.isArchived != false && entry.timeMilliseconds > deletedUntil:
                    if try await archive.holds(verdict.evidenceSHA256, of: verdict.jti) { return nil }
                    guard erased > 0 else { return range.lowerBound + UInt64(offset) }
                    erased -= 1
                default: continue
                }
            }
            end = range.lowerBound
        }
        return nil
    }
}
