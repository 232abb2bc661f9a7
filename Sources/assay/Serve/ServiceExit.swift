/// How `assay serve` ends: one code for each kind of failure, so that a supervisor knows what another try is worth, and a
/// person where to look. The table in docs/operations.md is this one, and a test compares them.
enum ServiceExit: Int32, CaseIterable {
    case inOrder = 0
    case undecided = 2
    case usage = 64
    case damaged = 65
    case missing = 66
    case port = 69
    case storage = 70
    case clock = 71
    case notWritable = 73
    case held = 74
    case rolledBack = 75
    case foreign = 76

    /// For the table.
    var meaning: String {
        switch self {
        case .inOrder: "ended in order, after SIGTERM or SIGINT"
        case .undecided:
            "something else keeps it from starting: a document that does not load, a key that cannot be read, for `--check` no "
                + "collateral"
        case .usage: "the configuration or the command line is wrong"
        case .damaged: "a database is damaged: cut off, changed, or not what its hashes say"
        case .missing: "a file that the log says must be there is missing, empty or older"
        case .port: "the port cannot be bound"
        case .storage: "the log's storage failed under the running service; the next start checks what is there"
        case .clock: "the clock is not plausible"
        case .notWritable: "the data folder cannot be made or written"
        case .held: "another process has the data folder"
        case .rolledBack: "the log is older than what was signed, or tells another history"
        case .foreign: "a file is another log's, another data folder's, or another version's"
        }
    }

    /// Whether the same start may work a little later, without anybody doing anything here.
    var isWorthAnotherTry: Bool {
        switch self {
        case .port, .storage, .clock, .notWritable, .held: true
        case .inOrder, .undecided, .usage, .damaged, .missing, .rolledBack, .foreign: false
        }
    }

    /// The rows of the table.
    static var table: String {
        allCases.map { exit in
            let again = exit == .inOrder ? "–" : exit.isWorthAnotherTry ? "yes" : "no"
            return "| \(exit.rawValue) | \(exit.meaning) | \(again) |"
        }.joined(separator: "\n")
    }

    /// For `RestartPreventExitStatus`.
    static var finalCodes: String {
        allCases.filter { $0 != .inOrder && !$0.isWorthAnotherTry }.map { "\($0.rawValue)" }.joined(separator: " ")
    }
}

extension Problem {
    static func serving(_ exit: ServiceExit, _ message: String) -> Problem {
        Problem(exitCode: exit.rawValue, message: message)
    }
}
