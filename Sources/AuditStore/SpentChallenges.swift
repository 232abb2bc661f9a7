import Foundation
import GRDB
public import Wire

/// Which challenges were used: each once, over restarts, because a row is on the disk before the answer goes out.
public struct SpentChallenges: Sendable {
    private let database: StateDatabase

    public typealias Failure = StateFailure

    /// - Parameter path: `state.db`, shared with the collateral cache.
    public init(path: String) throws(Failure) {
        database = try StateDatabase(
            path: path, migration: "m0002_spent_challenge", PackageResources.m0002_spent_challenge_sql)
    }

    /// - Returns: whether this was the first time.
    public func spend(_ nonce: [UInt8], expires: Instant, at time: Instant) async throws(Failure) -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM spent_challenge WHERE expires < ?", arguments: [time.seconds - 86_400])
            try database.execute(
                sql: "INSERT INTO spent_challenge VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [Data(nonce), expires.seconds])
            return database.changesCount == 1
        }
    }
}
