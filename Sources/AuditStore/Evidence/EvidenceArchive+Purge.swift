import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import Records
import Synchronization
import Wire

/// A deletion whose set is fixed: nothing of it is gone before the log says so (transparency-log V-3).
struct PurgeRun: Sendable {
    let number: Int64
    let basis: PurgeEntry.Basis
    /// Up to when what it deletes was made.
    let toMilliseconds: Int64
    let isLogged: Bool
    /// Those of which nothing is left afterwards.
    let quotes: [MerkleHash]
    let references: Int
}

/// Deleting. In slices that a nearly full disk has room for, because what is deleted is overwritten first, and each gives
/// its space back before the next begins.
extension EvidenceArchive {
    /// References of one run: its entry comes before it, and is about no more.
    private static let runReferences = 4_096
    /// Of a slice.
    private static let sliceReferences = 512
    /// Bytes of a slice: what is left of the disk must hold them twice, in the write-ahead log and on the way back.
    private var sliceBytes: Int { Int(max(65_536, min(8 << 20, settings.room.freeBytes() / 4))) }

    /// Fixes what is over its time. A retention that was shortened counts for what is stored already: names of verdicts
    /// begin with their time.
    ///
    /// - Returns: `nil` where there is nothing.
    func fixExpired(at milliseconds: Int64) async throws(EvidenceFailure) -> PurgeRun? {
        let first = Self.firstName(at: milliseconds - settings.retentionDays * 86_400_000)
        return try await fix(.retention, to: milliseconds - settings.retentionDays * 86_400_000) { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sha256, role, owner FROM blob_refs r
                    WHERE hold = 0 AND (retain_until_ms < ? OR owner < ?)
                    AND NOT EXISTS (SELECT 1 FROM purge_set p
                                    WHERE p.sha256 = r.sha256 AND p.role = r.role AND p.owner = r.owner)
                    LIMIT ?
                    """, arguments: [milliseconds, first, Self.runReferences])
        }
    }

    /// Fixes what is kept for one verdict alone.
    ///
    /// - Returns: `nil` where the verdict is held, and nothing is deleted.
    func fixErasure(of owner: String, at milliseconds: Int64) async throws(EvidenceFailure) -> PurgeRun? {
        guard try await !isHeld(owner: owner) else { return nil }
        let run = try await fix(.erasure, to: milliseconds) { database in
            try Row.fetchAll(
                database, sql: "SELECT sha256, role, owner FROM blob_refs WHERE owner = ? AND hold = 0",
                arguments: [owner])
        }
        return run
            ?? PurgeRun(
                number: 0, basis: .erasure, toMilliseconds: milliseconds, isLogged: true, quotes: [], references: 0)
    }

    private func fix(
        _ basis: PurgeEntry.Basis, to milliseconds: Int64, _ rows: @escaping @Sendable (Database) throws -> [Row]
    ) async throws(EvidenceFailure) -> PurgeRun? {
        try await mapping {
            try settings.room.check(.own)
            return try await file.writer.write { [self] database in
                let rows = try rows(database)
                guard !rows.isEmpty else { return nil }
                try database.execute(
                    sql: "INSERT INTO purge_run (basis, to_ms) VALUES (?, ?)",
                    arguments: [basis.rawValue, milliseconds])
                let number = database.lastInsertedRowID
                for row in rows {
                    try database.execute(
                        sql: "INSERT INTO purge_set VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                        arguments: [
                            number, row["sha256"] as Data, row["role"] as String, row["owner"] as String,
                        ])
                }
                running.withLock { _ = $0.insert(number) }
                return try Self.run(database, number)
            }
        }
    }

    /// Those that an earlier process began and did not end.
    func unfinishedRuns() async throws(EvidenceFailure) -> [PurgeRun] {
        try await mapping {
            try await file.writer.write { [self] database in
                let numbers = try Int64.fetchAll(database, sql: "SELECT run FROM purge_run ORDER BY run")
                let open = numbers.filter { number in running.withLock { $0.insert(number).inserted } }
                return try open.compactMap { try Self.run(database, $0) }
            }
        }
    }

    private static func run(_ database: Database, _ number: Int64) throws -> PurgeRun? {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT basis, to_ms, is_logged FROM purge_run WHERE run = ?", arguments: [number]),
            let basis = PurgeEntry.Basis(rawValue: row["basis"])
        else { return nil }
        let quotes = try Data.fetchAll(
            database,
            sql: """
                SELECT DISTINCT sha256 FROM purge_set s WHERE run = ? AND role = 'quote'
                AND NOT EXISTS (SELECT 1 FROM blob_refs r WHERE r.sha256 = s.sha256
                                AND NOT EXISTS (SELECT 1 FROM purge_set o WHERE o.sha256 = r.sha256
                                                AND o.role = r.role AND o.owner = r.owner))
                """, arguments: [number])
        let count = try Int.fetchOne(
            database, sql: "SELECT count(*) FROM purge_set WHERE run = ?", arguments: [number])
        return PurgeRun(
            number: number, basis: basis, toMilliseconds: row["to_ms"], isLogged: row["is_logged"] as Int64 == 1,
            quotes: quotes.compactMap { LogTables.hash($0) }, references: count ?? 0)
    }

    /// Its entry is in the log: deleting may begin, and is finished by whoever comes.
    func setLogged(_ run: PurgeRun) async throws(EvidenceFailure) {
        try await mapping {
            try await file.writer.write { database in
                try database.execute(
                    sql: "UPDATE purge_run SET is_logged = 1 WHERE run = ?", arguments: [run.number])
            }
        }
    }

    /// Deletes everything of a run, and gives the space back.
    func carryOut(_ run: PurgeRun) async throws(EvidenceFailure) {
        while try await deleteSlice(of: run.number) { try await shrink() }
        known.withLock { $0 = [] }
        running.withLock { _ = $0.remove(run.number) }
        while try await shrink() {}
    }

    /// What was begun is left to the next.
    func leave(_ run: PurgeRun) { running.withLock { _ = $0.remove(run.number) } }

    /// - Returns: whether there was anything.
    private func deleteSlice(of run: Int64) async throws(EvidenceFailure) -> Bool {
        try await mapping {
            try settings.room.check(.own)
            let most = sliceBytes
            return try await file.writer.write { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT s.sha256, s.role, s.owner, coalesce(length(b.body), 0) AS bytes
                        FROM purge_set s LEFT JOIN blobs b ON b.sha256 = s.sha256 WHERE s.run = ? LIMIT ?
                        """, arguments: [run, Self.sliceReferences])
                var bytes = 0
                for row in rows {
                    if bytes > most { break }
                    bytes += row["bytes"] as Int
                    try Self.delete(database, row)
                }
                if rows.isEmpty {
                    try database.execute(sql: "DELETE FROM purge_run WHERE run = ?", arguments: [run])
                }
                return !rows.isEmpty
            }
        }
    }

    private static func delete(_ database: Database, _ row: Row) throws {
        let name: StatementArguments = [row["sha256"] as Data, row["role"] as String, row["owner"] as String]
        let isOne = "WHERE sha256 = ? AND role = ? AND owner = ?"
        try database.execute(sql: "DELETE FROM blob_refs \(isOne)", arguments: name)
        try database.execute(sql: "DELETE FROM purge_set \(isOne)", arguments: name)
        try database.execute(
            sql: """
                DELETE FROM blobs WHERE sha256 = ?
                AND NOT EXISTS (SELECT 1 FROM blob_refs WHERE blob_refs.sha256 = blobs.sha256)
                """, arguments: [row["sha256"] as Data])
    }

    /// Gives a part of the free pages back to the disk.
    ///
    /// - Returns: whether there are more.
    @discardableResult
    private func shrink() async throws(EvidenceFailure) -> Bool {
        try await mapping {
            let pages = max(8, sliceBytes / 8_192)
            let (used, isMore) = try await file.writer.writeWithoutTransaction { database in
                let before = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                // Each row that it answers is a page: all are read.
                _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(\(pages))")
                let after = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
                return (try EvidenceLedger.bytes(of: database), after > 0 && after < before)
            }
            ledger.withLock { $0.measured(used) }
            try file.truncate()
            return isMore
        }
    }

    /// Where the names of verdicts of a time begin: a UUIDv7 begins with its milliseconds.
    static func firstName(at milliseconds: Int64) -> String {
        let digits = String(max(0, milliseconds), radix: 16)
        let text = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
        return "\(text.prefix(8))-\(text.dropFirst(8))"
    }
}
