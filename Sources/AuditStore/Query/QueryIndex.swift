package import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
import Records
public import Wire

/// What auditors search by: rows made from the log behind its back, never beyond what is signed, and made again from the
/// beginning whenever in doubt (transparency-log S-9). Nothing here proves anything: answers are leads into the log.
public struct QueryIndex: Sendable {
    let file: DatabaseFile
    private let pool: DatabasePool
    /// The most that the file holds.
    private let mostBytes: Int64
    private let room: DiskRoom

    public struct Failure: Error, Hashable, Sendable {
        public let sentence: String
    }

    static let schema = Schema(
        steps: [String(decoding: PackageResources.m0001_query_sql, as: UTF8.self)], applicationID: 0x4154_5158)

    public init(path: String, origin: KeyName, signedSize: UInt64) throws(Failure) {
        try self.init(path: path, origin: origin, signedSize: signedSize, mostBytes: .max, room: .unlimited)
    }

    /// Opens the index of a log; one that does not fit is deleted and filled again.
    ///
    /// - Parameter mostBytes: Beyond it the index follows the log no further, and answers say how far it reaches.
    package init(
        path: String, origin: KeyName, signedSize: UInt64, mostBytes: Int64 = .max, room: DiskRoom = .unlimited
    ) throws(Failure) {
        self.mostBytes = mostBytes
        self.room = room
        do {
            file = try Self.open(path, origin, signedSize)
            pool = try file.readers(4)
        } catch {
            throw Failure(sentence: "\(path): \(sentence(of: error))")
        }
    }

