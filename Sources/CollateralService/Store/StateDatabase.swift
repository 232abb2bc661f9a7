import GRDB

/// The state database cannot be used: disk, permissions, a foreign file.
public struct StateDatabaseError: Error, Hashable, Sendable {
    /// SQLite's own words, without values.
    public let sentence: String
}

/// `state.db`: opened, migrated, and durable.
enum StateDatabase {
    static func open(path: String) throws(StateDatabaseError) -> DatabasePool {
        try mappingSynchronously {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            let pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL after opening; the guard's marks must survive a power failure.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            var migrator = DatabaseMigrator()
            migrator.registerMigration("m0001_collateral") { database in
                try database.execute(sql: String(decoding: PackageResources.m0001_collateral_sql, as: UTF8.self))
            }
            try migrator.migrate(pool)
            return pool
        }
    }

    private static func mappingSynchronously<Value>(
        _ body: () throws -> Value
    ) throws(StateDatabaseError) -> Value {
        do {
            return try body()
        } catch {
            throw StateDatabaseError(sentence: sentence(error))
        }
    }

    static func mapping<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws(StateDatabaseError) -> Value {
        do {
            return try await body()
        } catch {
            throw StateDatabaseError(sentence: sentence(error))
        }
    }

    private static func sentence(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "\(type(of: error))" }
        return error.message ?? error.resultCode.description
    }
}
