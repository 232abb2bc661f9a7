import Foundation
import GRDB
public import Wire

/// Which challenges were used: each once, over restarts, because a row is on the disk before the answer goes out.
public struct SpentChallenges: Sendable {
    private let database: DatabaseQueue

    public struct Failure: Error, Hashable, Sendable {
        public let sentence: String
    }

    /// - Parameter path: `state.db`, shared with the collateral cache.
    public init(path: String) throws(Failure) {
        do {
            database = try StateDatabase.open(
                path, migration: "m0002_spent_challenge", PackageResources.m0002_spent_challenge_sql)
        } catch {
            throw Failure(sentence: (error as? DatabaseError)?.message ?? "\(type(of: error))")
        }
    }

    /// - Returns: whether this was the first time.
    public func spend(_ nonce: [UInt8], expires: Instant, at time: Instant) async throws(Failure) -> Bool {
        do {
            return try await database.write { database in
                try database.execute(
                    sql: "DELETE FROM spent_challenge WHERE expires < ?", arguments: [time.seconds - 86_400])
                try database.execute(
                    sql: "INSERT INTO spent_challenge VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [Data(nonce), expires.seconds])
                return database.changesCount == 1
            }
        } catch {
            throw Failure(sentence: (error as? DatabaseError)?.message ?? "\(type(of: error))")
        }
    }
}
