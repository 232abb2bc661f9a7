import DatabaseFiles
import Foundation
import GRDB
package import Wire

extension StateStore {
    package var documents: DocumentVersions { DocumentVersions(store: self) }
}

/// Every version that was ever handed in. The file itself keeps versions from changing, from going back on their way, and
/// two of one name from being in force at once.
package struct DocumentVersions: Sendable {
    package typealias Failure = StateFailure

    let store: StateStore

    /// Written by people, a few a month; what a program in a loop may add ends here.
    package static let most = 4_096

    /// What is in force of a kind, of each name one.
    package func active(_ kind: DocumentVersion.Kind) async throws(Failure) -> [DocumentVersion] {
        try await store.read { database in
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
    package func all(_ kind: DocumentVersion.Kind) async throws(Failure) -> [DocumentVersion] {
        try await store.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM document_version WHERE kind = ? ORDER BY id, created, rowid",
                arguments: [kind.rawValue]
            ).map(Self.version)
        }
    }

    package func version(
        _ kind: DocumentVersion.Kind, _ sha256: FixedBytes<32>
    ) async throws(Failure) -> DocumentVersion? {
        try await store.read { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM document_version WHERE kind = ? AND sha256 = ?",
                arguments: [kind.rawValue, Data(sha256.bytes)]
            ).map(Self.version)
        }
    }

    /// Adds a draft; what is there already stays as it is.
    package func add(_ draft: DocumentVersion) async throws(Failure) {
        try await store.write(for: .own) { database in
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM document_version") ?? 0 < Self.most else {
                throw StateFailure(sentence: "\(Self.most) versions are stored, and no more are")
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

    package func setTested(
        _ kind: DocumentVersion.Kind, _ sha256: FixedBytes<32>, cases: Int, at time: Instant
    ) async throws(Failure) {
        try await step(
            "UPDATE document_version SET state = 'tested', tested = ?, cases = ? WHERE kind = ? AND sha256 = ?",
            [time.seconds, cases, kind.rawValue, Data(sha256.bytes)])
    }

    /// Puts a version in force, and the one of the same name that was in force out of it, in one step.
    package func activate(
        _ kind: DocumentVersion.Kind, _ sha256: FixedBytes<32>, at time: Instant
    ) async throws(Failure) {
        try await store.write(for: .own) { database in
            let name: StatementArguments = [kind.rawValue, Data(sha256.bytes)]
            try database.execute(
                sql: """
                    UPDATE document_version SET state = 'retired', retired = ? WHERE kind = ? AND state = 'active'
                    AND id = (SELECT id FROM document_version WHERE kind = ? AND sha256 = ?)
                    """, arguments: [time.seconds, kind.rawValue] + name)
            try database.execute(
                sql: "UPDATE document_version SET state = 'active', activated = ? WHERE kind = ? AND sha256 = ?",
                arguments: [time.seconds] + name)
            guard database.changesCount == 1 else { throw StateFailure(sentence: "no such version is stored") }
        }
    }

    package func retire(
        _ kind: DocumentVersion.Kind, _ sha256: FixedBytes<32>, at time: Instant
    ) async throws(Failure) {
        try await step(
            "UPDATE document_version SET state = 'retired', retired = ? WHERE kind = ? AND sha256 = ?",
            [time.seconds, kind.rawValue, Data(sha256.bytes)])
    }

    /// Puts a version in force that the log has in force and this file lost; what has its name here is older.
    package func restore(_ version: DocumentVersion, at time: Instant) async throws(Failure) {
        try await store.write(for: .own) { database in
            let (kind, hash) = (version.kind.rawValue, Data(version.sha256.bytes))
            try database.execute(
                sql: """
                    UPDATE document_version SET state = 'retired', retired = ?
                    WHERE kind = ? AND id = ? AND state = 'active' AND sha256 <> ?
                    """, arguments: [time.seconds, kind, version.id, hash])
            try database.execute(
                sql: """
                    INSERT INTO document_version (kind, sha256, id, version, bytes, created, state, activated)
                    VALUES (?, ?, ?, ?, ?, ?, 'active', ?) ON CONFLICT (kind, sha256) DO NOTHING
                    """,
                arguments: [
                    kind, hash, version.id, version.version, Data(version.bytes), time.seconds, time.seconds,
                ])
            try database.execute(
                sql: """
                    UPDATE document_version SET state = 'tested', tested = ?, cases = 0
                    WHERE kind = 'policy' AND kind = ? AND sha256 = ? AND state = 'draft'
                    """, arguments: [time.seconds, kind, hash])
            try database.execute(
                sql: """
                    UPDATE document_version SET state = 'active', activated = ?
                    WHERE kind = ? AND sha256 = ? AND state IN ('draft', 'tested')
                    """, arguments: [time.seconds, kind, hash])
        }
    }

    private func step(_ sql: String, _ arguments: StatementArguments) async throws(Failure) {
        try await store.write(for: .own) { database in
            try database.execute(sql: sql, arguments: arguments)
            guard database.changesCount == 1 else { throw StateFailure(sentence: "no such version is stored") }
        }
    }

    private static func version(_ row: Row) throws -> DocumentVersion {
        guard let kind = DocumentVersion.Kind(rawValue: row["kind"]),
            let sha256 = (row["sha256"] as Data?).flatMap({ FixedBytes<32>(exactly: $0) }),
            let state = state(row)
        else { throw StateFailure(sentence: "a stored version is not one of this program's") }
        let bytes = Array(row["bytes"] as Data)
        // Somebody who writes into the file would decide what is accepted.
        guard ContentHash.of(bytes) == sha256 else {
            throw StateFailure(sentence: "the stored version \(sha256.hex) is not what its name says")
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
