import Crypto
import DCAPFormats
import DCAPVerification
import Foundation
import GRDB
import Wire

/// What survives a restart: documents by content, the set in use per platform kind, and the rollback guard's marks.
public struct CollateralStore: Sendable {
    private let database: DatabasePool

    /// Opens or makes `state.db`, and brings it up to date.
    public init(path: String) throws(StateDatabaseError) {
        database = try StateDatabase.open(path: path)
    }

    struct StoredSet: Sendable {
        let source: Collateral
        let service: String
        let fetched: Instant
    }

    func load(_ key: CollateralKey, _ update: CollateralUpdate) async throws(StateDatabaseError) -> StoredSet? {
        try await StateDatabase.mapping {
            try await database.read { database in try Self.load(key, update, database) }
        }
    }

    /// Every platform kind that was ever fetched.
    func keys() async throws(StateDatabaseError) -> [(tee: String, fmspc: String, authority: String)] {
        try await StateDatabase.mapping {
            try await database.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT DISTINCT tee, fmspc, authority FROM collateral_set ORDER BY 1, 2, 3"
                ).map { ($0["tee"], $0["fmspc"], $0["authority"]) }
            }
        }
    }

    /// Takes a verified set in, and raises the marks: in one transaction, so that a crash leaves both or neither.
    ///
    /// - Throws: `COLLATERAL_ROLLBACK` for anything older than what was accepted before (dcap 3.9.6).
    func accept(
        _ set: CollateralSet, for key: CollateralKey, _ update: CollateralUpdate
    ) async throws(CollateralFailure) {
        let rollback: RollbackMark?
        do throws(StateDatabaseError) {
            rollback = try await StateDatabase.mapping {
                try await database.write { database in
                    if let older = try RollbackMark.marks(of: set.collateral, update).first(where: {
                        try $0.isOlderThanAccepted(database)
                    }) {
                        return older
                    }
                    try Self.store(set.collateral, set, key, update, database)
                    if let early = set.early,
                        try !RollbackMark.marks(of: early, .early).contains(where: {
                            try $0.isOlderThanAccepted(database)
                        })
                    {
                        try Self.store(early, set, key, .early, database)
                    }
                    try Self.prune(database)
                    return nil
                }
            }
        } catch {
            throw CollateralFailure(
                .internal, service: set.service, item: "state", detail: "the state database: \(error.sentence)")
        }
        if let rollback {
            throw CollateralFailure(
                .collateralRollback, service: set.service, item: rollback.item,
                detail: "the service sent \(rollback.text), older than what was accepted before")
        }
    }

    private static func store(
        _ collateral: VerifiedCollateral, _ set: CollateralSet, _ key: CollateralKey, _ update: CollateralUpdate,
        _ database: Database
    ) throws {
        for mark in RollbackMark.marks(of: collateral, update) { try mark.raise(database) }
        let source = collateral.source
        var arguments: [any DatabaseValueConvertible] = [
            key.tee.name, key.fmspc.hex, key.authority.rawValue, update.rawValue, set.service, set.fetched.seconds,
            collateral.nextUpdate.seconds,
        ]
        for bytes in [
            source.pckCRL, source.pckCRLIssuerChain ?? [], source.rootCRL, source.tcbInfo.document.bytes,
            source.tcbInfo.issuerChain, source.qeIdentity.document.bytes, source.qeIdentity.issuerChain,
        ] {
            let digest = Data(SHA256.hash(data: bytes))
            try database.execute(
                sql: "INSERT INTO document (sha256, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [digest, Data(bytes)])
            arguments.append(digest)
        }
        try database.execute(
            sql: "INSERT OR REPLACE INTO collateral_set VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: StatementArguments(arguments))
    }

    private static let documentColumns = [
        "pck_crl", "pck_crl_issuer_chain", "root_crl", "tcb_info", "tcb_info_issuer_chain", "qe_identity",
        "qe_identity_issuer_chain",
    ]

    private static func prune(_ database: Database) throws {
        let used = documentColumns.map { "SELECT \($0) FROM collateral_set" }.joined(separator: " UNION ")
        try database.execute(sql: "DELETE FROM document WHERE sha256 NOT IN (\(used))")
    }

    private static func load(
        _ key: CollateralKey, _ update: CollateralUpdate, _ database: Database
    ) throws -> StoredSet? {
        guard
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT * FROM collateral_set
                    WHERE tee = ? AND fmspc = ? AND authority = ? AND update_type = ?
                    """,
                arguments: [key.tee.name, key.fmspc.hex, key.authority.rawValue, update.rawValue])
        else { return nil }
        var documents: [[UInt8]] = []
        for column in documentColumns {
            let digest: Data = row[column]
            let bytes = try Data.fetchOne(
                database, sql: "SELECT bytes FROM document WHERE sha256 = ?", arguments: [digest])
            // A row edited by hand is no document of ours.
            guard let bytes, Data(SHA256.hash(data: bytes)) == digest else { return nil }
            documents.append(Array(bytes))
        }
        return StoredSet(
            source: Collateral(
                pckCRL: documents[0], pckCRLIssuerChain: documents[1], rootCRL: documents[2],
                tcbInfo: Collateral.SignedResponse(document: .response(documents[3]), issuerChain: documents[4]),
                qeIdentity: Collateral.SignedResponse(document: .response(documents[5]), issuerChain: documents[6])),
            service: row["service"], fetched: Instant(seconds: row["fetched"]))
    }
}
