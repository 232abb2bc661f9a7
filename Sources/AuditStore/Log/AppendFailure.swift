import DatabaseFiles
public import MerkleLog

/// Why an entry is not in the log. Never a verdict: whoever waits is told to come again (transparency-log F-1).
public enum AppendFailure: Error, Hashable, Sendable {
    /// The queue is full, or what is in it has waited too long.
    case backpressure
    /// Storage, guard or key; the sentence is for the operator.
    case unavailable(String)
    /// The clock is behind what was committed, or the entry's time is not now (E-7).
    case clockRegression(String)
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
        case .inadmissible, .unfounded: "LOG_UNAVAILABLE"
        }
    }

    /// For whoever operates the service.
    public var sentence: String {
        switch self {
        case .backpressure: "the log's queue is full"
        case .unavailable(let sentence), .clockRegression(let sentence), .inadmissible(let sentence): sentence
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
        /// Another process, a foreign file, a missing key, a wrong setting.
        case refused
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
        case let defect as DatabaseDefect: self.init(defect.kind == .corrupt ? .corrupt : .refused, defect.sentence)
        default: return nil
        }
    }

    /// 75 for what only a person may resolve (transparency-log 11), 1 for everything else.
    public var exitCode: Int32 { kind == .rollback || kind == .fork ? 75 : 1 }
}

/// SQLite's words for an error, whatever it is.
func sentence(of error: any Error) -> String {
    (error as? LogDefect)?.sentence ?? DatabaseDefect.sentence(of: error)
}
