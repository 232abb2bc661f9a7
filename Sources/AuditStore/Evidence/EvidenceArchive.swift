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
        /// Of what belongs to the verdict, and of what verdicts share.
        let retainUntil: (own: Int64, shared: Int64)
        let charge: EvidenceLedger.Charge?
        let continuation: CheckedContinuation<Result<Void, EvidenceFailure>, Never>
    }

    static let sharedOwner = "shared"

    let file: DatabaseFile
    let pool: DatabasePool
    let settings: ArchiveSettings
    private var reader: EvidenceReader { EvidenceReader(database: pool) }
    private let thread: BatchThread<Pending>
    /// Shared documents that are stored already: nearly all of every verdict's.
    let known = Mutex<Set<MerkleHash>>([])
    let ledger: Mutex<EvidenceLedger>
    /// Deletions that are being carried out.
    let running = Mutex<Set<Int64>>([])
    /// How long what belongs to one verdict is kept, in days.
    public var retentionDays: Int64 { settings.retentionDays }

    public convenience init(path: String, retentionDays: Int64) throws(EvidenceFailure) {
        try self.init(path: path, ArchiveSettings(retentionDays: retentionDays))
    }

    public init(path: String, _ settings: ArchiveSettings) throws(EvidenceFailure) {
        self.settings = settings
        thread = BatchThread(limits: .init(patience: settings.patience))
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
            ledger = Mutex(try file.writer.read { try EvidenceLedger($0) })
        } catch {
            throw EvidenceFailure(sentence: "\(path): \(sentence(of: error))")
        }
        thread.start(
            name: "evidence", idleEvery: .seconds(1), work: { [self] in write($0) },
            idle: { [self] in if file.walBytes > 0 { try? file.truncate() } })
    }

    static let schema = Schema(
        steps: [PackageResources.m0001_evidence_sql, PackageResources.m0002_budget_sql].map {
            String(decoding: $0, as: UTF8.self)
        }, applicationID: 0x4154_4556)

    public func retainUntil(_ milliseconds: Int64) -> Int64 { milliseconds + settings.retentionDays * 86_400_000 }

    /// What a verdict was, as far as its evidence is kept for longer or shorter, or not at all.
    public enum Weight: Hashable, Sendable {
        case accept
        /// Or an error: anybody can cause one.
        case reject

        fileprivate var kind: EvidenceLedger.Kind { self == .accept ? .accept : .reject }
    }

    /// Stores what a verdict rests on, as far as its caller's budget and the file's limit allow.
    ///
    /// - Parameters:
    ///   - identifier: The verdict's `jti`.
    ///   - caller: As text; only a hash of it is kept, for the rest of the day.
    /// - Returns: whether it is kept; of a reject there may be no room for more than its hash. An accept for which there is
    ///   no room is a failure.
    public func store(
        _ items: [EvidenceItem], of identifier: String, _ weight: Weight, for caller: String, at milliseconds: Int64
    ) async throws(EvidenceFailure) -> Bool {
        let bytes = items.reduce(Int64(0)) { $0 + ($1.role.isShared ? 0 : Int64($1.bytes.count)) }
        let charge: EvidenceLedger.Charge
        do throws(EvidenceLedger.Refusal) {
            charge = try ledger.withLock { ledger throws(EvidenceLedger.Refusal) in
                try ledger.charge(bytes, weight.kind, to: caller, at: milliseconds, settings)
            }
        } catch {
            guard weight == .reject else { throw EvidenceFailure(error) }
            // What verdicts share is nobody's cost, but at the limit of the file.
            if case .file = error { return false }
            try await enqueue(items.filter(\.role.isShared), owner: identifier, weight, nil, at: milliseconds)
            return false
        }
        do throws(EvidenceFailure) {
            try await enqueue(items, owner: identifier, weight, charge, at: milliseconds)
        } catch {
            ledger.withLock { $0.giveBack(charge) }
            throw error
        }
        return true
    }

    /// Stores what is not stored yet, at nobody's cost.
    ///
    /// - Parameter owner: The verdict's `jti`; of no meaning for what verdicts share.
    package func store(
        _ items: [EvidenceItem], owner: String, at milliseconds: Int64
    ) async throws(EvidenceFailure) {
        try await enqueue(items, owner: owner, .accept, nil, for: .own, at: milliseconds)
    }

    /// Stores what a verdict rests on that is judged again: nearly always it is there. No caller's cost.
    package func store(
        _ items: [EvidenceItem], ofAgain identifier: String, at milliseconds: Int64
    ) async throws(EvidenceFailure) {
        try await enqueue(items, owner: identifier, .accept, nil, for: .request, at: milliseconds)
    }

    private func enqueue(
        _ items: [EvidenceItem], owner: String, _ weight: Weight, _ charge: EvidenceLedger.Charge?,
        for purpose: DiskRoom.Purpose = .request, at milliseconds: Int64
    ) async throws(EvidenceFailure) {
        let new = known.withLock { known in items.filter { !$0.role.isShared || !known.contains($0.sha256) } }
        guard !new.isEmpty else { return }
        do throws(DiskFull) {
            try settings.room.check(purpose)
        } catch {
            // What is there needs no room.
            if try await areStored(new) { return }
            throw EvidenceFailure(sentence: error.sentence, retryAfterSeconds: 30)
        }
        let shared = retainUntil(milliseconds)
        let own = weight == .accept ? shared : milliseconds + settings.rejectRetentionDays * 86_400_000
        let result = await withCheckedContinuation { continuation in
            let pending = Pending(
                items: new, owner: owner, retainUntil: (own, shared), charge: charge, continuation: continuation)
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

    /// Whether documents that verdicts share are all in the file.
    private func areStored(_ items: [EvidenceItem]) async throws(EvidenceFailure) -> Bool {
        guard items.allSatisfy(\.role.isShared) else { return false }
        return try await mapping {
            try await pool.read { database in
                try items.allSatisfy { item in
                    try Bool.fetchOne(
                        database,
                        sql: "SELECT EXISTS (SELECT 1 FROM blob_refs WHERE sha256 = ? AND role = ? AND owner = ?)",
                        arguments: [Data(item.sha256.bytes), item.role.rawValue, Self.sharedOwner]) ?? false
                }
            }
        }
    }

    private func write(_ batch: [Pending]) -> () -> Void {
        let result: Result<Void, EvidenceFailure>
        do {
            let used = try file.writer.write { database in
                for pending in batch {
                    for item in pending.items {
                        let isShared = item.role.isShared
                        // What is used again does not go, even where it was to.
                        if isShared { try Self.keep(database, item) }
                        try Self.store(
                            database, item, owner: isShared ? Self.sharedOwner : pending.owner,
                            until: isShared ? pending.retainUntil.shared : pending.retainUntil.own)
                    }
                    if let charge = pending.charge { try EvidenceLedger.store(database, charge) }
                }
                return try EvidenceLedger.bytes(of: database)
            }
            ledger.withLock { ledger in
                for charge in batch.compactMap(\.charge) { ledger.settle(charge) }
                ledger.measured(used)
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

    private static func keep(_ database: Database, _ item: EvidenceItem) throws {
        try database.cachedStatement(sql: "DELETE FROM purge_set WHERE sha256 = ? AND role = ? AND owner = ?").execute(
            arguments: [Data(item.sha256.bytes), item.role.rawValue, sharedOwner])
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
                // Even where it is announced that it goes.
                if isHeld { try database.execute(sql: "DELETE FROM purge_set WHERE owner = ?", arguments: [owner]) }
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

    /// Bytes that the file holds, or is about to.
    public var usedBytes: Int64 { ledger.withLock { $0.usedBytes } }

    func mapping<Value: Sendable>(_ body: () async throws -> Value) async throws(EvidenceFailure) -> Value {
        do {
            return try await body()
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

extension EvidenceFailure {
    init(_ refusal: EvidenceLedger.Refusal) {
        switch refusal {
        case .caller(let bytes, let seconds):
            self.init(
                sentence:
                    "a caller has used its \(bytes) bytes of evidence of this day (audit.accept_bytes_per_caller)",
                kind: .callerBudget, retryAfterSeconds: seconds)
        case .day: self.init(sentence: "the bytes of rejects of this day are used", kind: .callerBudget)
        case .file(let bytes):
            self.init(
                sentence:
                    "evidence.db has reached its limit of \(bytes) bytes: raise audit.evidence_max_bytes, shorten "
                    + "audit.retention_days, or see what fills it", kind: .full, retryAfterSeconds: 300)
        }
    }
}
