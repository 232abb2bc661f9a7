package import GRDB
import Wire

/// The schema of one file: made once, and compared with what is there at every start (transparency-log S-8).
package struct Schema: Sendable {
    package let sql: String
    /// `user_version`.
    package let version: Int
    package let applicationID: Int

    package init(sql: String, version: Int, applicationID: Int) {
        self.sql = sql
        self.version = version
        self.applicationID = applicationID
    }

    /// Makes the tables in a new file; in another, checks that they are the ones of this program.
    package func apply(to file: DatabaseFile) throws {
        try file.writer.writeWithoutTransaction { database in
            guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") != 0 else {
                try database.inTransaction(.immediate) {
                    try database.execute(sql: sql)
                    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                    try database.execute(sql: "PRAGMA user_version = \(version)")
                    return .commit
                }
                return
            }
            try check(database, path: file.path)
        }
    }

    /// Whether a file has this program's schema, text by text.
    package func check(_ database: Database, path: String) throws {
        let found = try (
            Int.fetchOne(database, sql: "PRAGMA application_id"), Int.fetchOne(database, sql: "PRAGMA user_version")
        )
        guard found == (applicationID, version) else {
            throw DatabaseDefect(
                .refused,
                "\(path) has application_id \(found.0 ?? 0) and user_version \(found.1 ?? 0), "
                    + "wanted \(applicationID) and \(version): it is not this program's file, or not this version's")
        }
        let wanted = try DatabaseQueue().write { memory in
            try memory.execute(sql: sql)
            return try Self.objects(memory)
        }
        let present = try Self.objects(database)
        for (name, text) in wanted where !present[name].hasSameBytes(as: text) {
            throw DatabaseDefect(.corrupt, "\(path): \(name) is missing or changed in the schema")
        }
        for name in present.keys where wanted[name] == nil {
            throw DatabaseDefect(.corrupt, "\(path): \(name) does not belong into the schema")
        }
    }

    private static func objects(_ database: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            database,
            sql:
                "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%'"
        )
        return Dictionary(rows.map { ($0[0] as String, $0[1] as String) }) { first, _ in first }
    }
}
