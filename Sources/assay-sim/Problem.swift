/// Something that keeps a command from doing its work: said in one sentence, with what to do, and an exit code.
struct Problem: Error {
    /// 2: could not be done. 64: the command line is wrong.
    let exitCode: Int32
    let message: String

    static func failed(_ message: String) -> Problem { Problem(exitCode: 2, message: message) }
    static func usage(_ message: String) -> Problem { Problem(exitCode: 64, message: message) }
}
