import DatabaseFiles
import GRDB
public import MerkleLog

/// Why an entry is not in the log. Never a verdict: whoever waits is told to come again (transparency-log F-1).
public enum AppendFailure: Error, Hashable, Sendable {
    /// The queue is full, or what is in it has waited too long.
    case backpressure
    /// Storage, guard or key; the sentence is for the operator.
    case unavailable(String)
    /// The clock is behind what was committed, or the entry's time is not now (E-7).
    case clockRegression(String)
    /// The clock is ahead of what the time that passed makes plausible.
    case clockAhead(String)
    /// This entry alone may not be appended: too long.
    case inadmissible(String)
    /// What this entry rests on is not in the log before it, or was retired since (E-11).
    case unfounded([CausalClosure.Fault])

    /// Stable, as problem documents name it.
    public var code: String {
        switch self {
        case .backpressure: "LOG_BACKPRESSURE"
        case .unavailable: "LOG_UNAVAILABLE"
        case .clockRegression: "CLOCK_REGRESSION"
        case .clockAhead: "CLOCK_AHEAD"
        case .inadmissible, .unfounded: "LOG_UNAVAILABLE"
        }
    }

    /// For whoever operates the service.
    public var sentence: String {
        switch self {
        case .backpressure: "the log's queue is full"
        case .unavailable(let sentence), .clockRegression(let sentence), .clockAhead(let sentence),
            .inadmissible(let sentence):
            sentence
        case .unfounded(let faults): "an entry rests on what is not in force: \(faults)"
        }
    }

    /// `Retry-After`.
    public var retryAfterSeconds: Int {
        if case .unavailable = self { 30 } else { 1 }
    }
}

/// Why the log cannot be opened, or not be appended to. Nothing here repairs anything (transparency-log 11).
public struct LogDefect: Error, Hashable, Sendable {
    public enum Kind: String, Sendable {
        /// A foreign file, another version's, a wrong setting.
        case refused
        /// Another process has the folder.
        case held
        /// The guard or the key is not there, and the log is; or it holds nothing.
        case missing
        /// The disk or the rights do not let it.
        case unwritable
        /// What is stored does not fit together.
        case corrupt
        /// Newer checkpoints were signed than this file knows.
        case rollback
        /// This file tells another history than was signed.
        case fork
        /// The clock is behind the log.
        case clockRegression
    }

    public let kind: Kind
    public let sentence: String

    init(_ kind: Kind, _ sentence: String) {
        self.kind = kind
        self.sentence = sentence
    }

    /// The defect that an error is; `nil` where it is none, but SQLite's own.
    package init?(_ error: any Error) {
        switch error {
        case let defect as LogDefect: self = defect
        case let defect as DatabaseDefect:
            switch defect.kind {
            case .corrupt: self.init(.corrupt, defect.sentence)
            case .held: self.init(.held, defect.sentence)
            case .refused: self.init(.refused, defect.sentence)
            case .unwritable: self.init(.unwritable, defect.sentence)
            }
        default: return nil
        }
    }

    /// An error at a file, whatever it is.
    init(of path: String, _ error: any Error) {
        let kind: Kind =
            switch (error as? DatabaseError)?.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt
            case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_IOERR: .unwritable
            default: .refused
            }
        self = LogDefect(error) ?? LogDefect(kind, "\(path): \(AuditStore.sentence(of: error))")
    }
}

/// SQLite's words for an error, whatever it is.
func sentence(of error: any Error) -> String {
    (error as? LogDefect)?.sentence ?? DatabaseDefect.sentence(of: error)
}
