import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
public import Records
import Synchronization
public import Wire

/// What verdicts rest on, by the SHA-256 of its bytes: quotes and event logs for a time, collateral and policies for as long
/// as something rests on them (transparency-log 14). One thread writes, in groups, and a call returns when its bytes are on
/// the disk; the entry that commits to them is queued after that (C-4).
public final class EvidenceArchive: Sendable {
    private struct Pending: Sendable {
        let items: [EvidenceItem]
        let owner: String
        let retainUntil: Int64
        let continuation: CheckedContinuation<Result<Void, EvidenceFailure>, Never>
    }

    static let sharedOwner = "shared"

    private let file: DatabaseFile
    private let pool: DatabasePool
    private var reader: EvidenceReader { EvidenceReader(database: pool) }
    private let thread: BatchThread<Pending>
    /// Shared documents that are stored already: nearly all of every verdict's.
    private let known = Mutex<Set<MerkleHash>>([])
    /// How long what belongs to one verdict is kept, in days.
    public let retentionDays: Int64

    /// - Parameter patience: When something has waited so long to be stored, nothing more is let in.
    public init(
        path: String, retentionDays: Int64, patience: Duration = .seconds(2)
    ) throws(EvidenceFailure) {
        self.retentionDays = retentionDays
        thread = BatchThread(limits: .init(patience: patience))
        do {
            file = try DatabaseFile(
                path: path, .full, setup: ["PRAGMA auto_vacuum = INCREMENTAL"])
            try file.writer.writeWithoutTransaction { database in
                _ = try Row.fetchOne(database, sql: "PRAGMA secure_delete = ON")
                guard try Int.fetchOne(database, sql: "PRAGMA secure_delete") == 1 else {
                    throw LogDefect(.refused, "secure_delete does not hold")
                }
            }
            try Self.schema.apply(to: file)
            pool = try file.readers(4)
        } catch {
            throw EvidenceFailure(sentence: "\(path): \(sentence(of: error))")
        }
        thread.start(
            name: "evidence", idleEvery: .seconds(1), work: { [self] in write($0) },
            idle: { [self] in if file.walBytes > 0 { try? file.truncate() } })
    }

    static let schema = Schema(
        sql: String(decoding: PackageResources.m0001_evidence_sql, as: UTF8.self), version: 1,
        applicationID: 0x4154_4556)

    public func retainUntil(_ milliseconds: Int64) -> Int64 { milliseconds + retentionDays * 86_400_000 }

    /// Stores what is not stored yet.
    ///
    /// - Parameter owner: The verdict's `jti`.
    public func store(_ items: [EvidenceItem], owner: String, at milliseconds: Int64) async throws(EvidenceFailure) {
        let new = known.withLock { known in items.filter { !$0.role.isShared || !known.contains($0.sha256) } }
        guard !new.isEmpty else { return }
        let until = retainUntil(milliseconds)
        let result = await withCheckedContinuation { continuation in
            let pending = Pending(items: new, owner: owner, retainUntil: until, continuation: continuation)
            if !thread.offer(pending, bytes: new.reduce(0) { $0 + $1.bytes.count }) {
                continuation.resume(returning: .failure(EvidenceFailure(sentence: "the archive's queue is full")))
            }
        }
        try result.get()
        known.withLock { known in
            // A few manifests a month: far below this, and asking the database again does no harm.
            if known.count > 65_536 { known = [] }
            for item in new where item.role.isShared { known.insert(item.sha256) }
        }
    }

    private func write(_ batch: [Pending]) -> () -> Void {
        let result: Result<Void, EvidenceFailure>
        do {
            try file.writer.write { database in
                for pending in batch {
                    for item in pending.items {
                        let owner = item.role.isShared ? Self.sharedOwner : pending.owner
                        try Self.store(database, item, owner: owner, until: pending.retainUntil)
                    }
                }
            }
            result = .success(())
        } catch {
            result = .failure(EvidenceFailure(sentence: sentence(of: error)))
        }
        return { [self] in
            for pending in batch { pending.continuation.resume(returning: result) }
            if file.walBytes > 4_096 * 8_192 { try? file.checkpoint() }
        }
    }

    private static func store(_ database: Database, _ item: EvidenceItem, owner: String, until: Int64) throws {
        if item.role == .quote, let split = BlobCodec.split(item.bytes) {
            try insert(database, split.chainHash, BlobCodec.raw, split.chain.count, split.chain)
            try refer(database, split.chainHash, .collateral, owner, until)
            try insert(database, item.sha256, BlobCodec.splitQuote, item.bytes.count, split.body)
        } else {
            try insert(database, item.sha256, BlobCodec.raw, item.bytes.count, item.bytes)
        }
        try refer(database, item.sha256, item.role, owner, until)
    }

    private static func insert(
        _ database: Database, _ hash: MerkleHash, _ codec: Int64, _ size: Int, _ body: [UInt8]
    ) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO blobs (sha256, codec, size, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        try statement.execute(arguments: [Data(hash.bytes), codec, size, Data(body)])
    }

