import DatabaseFiles
import Foundation
import GRDB
package import Wire

extension StateStore {
    package var challenges: SpentChallenges { SpentChallenges(store: self) }
}

/// Which challenges were used: each once, over restarts, because a row is on the disk before the answer goes out.
package struct SpentChallenges: Sendable {
    let store: StateStore

    /// - Returns: whether this was the first time.
    package func spend(_ nonce: [UInt8], expires: Instant, at time: Instant) async throws(StateFailure) -> Bool {
        try await store.write(for: .request) { database in
            try database.execute(
                sql: "DELETE FROM spent_challenge WHERE expires < ?", arguments: [time.seconds - 86_400])
            try database.execute(
                sql: "INSERT INTO spent_challenge VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [Data(nonce), expires.seconds])
            return database.changesCount == 1
        }
    }
}
