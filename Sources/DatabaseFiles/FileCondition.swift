import Foundation
import GRDB

extension DatabaseFile {
    /// What lies at a path, before anything is opened for writing.
    package enum Condition: Hashable, Sendable {
        case missing
        /// No table at all: SQLite makes such a file of nothing.
        case empty
        /// SQLite's own words.
        case damaged(String)
        case whole
    }

    /// Above this a file is not read from end to end while somebody waits.
    private static let quickCheckBytes: Int64 = 512 << 20

    /// Looks, and changes nothing.
    ///
    /// - Parameter readsAll: Whether a file that is not too large is read from end to end.
    package static func condition(of path: String, readsAll: Bool = true) -> Condition {
        var status = stat()
        guard stat(path, &status) == 0 else { return .missing }
        do {
            return try reader(of: path).read { database in
                guard try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") != 0 else { return .empty }
                // SQLite reads what is missing of a last page as zeros, which in the middle of a blob look like any bytes.
                let pages = try Int64.fetchOne(database, sql: "PRAGMA page_count") ?? 0
                let wanted = try pages * (Int64.fetchOne(database, sql: "PRAGMA page_size") ?? 0)
                guard walBytes(of: path) > 0 || wanted <= Int64(status.st_size) else {
                    return .damaged("it is cut off: \(status.st_size) bytes, and its pages have \(wanted)")
                }
                guard readsAll, Int64(status.st_size) <= quickCheckBytes else { return .whole }
                let answer = try String.fetchOne(database, sql: "PRAGMA quick_check(1)") ?? "nothing"
                return answer == "ok" ? .whole : .damaged(answer)
            }
        } catch {
            return .damaged(DatabaseDefect.sentence(of: error))
        }
    }
}
