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
    /// Entries that the index is behind in the ordinary.
    private static let indexLag: UInt64 = 4_096

    public init(archive: EvidenceArchive, index: QueryIndex, log: AuditLog) {
        self.archive = archive
        self.index = index
        self.log = log
    }

    /// - Returns: how many quotes are gone.
    public func purge(at milliseconds: Int64) async throws -> Int {
        var count = try await finish()
        try await keepWhatIsUsed(at: milliseconds)
        while let run = try await archive.fixExpired(at: milliseconds) {
            try await carryOut(run)
            count += run.quotes.count
        }
        return count
    }

    /// Ends what an earlier process began to delete, and did not end.
    ///
    /// - Returns: how many quotes are gone.
    public func finish() async throws -> Int {
        var count = 0
        for run in try await archive.unfinishedRuns() {
            try await carryOut(run)
            count += run.quotes.count
        }
        return count
    }

    /// Deletes what is kept for one verdict alone, whatever its age, because somebody has a right to it (E-15).
    ///
    /// - Parameter identifier: The verdict's `jti`.
    /// - Returns: how many things are no longer kept for it, and how many quotes are gone: another verdict may rest on the
    ///   same one. `nil` where the verdict is held, and nothing was deleted.
    public func erase(
        _ identifier: String, at milliseconds: Int64
    ) async throws -> (references: Int, quotes: Int)? {
        guard let run = try await archive.fixErasure(of: identifier, at: milliseconds) else { return nil }
        try await carryOut(run)
        return (run.references, run.quotes.count)
    }

    /// The set is fixed; the log says so; then it goes (V-3). What is cut off in between is finished by the next.
    private func carryOut(_ run: PurgeRun) async throws {
        do {
            if !run.isLogged {
                try await record(run)
                try await archive.setLogged(run)
            }
            try await archive.carryOut(run)
        } catch {
            archive.leave(run)
            throw error
        }
    }

    private func record(_ run: PurgeRun) async throws {
        guard !run.quotes.isEmpty else { return }
        let entry = PurgeEntry(
            count: Int64(run.quotes.count), fromMilliseconds: 0, toMilliseconds: run.toMilliseconds,
            setSHA256: PurgeEntry.digest(of: run.quotes), basis: run.basis)
        _ = try await log.append(LogEntry(timeMilliseconds: log.settings.now(), body: .purge(entry)))
    }

    /// Shared documents live as long as the last verdict that rests on them, and a month longer; parts as long as a
    /// manifest that names them.
    private func keepWhatIsUsed(at milliseconds: Int64) async throws {
        let documents = try await archive.sharedDocuments()
        guard documents.contains(where: { $0.until < milliseconds }) else { return }
        // An index that is behind does not know of the last verdicts: then everything they may share stays.
        let isBehind = try await index.watermark() + Self.indexLag < log.tree.size
        var ends: [MerkleHash: Int64] = [:]
        for (role, hash, until) in documents {
            switch role {
            case .manifest, .policy:
                let last = try await index.lastUse(of: role, hash)
                let end =
                    isBehind
                    ? archive.retainUntil(milliseconds)
                    : max(until, last.map { archive.retainUntil($0) + Self.graceMilliseconds } ?? 0)
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
