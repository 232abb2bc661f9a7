import Foundation
import GRDB
public import MerkleLog
public import Wire

/// One version of a policy or a reference set, as it is stored. Its identity is the hash of its bytes.
public struct DocumentVersion: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case policy
        case referenceSet = "reference_set"
    }

    public enum State: Hashable, Sendable {
        case draft
        case tested(at: Instant, cases: Int)
        case active(since: Instant)
        case retired(at: Instant)
    }

    public let kind: Kind
    /// The document's own name and number.
    public let id: String
    public let version: Int64
    public let sha256: MerkleHash
    public let bytes: [UInt8]
    /// When it was handed in.
    public let created: Instant
    public let state: State

    public init(
        draft kind: Kind, id: String, version: Int64, bytes: [UInt8], created: Instant
    ) {
        self.init(
            kind: kind, id: id, version: version, sha256: MerkleHashing.sha256(bytes), bytes: bytes, created: created,
            state: .draft)
    }

    fileprivate init(
        kind: Kind, id: String, version: Int64, sha256: MerkleHash, bytes: [UInt8], created: Instant, state: State
    ) {
        self.kind = kind
        self.id = id
        self.version = version
        self.sha256 = sha256
        self.bytes = bytes
        self.created = created
        self.state = state
    }
}

/// Every version that was ever handed in. The file itself keeps versions from changing, from going back on their way, and
/// two of one name from being in force at once.
public struct DocumentVersions: Sendable {
    private let database: StateDatabase

    public typealias Failure = StateFailure

    /// Written by people, a few a month; what a program in a loop may add ends here.
    public static let most = 4_096

    /// - Parameter path: `state.db`.
    public init(path: String) throws(Failure) {
        database = try StateDatabase(
            path: path, migration: "m0004_document_version", PackageResources.m0004_document_version_sql)
    }

    /// Opens the file of a service, running or not, to read it only.
    public init(reading path: String) throws(Failure) { database = try StateDatabase(reading: path) }

    /// What is in force of a kind, of each name one.
    public func active(_ kind: DocumentVersion.Kind) async throws(Failure) -> [DocumentVersion] {
        try await database.read { database in
            // A service that never took a document in has no such table.
            guard try database.tableExists("document_version") else { return [] }
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM document_version WHERE kind = ? AND state = 'active' ORDER BY id",
                arguments: [kind.rawValue]
            ).map(Self.version)
        }
    }

    /// All of a kind, in the order of their names, and of those in the order they came.
    public func all(_ kind: DocumentVersion.Kind) async throws(Failure) -> [DocumentVersion] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM document_version WHERE kind = ? ORDER BY id, created, rowid",
                arguments: [kind.rawValue]
            ).map(Self.version)
        }
    }

    public func version(
        _ kind: DocumentVersion.Kind, _ sha256: MerkleHash
    ) async throws(Failure) -> DocumentVersion? {
        try await database.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM document_version WHERE kind = ? AND sha256 = ?",
                arguments: [kind.rawValue, Data(sha256.bytes)]
            ).map(Self.version)
        }
    }

    /// Adds a draft; what is there already stays as it is.
    public func add(_ draft: DocumentVersion) async throws(Failure) {
        try await database.write { database in
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM document_version") ?? 0 < Self.most else {
                throw LogDefect(.refused, "\(Self.most) versions are stored, and no more are")
            }
            try database.execute(
                sql: """
                    INSERT INTO document_version (kind, sha256, id, version, bytes, created, state)
                    VALUES (?, ?, ?, ?, ?, ?, 'draft') ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    draft.kind.rawValue, Data(draft.sha256.bytes), draft.id, draft.version, Data(draft.bytes),
                    draft.created.seconds,
                ])
        }
    }

    public func setTested(
        _ kind: DocumentVersion.Kind, _ sha256: MerkleHash, cases: Int, at time: Instant
    ) async throws(Failure) {
        try await step(
            "UPDATE document_version SET state = 'tested', tested = ?, cases = ? WHERE kind = ? AND sha256 = ?",
            [time.seconds, cases, kind.rawValue, Data(sha256.bytes)])
    }

    /// Puts a version in force, and the one of the same name that was in force out of it, in one step.
    public func activate(
        _ kind: DocumentVersion.Kind, _ sha256: MerkleHash, at time: Instant
    ) async throws(Failure) {
        try await database.write { database in
            let name: StatementArguments = [kind.rawValue, Data(sha256.bytes)]
            try database.execute(
                sql: """
                    UPDATE document_version SET state = 'retired', retired = ? WHERE kind = ? AND state = 'active'
                    AND id = (SELECT id FROM document_version WHERE kind = ? AND sha256 = ?)
                    """, arguments: [time.seconds, kind.rawValue] + name)
            try database.execute(
                sql: "UPDATE document_version SET state = 'active', activated = ? WHERE kind = ? AND sha256 = ?",
                arguments: [time.seconds] + name)
            guard database.changesCount == 1 else { throw LogDefect(.refused, "no such version is stored") }
        }
    }

    public func retire(
        _ kind: DocumentVersion.Kind, _ sha256: MerkleHash, at time: Instant
    ) async throws(Failure) {
        try await step(
            "UPDATE document_version SET state = 'retired', retired = ? WHERE kind = ? AND sha256 = ?",
            [time.seconds, kind.rawValue, Data(sha256.bytes)])
    }

    private func step(_ sql: String, _ arguments: StatementArguments) async throws(Failure) {
        try await database.write { database in
            try database.execute(sql: sql, arguments: arguments)
            guard database.changesCount == 1 else { throw LogDefect(.refused, "no such version is stored") }
        }
    }

    private static func version(_ row: Row) throws -> DocumentVersion {
        guard let kind = DocumentVersion.Kind(rawValue: row["kind"]), let sha256 = LogTables.hash(row["sha256"]),
            let state = state(row)
        else { throw LogDefect(.corrupt, "a stored version is not one of this program's") }
        let bytes = Array(row["bytes"] as Data)
        // Somebody who writes into the file would decide what is accepted.
        guard MerkleHashing.sha256(bytes) == sha256 else {
            throw LogDefect(.corrupt, "the stored version \(sha256.hex) is not what its name says")
        }
        return DocumentVersion(
            kind: kind, id: row["id"], version: row["version"], sha256: sha256, bytes: bytes,
            created: Instant(seconds: row["created"]), state: state)
    }

    private static func state(_ row: Row) -> DocumentVersion.State? {
        func date(_ column: String) -> Instant? { (row[column] as Int64?).map { Instant(seconds: $0) } }
        switch row["state"] as String {
        case "draft": return .draft
        case "tested": return date("tested").map { .tested(at: $0, cases: row["cases"] as Int? ?? 0) }
        case "active": return date("activated").map { .active(since: $0) }
        case "retired": return date("retired").map { .retired(at: $0) }
        default: return nil
        }
    }
}
