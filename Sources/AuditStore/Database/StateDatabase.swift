import GRDB

/// `state.db` cannot be used: disk, permissions, a foreign file, or what is refused.
public struct StateFailure: Error, Hashable, Sendable {
    public let sentence: String
}

/// `state.db`, which several stores share: each brings its own tables.
struct StateDatabase: Sendable {
    private let queue: DatabaseQueue

    init(path: String, migration name: String, _ sql: [UInt8]) throws(StateFailure) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.journalMode = .wal
            queue = try DatabaseQueue(path: path, configuration: configuration)
            // After opening: GRDB sets NORMAL itself, and what is written here must survive a power failure.
            try queue.inDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            var migrator = DatabaseMigrator()
            migrator.registerMigration(name) { try $0.execute(sql: String(decoding: sql, as: UTF8.self)) }
            try migrator.migrate(queue)
        } catch {
            throw StateFailure(sentence: sentence(of: error))
        }
    }

    /// The file of a service, running or not, to be read only.
    init(reading path: String) throws(StateFailure) {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.readonly = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw StateFailure(sentence: sentence(of: error))
        }
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StateFailure) -> Value {
        do {
            return try await queue.read(body)
        } catch {
            throw StateFailure(sentence: sentence(of: error))
        }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StateFailure) -> Value {
        do {
            return try await queue.write(body)
        } catch {
            throw StateFailure(sentence: sentence(of: error))
        }
    }
}
