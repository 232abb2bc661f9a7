import Foundation
import GRDB
import MerkleLog
import Wire

/// What the evidence of a day has taken, by caller, and what the file holds (transparency-log 14.1, 17). Charged before
/// anything is written, and stored with what it counts: a restart knows what was spent.
///
/// Callers are kept as salted hashes of one day, so that the archive does not tell who asked.
struct EvidenceLedger: Sendable {
    enum Kind: Int64, Hashable, Sendable {
        case accept = 0
        case reject = 1
    }

    private struct Account: Hashable, Sendable {
        let caller: Data
        let kind: Kind
    }

    /// Bytes that were promised to somebody.
    struct Charge: Sendable {
        let day: Int64
        let salt: Data
        let caller: Data
        let kind: Kind
        let bytes: Int64
    }

    enum Refusal: Error, Hashable, Sendable {
        case caller(bytes: Int64, resetSeconds: Int)
        case day
        case file(bytes: Int64)
    }

    /// What a verdict's rows take besides its bytes.
    static let rowBytes: Int64 = 512

    private var day: Int64 = 0
    private var salt = Data()
    private var spent: [Account: Int64] = [:]
    private var rejected: Int64 = 0
    /// Of the file, when it was last written.
    private var used: Int64 = 0
    private var underWay: Int64 = 0

    var usedBytes: Int64 { used + underWay }

    /// - Parameter caller: As text; kept as a hash.
    mutating func charge(
        _ bytes: Int64, _ kind: Kind, to caller: String, at milliseconds: Int64, _ settings: ArchiveSettings
    ) throws(Refusal) -> Charge {
        begin(dayOf: milliseconds)
        let account = Account(
            caller: Data(MerkleHashing.sha256(Array(salt) + caller.utf8).bytes.prefix(16)), kind: kind)
        let bytes = bytes + Self.rowBytes
        guard usedBytes + bytes <= settings.mostBytes else { throw .file(bytes: settings.mostBytes) }
        let limit = kind == .accept ? settings.acceptBytesPerCaller : settings.rejectBytesPerCaller
        guard spent[account, default: 0] + bytes <= limit else {
            throw .caller(bytes: limit, resetSeconds: Int(86_400 - milliseconds / 1_000 % 86_400))
        }
        if kind == .reject {
            guard rejected + bytes <= settings.rejectBytesPerDay else { throw .day }
            rejected += bytes
        }
        spent[account, default: 0] += bytes
        underWay += bytes
        return Charge(day: day, salt: salt, caller: account.caller, kind: kind, bytes: bytes)
    }

    /// What was charged was not written.
    mutating func giveBack(_ charge: Charge) {
        underWay -= charge.bytes
        guard charge.day == day else { return }
        spent[Account(caller: charge.caller, kind: charge.kind), default: 0] -= charge.bytes
        if charge.kind == .reject { rejected -= charge.bytes }
    }

    /// What was charged is in the file.
    mutating func settle(_ charge: Charge) { underWay -= charge.bytes }

    mutating func measured(_ bytes: Int64) { used = bytes }

    /// A clock that goes back begins no new day.
    private mutating func begin(dayOf milliseconds: Int64) {
        let today = milliseconds / 86_400_000
        guard today > day || salt.isEmpty else { return }
        var generator = SystemRandomNumberGenerator()
        day = max(day, today)
        salt = Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        spent = [:]
        rejected = 0
    }

    // MARK: In the file

    init() {}

    init(_ database: Database) throws {
        used = try Self.bytes(of: database)
        guard let row = try Row.fetchOne(database, sql: "SELECT day, salt FROM budget_day") else { return }
        day = row["day"]
        salt = row["salt"]
        for row in try Row.fetchAll(database, sql: "SELECT caller, kind, bytes FROM budget") {
            guard let kind = Kind(rawValue: row["kind"]) else { continue }
            let bytes: Int64 = row["bytes"]
            spent[Account(caller: row["caller"], kind: kind)] = bytes
            if kind == .reject { rejected += bytes }
        }
    }

    static func store(_ database: Database, _ charge: Charge) throws {
        let stored = try Row.fetchOne(database, sql: "SELECT day, salt FROM budget_day")
        if (stored?["salt"] as Data?) != charge.salt {
            // Written late, of a day that is over: the new one's rows stand already.
            guard (stored?["day"] as Int64? ?? 0) <= charge.day else { return }
            try database.execute(sql: "DELETE FROM budget")
            try database.execute(
                sql: """
                    INSERT INTO budget_day VALUES (1, ?, ?)
                    ON CONFLICT (one) DO UPDATE SET day = excluded.day, salt = excluded.salt
                    """, arguments: [charge.day, charge.salt])
        }
        try database.cachedStatement(
            sql: """
                INSERT INTO budget VALUES (?, ?, ?)
                ON CONFLICT (caller, kind) DO UPDATE SET bytes = bytes + excluded.bytes
                """
        ).execute(arguments: [charge.caller, charge.kind.rawValue, charge.bytes])
    }

    /// Pages that hold something.
    static func bytes(of database: Database) throws -> Int64 {
        func number(_ name: String) throws -> Int64 { try Int64.fetchOne(database, sql: "PRAGMA \(name)") ?? 0 }
        return try (number("page_count") - number("freelist_count")) * number("page_size")
    }
}
