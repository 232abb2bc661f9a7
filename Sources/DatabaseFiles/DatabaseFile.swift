import Foundation
package import GRDB

/// One SQLite file: one connection that writes and checkpoints, others that only read (transparency-log S-2). SQLite
/// before 3.51.3 can corrupt a WAL file when two connections write or checkpoint at once; with one, it cannot.
package struct DatabaseFile: Sendable {
    package let path: String
    /// The only connection that writes.
    package let writer: DatabaseQueue

    package enum Durability: String, Sendable {
        /// Every commit is on the disk when it returns.
        case full
        /// Commits may be lost with power, never torn: only for what can be made again.
        case normal
    }

    /// When the write-ahead log is moved into the file: by the writer, always.
    package enum Checkpoints: Sendable {
        /// When its owner calls `checkpoint` or `truncate` (transparency-log S-5).
        case called
        /// By SQLite, after a commit that leaves a thousand pages or more.
        case automatic
    }

    /// - Parameters:
    ///   - pageSize: Of a file that is made.
    ///   - setup: Statements that come before everything else in a file that is made.
    package init(
        path: String, pageSize: Int = 8_192, _ durability: Durability, checkpoints: Checkpoints = .called,
        setup: [String] = []
    ) throws {
        self.path = path
        let isNew = !FileManager.default.fileExists(atPath: path)
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        // After an error of COMMIT the process ends as it is; it must not be ended by a check of GRDB's before that.
        configuration.allowsUnsafeTransactions = true
        // A queue and no pool: a pool sets synchronous = NORMAL when it opens, after whatever was prepared.
        writer = try DatabaseQueue(path: path, configuration: configuration)
        try writer.writeWithoutTransaction { database in
            if isNew {
                try database.execute(sql: "PRAGMA page_size = \(pageSize)")
                for statement in setup { try database.execute(sql: statement) }
            }
            for pragma in Self.pragmas(durability, checkpoints) {
                _ = try Row.fetchOne(database, sql: "PRAGMA \(pragma.name) = \(pragma.value)")
                let found = try Row.fetchOne(database, sql: "PRAGMA \(pragma.name)")?[0] as DatabaseValue?
                guard Self.text(found) == pragma.wanted else {
                    throw DatabaseDefect(
                        .refused, "PRAGMA \(pragma.name) of \(path) is \(Self.text(found)), wanted \(pragma.wanted)")
                }
            }
        }
    }

    package struct Pragma: Sendable {
        package let name: String
        let value: String
        /// What SQLite answers when it is set.
        package let wanted: String

        init(_ name: String, _ value: String, _ wanted: String? = nil) {
            self.name = name
            self.value = value
            self.wanted = wanted ?? value
        }
    }

    /// S-4 and S-5. `synchronous` belongs to the connection and is not stored in the file.
    package static func pragmas(_ durability: Durability, _ checkpoints: Checkpoints = .called) -> [Pragma] {
        [
            Pragma("journal_mode", "wal"),
            Pragma("synchronous", durability == .full ? "FULL" : "NORMAL", durability == .full ? "2" : "1"),
            Pragma("fullfsync", "1"), Pragma("checkpoint_fullfsync", "1"), Pragma("foreign_keys", "1"),
            Pragma("recursive_triggers", "1"), Pragma("trusted_schema", "0"), Pragma("cell_size_check", "1"),
            Pragma("mmap_size", "0"), Pragma("busy_timeout", "5000"),
            Pragma("wal_autocheckpoint", checkpoints == .called ? "0" : "1000"),
            Pragma("journal_size_limit", "67108864"),
        ]
    }

    /// A pragma's answer as text.
    package static func text(_ value: DatabaseValue?) -> String {
        switch value?.storage {
        case .string(let text): text
        case .int64(let number): "\(number)"
        default: "nothing"
        }
    }

    /// A connection that cannot write, for one thread.
    package func reader() throws -> DatabaseQueue { try Self.reader(of: path) }

    /// The same for a file that another process may be writing.
    package static func reader(of path: String) throws -> DatabaseQueue {
        try DatabaseQueue(path: path, configuration: readOnly)
    }

    /// Connections that cannot write, for many tasks at once.
    package func readers(_ count: Int) throws -> DatabasePool {
        var configuration = Self.readOnly
        configuration.maximumReaderCount = count
        return try DatabasePool(path: path, configuration: configuration)
    }

    private static var readOnly: Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        // Readers are many, and what they read once is in the kernel's cache: a quarter of the usual 2 MB each.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA query_only = 1; PRAGMA cache_size = -512") }
        return configuration
    }

    /// Bytes in the write-ahead log.
    package var walBytes: Int64 { Self.walBytes(of: path) }

    static func walBytes(of path: String) -> Int64 {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int64(status.st_size) : 0
    }

    /// Between batches: moves what is committed into the file, without waiting for anybody.
    package func checkpoint() throws {
        try writer.writeWithoutTransaction { database in
            _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)")
        }
    }

    /// When nothing is to be done: also empties the log, unless a reader is in the way.
    package func truncate() throws {
        try writer.writeWithoutTransaction { database in
            // Waiting here would make the next batch wait.
            _ = try Row.fetchOne(database, sql: "PRAGMA busy_timeout = 0")
            defer { _ = try? Row.fetchOne(database, sql: "PRAGMA busy_timeout = 5000") }
            _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }
}
