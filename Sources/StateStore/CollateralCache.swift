import DatabaseFiles
import Foundation
import GRDB
package import Wire

extension StateStore {
    package var collateral: CollateralCache { CollateralCache(store: self) }
}

/// Collateral that survives a restart: documents by content, the set in use per platform kind, and the rollback guard's
/// marks. Knows names and bytes, and nothing of what they say.
package struct CollateralCache: Sendable {
    let store: StateStore

    /// Platforms of one kind.
    package struct Kind: Hashable, Sendable {
        package let tee: String
        package let fmspc: String
        package let authority: String

        package init(tee: String, fmspc: String, authority: String) {
            self.tee = tee
            self.fmspc = fmspc
            self.authority = authority
        }
    }

    /// The documents of one set, as received.
    package struct Documents: Hashable, Sendable {
        package var pckCRL: [UInt8]
        package var pckCRLIssuerChain: [UInt8]
        package var rootCRL: [UInt8]
        package var tcbInfo: [UInt8]
        package var tcbInfoIssuerChain: [UInt8]
        package var qeIdentity: [UInt8]
        package var qeIdentityIssuerChain: [UInt8]

        package init(
            pckCRL: [UInt8], pckCRLIssuerChain: [UInt8], rootCRL: [UInt8], tcbInfo: [UInt8],
            tcbInfoIssuerChain: [UInt8], qeIdentity: [UInt8], qeIdentityIssuerChain: [UInt8]
        ) {
            self.pckCRL = pckCRL
            self.pckCRLIssuerChain = pckCRLIssuerChain
            self.rootCRL = rootCRL
            self.tcbInfo = tcbInfo
            self.tcbInfoIssuerChain = tcbInfoIssuerChain
            self.qeIdentity = qeIdentity
            self.qeIdentityIssuerChain = qeIdentityIssuerChain
        }
    }

    /// A set and where it came from.
    package struct StoredSet: Hashable, Sendable {
        package let documents: Documents
        package let service: String
        package let fetched: Instant
    }

    /// One edition of a set that was verified.
    package struct Edition: Sendable {
        /// `standard` or `early`.
        package let update: String
        package let documents: Documents
        package let nextUpdate: Instant
        package let marks: [RollbackMark]

        package init(update: String, documents: Documents, nextUpdate: Instant, marks: [RollbackMark]) {
            self.update = update
            self.documents = documents
            self.nextUpdate = nextUpdate
            self.marks = marks
        }
    }

    /// The set in use; `nil` where there is none, or a row was edited.
    package func load(_ kind: Kind, update: String) async throws(StateFailure) -> StoredSet? {
        try await store.read { database in try Self.load(kind, update, database) }
    }

    /// Every platform kind that was ever fetched.
    package func kinds() async throws(StateFailure) -> [Kind] {
        try await store.read { database in
            guard try database.tableExists("collateral_set") else { return [] }
            return try Row.fetchAll(
                database, sql: "SELECT DISTINCT tee, fmspc, authority FROM collateral_set ORDER BY 1, 2, 3"
            ).map { Kind(tee: $0["tee"], fmspc: $0["fmspc"], authority: $0["authority"]) }
        }
    }

    /// Takes a verified set in, and raises the marks: in one transaction, so that a crash leaves both or neither.
    ///
    /// - Parameter early: Left out where it is older than what was accepted before.
    /// - Returns: The mark of a document of `edition` that is older than what was accepted before (dcap 3.9.6): then
    ///   nothing was taken in.
    package func accept(
        _ edition: Edition, early: Edition?, for kind: Kind, service: String, fetched: Instant
    ) async throws(StateFailure) -> RollbackMark? {
        try await store.write(for: .request) { database in
            if let older = try edition.marks.first(where: { try $0.isOlderThanAccepted(database) }) { return older }
            try Self.store(edition, kind, service, fetched, database)
            if let early, try !early.marks.contains(where: { try $0.isOlderThanAccepted(database) }) {
                try Self.store(early, kind, service, fetched, database)
            }
            try Self.prune(database)
            return nil
        }
    }

    private static func store(
        _ edition: Edition, _ kind: Kind, _ service: String, _ fetched: Instant, _ database: Database
    ) throws {
        for mark in edition.marks {
            try mark.raise(database, by: ContentHash.of(edition.documents[keyPath: document(of: mark)]))
        }
        var arguments: [any DatabaseValueConvertible] = [
            kind.tee, kind.fmspc, kind.authority, edition.update, service, fetched.seconds, edition.nextUpdate.seconds,
        ]
        for (_, document) in columns {
            let bytes = edition.documents[keyPath: document]
            let digest = Data(ContentHash.of(bytes).bytes)
            try database.execute(
                sql: "INSERT INTO document (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [digest, Data(bytes)])
            arguments.append(digest)
        }
        try database.execute(
            sql: "INSERT OR REPLACE INTO collateral_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments(arguments))
    }

    private static func document(of mark: RollbackMark) -> KeyPath<Documents, [UInt8]> {
        switch mark.item.prefix(while: { $0 != "/" }) {
        case "tcb_info": \.tcbInfo
        case "qe_identity": \.qeIdentity
        case "pck_crl": \.pckCRL
        default: \.rootCRL
        }
    }

    /// A mark, and the document that raised it: `nil` where that was before they were written down.
    package struct RaisedMark: Hashable, Sendable {
        package let mark: RollbackMark
        package let document: FixedBytes<32>?
    }

    /// Every mark, by name.
    package func marks() async throws(StateFailure) -> [RaisedMark] {
        try await store.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM high_water ORDER BY item").map(Self.raised)
        }
    }

    /// Forgets one mark, and the sets in use that it is of, in one step with the act that the log will have: what is fetched
    /// next sets it anew (dcap 3.9.6).
    ///
    /// - Returns: what it was; `nil` where there is none of that name.
    package func lower(_ item: String) async throws(StateFailure) -> RaisedMark? {
        try await store.write(for: .own) { database in
            guard
                let raised = try Row.fetchOne(
                    database, sql: "SELECT * FROM high_water WHERE item = ?", arguments: [item]
                ).map(Self.raised)
            else { return nil }
            try database.execute(sql: "DELETE FROM high_water WHERE item = ?", arguments: [item])
            let parts = item.split(separator: "/").map(String.init)
            switch (parts.first, parts.count) {
            case ("tcb_info", 4):
                try database.execute(
                    sql: "DELETE FROM collateral_set WHERE tee = ? AND fmspc = ? AND update_type = ?",
                    arguments: [parts[1], parts[2], parts[3]])
            case ("qe_identity", 3):
                try database.execute(
                    sql: "DELETE FROM collateral_set WHERE tee = ? AND update_type = ?",
                    arguments: [parts[1], parts[2]])
            case ("pck_crl", 2):
                try database.execute(sql: "DELETE FROM collateral_set WHERE authority = ?", arguments: [parts[1]])
            default: try database.execute(sql: "DELETE FROM collateral_set")
            }
            try Self.prune(database)
            try StateNotes.add(
                database, "collateral_lower_mark", "\(item) \(raised.document?.hex ?? "unknown")")
            return raised
        }
    }

    private static func raised(_ row: Row) -> RaisedMark {
        RaisedMark(
            mark: RollbackMark(
                item: row["item"], evaluationNumber: UInt32(clamping: row["evaluation_number"] as Int64),
                issued: Instant(seconds: row["issued"])),
            document: (row["document"] as Data?).flatMap { FixedBytes<32>(exactly: $0) })
    }

    /// In the order of the table.
    private static var columns: [(name: String, document: WritableKeyPath<Documents, [UInt8]>)] {
        [
            ("pck_crl", \.pckCRL), ("pck_crl_issuer_chain", \.pckCRLIssuerChain), ("root_crl", \.rootCRL),
            ("tcb_info", \.tcbInfo), ("tcb_info_issuer_chain", \.tcbInfoIssuerChain), ("qe_identity", \.qeIdentity),
            ("qe_identity_issuer_chain", \.qeIdentityIssuerChain),
        ]
    }

    private static func prune(_ database: Database) throws {
        let used = columns.map { "SELECT \($0.name) FROM collateral_set" }.joined(separator: " UNION ")
        try database.execute(sql: "DELETE FROM document WHERE sha256 NOT IN (\(used))")
    }

    private static func load(_ kind: Kind, _ update: String, _ database: Database) throws -> StoredSet? {
        guard try database.tableExists("collateral_set"),
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM collateral_set
                    WHERE tee = ? AND fmspc = ? AND authority = ? AND update_type = ?
                    """,
                arguments: [kind.tee, kind.fmspc, kind.authority, update])
        else { return nil }
        var documents = Documents(
            pckCRL: [], pckCRLIssuerChain: [], rootCRL: [], tcbInfo: [], tcbInfoIssuerChain: [], qeIdentity: [],
            qeIdentityIssuerChain: [])
        for (name, document) in columns {
            let digest: Data = row[name]
            let stored = try Data.fetchOne(
                database, sql: "SELECT bytes FROM document WHERE sha256 = ?", arguments: [digest])
            // A row edited by hand is no document of ours.
            guard let stored, Data(ContentHash.of(Array(stored)).bytes) == digest else { return nil }
            documents[keyPath: document] = Array(stored)
        }
        return StoredSet(documents: documents, service: row["service"], fetched: Instant(seconds: row["fetched"]))
    }
}
