import MerkleLog
import Records
import Wire

/// Deletes evidence whose time is over, and says so in the log (transparency-log 14.3). The log itself is never touched.
public struct Retention: Sendable {
    private let archive: EvidenceArchive
    private let index: QueryIndex
    private let log: AuditLog

    /// A shared document stays so long after the last verdict that rests on it can no longer be judged again.
    private static let graceMilliseconds: Int64 = 30 * 86_400_000
    private static let batch = 500

    public init(archive: EvidenceArchive, index: QueryIndex, log: AuditLog) {
        self.archive = archive
        self.index = index
        self.log = log
    }

    /// - Returns: how many quotes are gone.
    public func purge(at milliseconds: Int64) async throws -> Int {
        try await keepWhatIsUsed(at: milliseconds)
        var quotes: [MerkleHash] = []
        while true {
            let deleted = try await archive.deleteExpired(at: milliseconds, limit: Self.batch)
            quotes += deleted.quotes
            guard deleted.references == Self.batch else { break }
        }
        try await record(quotes, to: milliseconds - archive.retentionDays * 86_400_000, .retention)
        return quotes.count
    }

    /// Deletes what is kept for one verdict alone, whatever its age, because somebody has a right to it (E-15).
    ///
    /// - Parameter identifier: The verdict's `jti`.
    /// - Returns: how many things are no longer kept for it, and how many quotes are gone: another verdict may rest on the
    ///   same one. `nil` where the verdict is held, and nothing was deleted.
    public func erase(
        _ identifier: String, at milliseconds: Int64
    ) async throws -> (references: Int, quotes: Int)? {
        guard let erased = try await archive.erase(owner: identifier) else { return nil }
        try await record(erased.quotes, to: milliseconds, .erasure)
        return (erased.references, erased.quotes.count)
    }

    private func record(_ quotes: [MerkleHash], to milliseconds: Int64, _ basis: PurgeEntry.Basis) async throws {
        guard !quotes.isEmpty else { return }
        let entry = PurgeEntry(
            count: Int64(quotes.count), fromMilliseconds: 0, toMilliseconds: milliseconds,
            setSHA256: PurgeEntry.digest(of: quotes), basis: basis)
        _ = try await log.append(LogEntry(timeMilliseconds: log.settings.now(), body: .purge(entry)))
    }

    /// Shared documents live as long as the last verdict that rests on them, and a month longer; parts as long as a
    /// manifest that names them.
    private func keepWhatIsUsed(at milliseconds: Int64) async throws {
        let documents = try await archive.sharedDocuments()
        guard documents.contains(where: { $0.until < milliseconds }) else { return }
        var ends: [MerkleHash: Int64] = [:]
        for (role, hash, until) in documents {
            switch role {
            case .manifest, .policy:
                let last = try await index.lastUse(of: role, hash)
                let end = max(until, last.map { archive.retainUntil($0) + Self.graceMilliseconds } ?? 0)
                ends[hash] = end
                guard role == .manifest, end >= milliseconds, let bytes = try await archive.bytes(of: hash),
                    let manifest = try? CollateralManifest(document: bytes)
                else { continue }
                for part in manifest.parts.values { ends[part] = max(ends[part] ?? 0, end) }
            case .verifier, .referenceSet:
                // A few hundred bytes each, and old verdicts are worth nothing without them.
                ends[hash] = archive.retainUntil(milliseconds)
            case .collateral, .quote, .eventLog, .userData, .nonce, .claims: continue
            }
        }
        for (_, hash, until) in documents {
            guard let end = ends[hash], until < milliseconds, end >= milliseconds else { continue }
            try await archive.extend(hash, until: end)
        }
    }
}
