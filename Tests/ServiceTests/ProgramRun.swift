import Foundation
import ProcessSupport
import ServiceSupport

/// The programs of this build as processes, without blocking a thread that servers of the test need.
enum ProgramRun {
    typealias Result = ChildProcess.Result

    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Result {
        try await RunningProgram(name, arguments, environment: environment).result()
    }
}

/// A program that goes on until it is told to end.
final class RunningProgram: Sendable {
    private let process: ChildProcess
    private let scratch: ScratchFolder

    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        scratch = try ScratchFolder()
        let program = name.hasPrefix("/") ? name : ChildProcess.programs.appending(path: name).path
        process = try ChildProcess(
            [program] + arguments, environment: environment, output: scratch.write("", to: "stdout"),
            error: scratch.write("", to: "stderr"))
    }

    deinit { process.terminate() }

    /// SIGTERM.
    func terminate() { process.terminate() }

    var output: String { (try? scratch.read("stdout")).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    var error: String { (try? scratch.read("stderr")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Waits for the end.
    func result() async throws -> ProgramRun.Result {
        let process = process
        let exitCode = try await OwnThread.run { process.waitUntilExit() }
        return ProgramRun.Result(exitCode: exitCode, output: output, error: error)
    }

    /// Waits until `text` stands in what it has said on standard error.
    func waits(for text: String) async throws -> String {
        try await eventually("the program says \(text)") {
            if error.contains(text) { return true }
            guard process.isRunning else { throw TestFailure("it ended: \(error)") }
            return false
        }
        return error
    }
}
