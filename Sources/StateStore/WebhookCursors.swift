import DatabaseFiles
import GRDB

extension StateStore {
    package var webhooks: WebhookCursors { WebhookCursors(store: self) }
}

/// How far each webhook was told, over restarts: what is written here was taken by it.
package struct WebhookCursors: Sendable {
    let store: StateStore

    /// Where to go on; `nil` for a URL that has not been told of this log yet.
    package func position(of url: String, origin: String) async throws(StateFailure) -> UInt64? {
        try await store.read { database in
            try Int64.fetchOne(
                database, sql: "SELECT next FROM webhook_cursor WHERE url = ? AND origin = ?",
                arguments: [url, origin]
            ).map { UInt64($0) }
        }
    }

    /// Sets where to go on.
    package func set(_ position: UInt64, of url: String, origin: String) async throws(StateFailure) {
        try await store.write(for: .request) { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO webhook_cursor VALUES (?, ?, ?)",
                arguments: [url, origin, Int64(clamping: position)])
        }
    }
}
