package import DatabaseFiles
import GRDB

extension StateStore {
    package var notes: StateNotes { StateNotes(store: self) }
}

/// What must be found again at the next start: which start was the last, what commands did meanwhile, and from when on
/// challenges are known.
package struct StateNotes: Sendable {
    let store: StateStore

    /// What a command did to the store of a stopped service.
    package struct Act: Hashable, Sendable {
        package let number: Int64
        package let action: String
        /// An id, never free text.
        package let subject: String
    }

    package enum Name: String, Sendable {
        case start
        /// Seconds: challenges of before are refused.
        case challengesFrom = "challenges_from"
        /// An index: evidence of entries below it may be missing.
        case evidenceFrom = "evidence_from"
        /// Milliseconds: a clock up to then is plausible.
        case clockUntil = "clock_until"
    }

    package func start() async throws(StateFailure) -> StartMark? {
        try await text(.start).flatMap { StartMark(text: $0) }
    }

    package func set(start: StartMark?) async throws(StateFailure) { try await set(.start, start?.text) }

    package func number(_ name: Name) async throws(StateFailure) -> Int64? {
        try await text(name).flatMap { Int64($0) }
    }

    package func set(_ name: Name, _ value: Int64?) async throws(StateFailure) {
        try await set(name, value.map { "\($0)" })
    }

    /// In the order in which they were done.
    package func acts() async throws(StateFailure) -> [Act] {
        try await store.read { database in
            guard try database.tableExists("pending_act") else { return [] }
            return try Row.fetchAll(database, sql: "SELECT number, action, subject FROM pending_act ORDER BY number")
                .map {
                    Act(number: $0[0], action: $0[1], subject: $0[2])
                }
        }
    }

    package func add(action: String, subject: String) async throws(StateFailure) {
        try await store.write(for: .own) { try Self.add($0, action, subject) }
    }

    static func add(_ database: Database, _ action: String, _ subject: String) throws {
        try database.execute(
            sql: "INSERT INTO pending_act (action, subject) VALUES (?, ?)", arguments: [action, subject])
    }

    /// It is in the log.
    package func remove(_ act: Act) async throws(StateFailure) {
        try await store.write(for: .own) {
            try $0.execute(sql: "DELETE FROM pending_act WHERE number = ?", arguments: [act.number])
        }
    }

    private func text(_ name: Name) async throws(StateFailure) -> String? {
        try await store.read { database in
            guard try database.tableExists("note") else { return nil }
            return try String.fetchOne(
                database, sql: "SELECT value FROM note WHERE name = ?", arguments: [name.rawValue])
        }
    }

    private func set(_ name: Name, _ value: String?) async throws(StateFailure) {
        try await store.write(for: .own) { database in
            guard let value else {
                return try database.execute(sql: "DELETE FROM note WHERE name = ?", arguments: [name.rawValue])
            }
            try database.execute(sql: "INSERT OR REPLACE INTO note VALUES (?, ?)", arguments: [name.rawValue, value])
        }
    }
}
