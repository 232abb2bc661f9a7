import GRDB

/// `state.db`, which several stores share: each brings its own tables.
enum StateDatabase {
    static func open(_ path: String, migration name: String, _ sql: [UInt8]) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.journalMode = .wal
        let database = try DatabaseQueue(path: path, configuration: configuration)
        // After opening: GRDB sets NORMAL itself, and what is written here must survive a power failure.
        try database.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        var migrator = DatabaseMigrator()
        migrator.registerMigration(name) { try $0.execute(sql: String(decoding: sql, as: UTF8.self)) }
        try migrator.migrate(database)
        return database
    }
}
