import GRDB

/// Why a database file cannot be used. Nothing here repairs anything (transparency-log 11).
package struct DatabaseDefect: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A foreign file, another version's, or a setting that does not hold.
        case refused
        /// What is stored does not fit together.
        case corrupt
        /// Another process has the folder.
        case held
        /// The disk or the rights do not let it.
        case unwritable
    }

    package let kind: Kind
    /// For the operator.
    package let sentence: String

    package init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }

    /// SQLite's words for an error, whatever it is.
    package static func sentence(of error: any Error) -> String {
        switch error {
        case let error as DatabaseError: error.sentence
        case let error as DatabaseDefect: error.sentence
        case let error as DiskFull: error.sentence
        default: "\(type(of: error))"
        }
    }
}

extension DatabaseError {
    /// After these nobody knows what is on the disk (transparency-log C-11).
    package var isAmbiguous: Bool {
        [.SQLITE_IOERR, .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_PROTOCOL].contains(resultCode)
    }

    /// SQLite's own words, without values.
    package var sentence: String { message ?? resultCode.description }
}
