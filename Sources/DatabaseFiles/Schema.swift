package import GRDB
import Wire

/// The schema of one file: made in steps, each once, and compared with what is there at every start (transparency-log S-8).
package struct Schema: Sendable {
    /// In the order in which they came; the text of one that was published does not change.
    package let steps: [String]
    /// `user_version`: the number of steps.
    package var version: Int { steps.count }
    package let applicationID: Int

    package init(steps: [String], applicationID: Int) {
        self.steps = steps
        self.applicationID = applicationID
    }

    /// Makes the tables in a new file, and what is missing in one of an earlier version; checks that the others are the
    /// ones of this program.
    package func apply(to file: DatabaseFile) throws {
        try file.writer.writeWithoutTransaction { database in
            let isNew = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
            let found = isNew ? 0 : try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            if !isNew {
                // What is built upon is looked at first.
                try check(database, path: file.path, steps: (1...version).contains(found) ? found : version)
            }
            guard found < version else { return }
            try database.inTransaction(.immediate) {
                for step in steps[found...] { try database.execute(sql: step) }
                try database.execute(sql: "PRAGMA application_id = \(applicationID)")
                try database.execute(sql: "PRAGMA user_version = \(version)")
                return .commit
            }
        }
    }

    /// Whether a file has this program's schema, text by text.
    package func check(_ database: Database, path: String) throws {
        try check(database, path: path, steps: version)
    }

    private func check(_ database: Database, path: String, steps count: Int) throws {
        let found = try (
            Int.fetchOne(database, sql: "PRAGMA application_id"), Int.fetchOne(database, sql: "PRAGMA user_version")
        )
        guard found == (applicationID, count) else {
            throw DatabaseDefect(
                .refused,
                "\(path) has application_id \(found.0 ?? 0) and user_version \(found.1 ?? 0), "
                    + "wanted \(applicationID) and \(count): it is not this program's file, or not this version's")
        }
        let wanted = try DatabaseQueue().write { memory in
            for step in steps[..<count] { try memory.execute(sql: step) }
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