    private static func refer(
        _ database: Database, _ hash: MerkleHash, _ role: EvidenceRole, _ owner: String, _ until: Int64
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                INSERT INTO blob_refs (sha256, role, owner, retain_until_ms) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET retain_until_ms = max(retain_until_ms, excluded.retain_until_ms)
                """)
        try statement.execute(arguments: [Data(hash.bytes), role.rawValue, owner, until])
    }

    /// The bytes of a name; `nil` where they are not, or no longer, kept. What is not what its name says is a failure (V-1).
    public func bytes(of hash: MerkleHash) async throws(EvidenceFailure) -> [UInt8]? {
        try await reader.bytes(of: hash)
    }

    /// Everything kept for one verdict.
    public func items(of owner: String) async throws(EvidenceFailure) -> [(role: EvidenceRole, sha256: MerkleHash)] {
        do {
            return try await pool.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT role, sha256 FROM blob_refs WHERE owner = ?", arguments: [owner]
                ).compactMap { row in
                    guard let role = EvidenceRole(rawValue: row["role"]), let hash = LogTables.hash(row["sha256"])
                    else {
                        return nil
                    }
                    return (role, hash)
                }
            }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
    }

    public func isHeld(owner: String) async throws(EvidenceFailure) -> Bool {
        do {
            return try await pool.read { database in
                try Bool.fetchOne(
                    database, sql: "SELECT EXISTS (SELECT 1 FROM blob_refs WHERE owner = ? AND hold = 1)",
                    arguments: [owner]) ?? false
            }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
    }

    /// Keeps a verdict's evidence whatever its age, or no longer (legal hold).
    public func setHold(_ isHeld: Bool, owner: String) async throws(EvidenceFailure) {
        try await mapping {
            try await file.writer.write { database in
                try database.execute(
                    sql: "UPDATE blob_refs SET hold = ? WHERE owner = ?", arguments: [isHeld ? 1 : 0, owner])
            }
        }
    }

    /// Every shared document, and until when it is kept.
    func sharedDocuments() async throws(EvidenceFailure) -> [(role: EvidenceRole, sha256: MerkleHash, until: Int64)] {
        do {
            return try await pool.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT role, sha256, retain_until_ms FROM blob_refs WHERE owner = ?",
                    arguments: [Self.sharedOwner]
                ).compactMap { row in
                    guard let role = EvidenceRole(rawValue: row["role"]), let hash = LogTables.hash(row["sha256"])
                    else {
                        return nil
                    }
                    return (role, hash, row["retain_until_ms"])
                }
            }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
    }

    func extend(_ hash: MerkleHash, until: Int64) async throws(EvidenceFailure) {
        try await mapping {
            try await file.writer.write { database in
                try database.execute(
                    sql: "UPDATE blob_refs SET retain_until_ms = ? WHERE sha256 = ? AND owner = ?",
                    arguments: [until, Data(hash.bytes), Self.sharedOwner])
            }
        }
    }

    /// Deletes up to `limit` references whose time is over, and the bytes that nothing refers to any more.
    ///
    /// - Returns: the quotes that are gone.
    func deleteExpired(at milliseconds: Int64, limit: Int) async throws(EvidenceFailure) -> (
        quotes: [MerkleHash], references: Int
    ) {
        let result: (quotes: [MerkleHash], references: Int)
        do {
            result = try await file.writer.write { try Self.deleteExpired($0, at: milliseconds, limit: limit) }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
        known.withLock { $0 = [] }
        try await mapping {
            try await file.writer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum(1024)") }
        }
        return result
    }

    /// Deletes what is kept for one verdict alone.
    ///
    /// - Returns: the quotes that are gone; `nil` where the verdict is held, and nothing was deleted.
    func erase(owner: String) async throws(EvidenceFailure) -> (quotes: [MerkleHash], references: Int)? {
        let result: (quotes: [MerkleHash], references: Int)?
        do {
            result = try await file.writer.write { database in
                let rows = try Row.fetchAll(
                    database, sql: "SELECT sha256, role, owner, hold FROM blob_refs WHERE owner = ?",
                    arguments: [owner])
                guard rows.allSatisfy({ $0["hold"] as Int64 == 0 }) else { return nil }
                return (try Self.delete(database, rows), rows.count)
            }
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
        known.withLock { $0 = [] }
        return result
    }

    private static func deleteExpired(
        _ database: Database, at milliseconds: Int64, limit: Int
    ) throws -> (quotes: [MerkleHash], references: Int) {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT sha256, role, owner FROM blob_refs WHERE hold = 0 AND retain_until_ms < ? LIMIT ?",
            arguments: [milliseconds, limit])
        return (try delete(database, rows), rows.count)
    }

    /// Deletes references, and the bytes that nothing refers to any more.
    ///
    /// - Returns: the quotes that are gone.
    private static func delete(_ database: Database, _ rows: [Row]) throws -> [MerkleHash] {
        var quotes: [MerkleHash] = []
        for row in rows {
            let data: Data = row["sha256"]
            try database.execute(
                sql: "DELETE FROM blob_refs WHERE sha256 = ? AND role = ? AND owner = ?",
                arguments: [data, row["role"] as String, row["owner"] as String])
            let isReferred = try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM blob_refs WHERE sha256 = ?)", arguments: [data])
            guard isReferred == false else { continue }
            try database.execute(sql: "DELETE FROM blobs WHERE sha256 = ?", arguments: [data])
            if row["role"] == EvidenceRole.quote.rawValue, let hash = LogTables.hash(data) { quotes.append(hash) }
        }
        return quotes
    }

    private func mapping(_ body: () async throws -> Void) async throws(EvidenceFailure) {
        do {
            try await body()
        } catch {
            throw EvidenceFailure(sentence: sentence(of: error))
        }
    }

    /// Blocks.
    public func stop() {
        thread.stop()
        try? file.truncate()
    }
}
