/// Something that keeps a command from giving an answer: said in one sentence, with what to do, and an exit code.
struct Problem: Error {
    /// 2: could not decide. 64: the command line is wrong.
    let exitCode: Int32
    let message: String

    static func undecided(_ message: String) -> Problem { Problem(exitCode: 2, message: message) }
    static func usage(_ message: String) -> Problem { Problem(exitCode: 64, message: message) }
}

/// Exit codes of `assay verify` (dcap 0.5).
enum VerdictExit {
    static let accept: Int32 = 0
    static let reject: Int32 = 1
    static let error: Int32 = 2
}
