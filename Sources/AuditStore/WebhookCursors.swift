import Foundation
import GRDB

/// How far each webhook was told, over restarts: what is written here was taken by it.
public struct WebhookCursors: Sendable {
    private let database: StateDatabase

    public typealias Failure = StateFailure

    /// - Parameter path: `state.db`, shared with the collateral cache.
    public init(path: String) throws(Failure) {
        database = try StateDatabase(path: path, migration: "m0003_webhook", PackageResources.m0003_webhook_sql)
    }

    /// Where to go on; `nil` for a URL that has not been told of this log yet.
    public func position(of url: String, origin: String) async throws(Failure) -> UInt64? {
        try await database.read { database in
            try Int64.fetchOne(
                database, sql: "SELECT next FROM webhook_cursor WHERE url = ? AND origin = ?",
                arguments: [url, origin]
            ).map { UInt64($0) }
        }
    }

    public func set(_ position: UInt64, of url: String, origin: String) async throws(Failure) {
        try await database.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO webhook_cursor VALUES (?, ?, ?)",
                arguments: [url, origin, Int64(clamping: position)])
        }
    }
}