    private static func open(_ path: String, _ origin: KeyName, _ signedSize: UInt64) throws -> DatabaseFile {
        if let file = try? DatabaseFile(path: path, .normal), (try? check(file, origin, signedSize)) != nil {
            return file
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        let file = try DatabaseFile(path: path, .normal)
        try check(file, origin, signedSize)
        return file
    }

    private static func check(_ file: DatabaseFile, _ origin: KeyName, _ signedSize: UInt64) throws {
        try schema.apply(to: file)
        try file.writer.write { database in
            try database.execute(
                sql: "INSERT INTO watermark VALUES (1, 0, ?) ON CONFLICT DO NOTHING", arguments: [origin.description])
            let row = try Row.fetchOne(database, sql: "SELECT applied_size, origin FROM watermark")
            guard (row?["origin"] as String?).hasSameBytes(as: origin.description),
                let applied = row?["applied_size"] as Int64?, applied <= Int64(signedSize)
            else { throw LogDefect(.refused, "the index of another log") }
        }
    }

    /// How far the index reaches.
    public func watermark() async throws(Failure) -> UInt64 {
        try await mapping {
            try await pool.read { try Self.watermark($0) }
        }
    }

    static func watermark(_ database: Database) throws -> UInt64 {
        UInt64(try Int64.fetchOne(database, sql: "SELECT applied_size FROM watermark") ?? 0)
    }

    /// Takes the next entries in, and moves the watermark, in one transaction.
    ///
    /// Never inlined: Swift 6.3.1 crashes while it optimises the loop that calls it otherwise.
    @inline(never)
    func apply(_ rows: [QueryRow], from index: UInt64) async throws(Failure) {
        try await mapping {
            try room.check(.request)
            try await file.writer.write { database in
                guard try Self.watermark(database) == index else { return }
                let used = try EvidenceLedger.bytes(of: database)
                guard used < mostBytes else {
                    throw LogDefect(
                        .refused,
                        "query.db has reached its limit of \(mostBytes) bytes, and ends at entry \(index): raise "
                            + "audit.index_max_bytes")
                }
                for (offset, row) in rows.enumerated() { try row.insert(database, at: Int64(index) + Int64(offset)) }
                try database.execute(
                    sql: "UPDATE watermark SET applied_size = ?", arguments: [Int64(index) + Int64(rows.count)])
            }
            if file.walBytes > 4_096 * 8_192 {
                try await file.writer.writeWithoutTransaction {
                    _ = try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(PASSIVE)")
                }
            }
        }
    }

    /// One page: indices in order, and where the next page begins.
    public struct Page: Hashable, Sendable {
        public let indices: [UInt64]
        /// The index after which the next page begins, in the page's order; `nil` at the end.
        public let next: UInt64?
    }

    /// Rows that one page looks through where no index helps: a page may come back short, with a cursor, and is never slow.
    private static let window: UInt64 = 50_000

    /// - Parameters:
    ///   - after: The last index of the page before.
    ///   - size: Only entries below it, whatever was added since.
    public func page(
        _ filter: AuditFilter, size: UInt64, after: UInt64?, ascending: Bool, limit: Int
    ) async throws(Failure) -> Page {
        try await mapping {
            try await pool.read { database in
                let sql = QuerySQL(filter)
                let start = filter.fromIndex ?? 0
                var range = start..<max(start, min(size, filter.toIndex ?? size))
                range = try Self.narrowed(range, to: filter, database)
                if let after {
                    range =
                        ascending
                        ? min(max(range.lowerBound, after + 1), range.upperBound)..<range.upperBound
                        : range.lowerBound..<max(range.lowerBound, min(range.upperBound, after))
                }
                var part = range
                if !sql.isIndexed, range.count > Int(Self.window) {
                    part =
                        ascending
                        ? range.lowerBound..<range.lowerBound + Self.window
                        : range.upperBound - Self.window..<range.upperBound
                }
                let (condition, arguments) = sql.within(part)
                let found = try Int64.fetchAll(
                    database,
                    sql:
                        "SELECT idx FROM q WHERE \(condition) ORDER BY idx \(ascending ? "ASC" : "DESC") LIMIT \(limit + 1)",
                    arguments: arguments
                ).map { UInt64($0) }
                if found.count > limit { return Page(indices: Array(found.prefix(limit)), next: found[limit - 1]) }
                guard part != range else { return Page(indices: found, next: nil) }
                return Page(indices: found, next: ascending ? part.upperBound - 1 : part.lowerBound)
            }
        }
    }

    /// The range without what is surely outside the filter's time. An entry's time is at most 300 s before and 5 s after
    /// the writer's clock, which never goes back by more than 5 s (E-7), so that time can be searched by halving.
    private static func narrowed(
        _ range: Range<UInt64>, to filter: AuditFilter, _ database: Database
    ) throws -> Range<UInt64> {
        func bound(_ isOutside: (Int64) -> Bool) throws -> UInt64 {
            var (low, high) = (range.lowerBound, range.upperBound)
            while low < high {
                let middle = low + (high - low) / 2
                let time = try Int64.fetchOne(
                    database, sql: "SELECT time_ms FROM q WHERE idx = ?", arguments: [Int64(middle)])
                guard let time else { break }
                if isOutside(time) { low = middle + 1 } else { high = middle }
            }
            return low
        }
        var (lower, upper) = (range.lowerBound, range.upperBound)
        if let from = filter.fromMilliseconds { lower = try bound { $0 < from - 320_000 } }
        if let to = filter.toMilliseconds { upper = max(lower, try bound { $0 < to + 320_000 }) }
        return lower..<upper
    }

    /// What entries are found by.
    public enum Name: Hashable, Sendable {
        case identifier(String)
        case leafHash(MerkleHash)
        case evidence(MerkleHash)
    }

    /// Indices of the entries that have this name; at most `limit`.
    public func lookup(_ name: Name, limit: Int) async throws(Failure) -> [UInt64] {
        let (column, value): (String, any DatabaseValueConvertible & Sendable) =
            switch name {
            case .identifier(let identifier): ("jti", identifier)
            case .leafHash(let hash): ("leaf_hash", Data(hash.bytes))
            case .evidence(let hash): ("evidence_sha256", Data(hash.bytes))
            }
        return try await mapping {
            try await pool.read { database in
                try Int64.fetchAll(
                    database, sql: "SELECT idx FROM q WHERE \(column) = ? ORDER BY idx LIMIT ?",
                    arguments: [value, limit]
                ).map { UInt64($0) }
            }
        }
    }

    public enum Grouping: String, CaseIterable, Sendable {
        case verdict, policy
        case tcbStatus = "tcb_status"
        case tee

        var column: String { self == .policy ? "policy_id" : rawValue }
    }

    /// How many verdicts of a time, by a member. A bounded part of a very long time.
    public func counts(
        by grouping: Grouping, from: Int64, to: Int64
    ) async throws(Failure) -> (counts: [(value: String, count: Int64)], isComplete: Bool) {
        let limit: Int64 = 1_000_000
        return try await mapping {
            try await pool.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT v, count(*), sum(n) FROM (
                            SELECT coalesce(\(grouping.column), '') AS v, 1 AS n FROM q
                            WHERE time_ms >= ? AND time_ms < ? AND kind = 'verdict' ORDER BY time_ms LIMIT ?)
                        GROUP BY v ORDER BY v
                        """, arguments: [from, to, limit])
                let counts = rows.map { ($0[0] as String, $0[1] as Int64) }
                return (counts, counts.reduce(0) { $0 + $1.1 } < limit)
            }
        }
    }

    /// When a shared document was last used by a verdict; `nil` where none is known.
    func lastUse(of role: EvidenceRole, _ hash: MerkleHash) async throws(Failure) -> Int64? {
        let column: String
        switch role {
        case .policy: column = "policy_sha256"
        case .manifest: column = "collateral_sha256"
        default: return nil
        }
        return try await mapping {
            try await pool.read { database in
                try Int64.fetchOne(
                    database, sql: "SELECT max(time_ms) FROM q WHERE \(column) = ?", arguments: [Data(hash.bytes)])
            }
        }
    }

    private func mapping<Value: Sendable>(_ body: () async throws -> Value) async throws(Failure) -> Value {
        do {
            return try await body()
        } catch {
            throw Failure(sentence: sentence(of: error))
        }
    }
}

/// An entry as a row.
struct QueryRow: Sendable {
    /// `nil` for one that this version cannot read.
    private let entry: LogEntry?
    private let leafHash: MerkleHash

    init(leaf: [UInt8]) {
        entry = try? LogEntry(leaf: leaf)
        leafHash = MerkleHashing.leaf(leaf)
    }

    init(_ admitted: AdmittedEntry) {
        entry = admitted.entry
        leafHash = admitted.leafHash
    }

    func insert(_ database: Database, at index: Int64) throws {
        let statement = try database.cachedStatement(
            sql: "INSERT INTO q VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        let verdict: VerdictEntry? =
            switch entry?.body {
            case .verdict(let verdict): verdict
            case .reappraisal(let entry): entry.verdict
            default: nil
            }
        func data(_ hash: MerkleHash?) -> Data? { hash.map { Data($0.bytes) } }
        try statement.execute(arguments: [
            index, entry?.timeMilliseconds ?? 0, entry?.body.kind ?? "unreadable", verdict?.verdict.rawValue,
            verdict?.tee,
            verdict?.tcbStatus, verdict?.tcbEvaluationNumber, verdict?.policyID, data(verdict?.policySHA256),
            data(verdict?.evidenceSHA256), data(verdict?.collateralSHA256), verdict?.measurement.map { Data($0) },
            verdict?.fmspc.map { Data($0) }, verdict?.tenant, verdict?.jti, data(leafHash),
        ])
        for advisory in Set(verdict?.advisories ?? []) {
            try database.cachedStatement(sql: "INSERT INTO q_advisory VALUES (?, ?)").execute(
                arguments: [advisory, index])
        }
    }
}
