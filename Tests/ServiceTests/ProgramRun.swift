import Foundation
import ServiceSupport
import Synchronization

/// The programs of this build as processes, without blocking a thread that servers of the test need.
enum ProgramRun {
    struct Result: Sendable {
        let exitCode: Int32
        let output: String
        let error: String
    }

    /// The folder of the running test bundle, where the executables lie too.
    private static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Result {
        try await RunningProgram(name, arguments, environment: environment).result()
    }

    static func process(_ name: String) -> Process {
        let process = Process()
        process.executableURL = name.hasPrefix("/") ? URL(filePath: name) : folder.appending(path: name)
        return process
    }
}

/// A program that goes on until it is told to end.
final class RunningProgram: Sendable {
    private let process: Mutex<Process>
    private let ended: AsyncStream<Int32>
    private let scratch: ScratchFolder

    init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        let process = ProgramRun.process(name)
        scratch = try ScratchFolder()
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        // Files and not pipes: a pipe's buffer is smaller than a verdict.
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: scratch.write("", to: "stdout")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: scratch.write("", to: "stderr")))
        let (ended, continuation) = AsyncStream<Int32>.makeStream()
        self.ended = ended
        process.terminationHandler = {
            continuation.yield($0.terminationStatus)
            continuation.finish()
        }
        try process.run()
        self.process = Mutex(process)
    }

    deinit { process.withLock { if $0.isRunning { $0.terminate() } } }

    /// SIGTERM.
    func terminate() { process.withLock { $0.terminate() } }

    var output: String { (try? scratch.read("stdout")).map { String(decoding: $0, as: UTF8.self) } ?? "" }
    var error: String { (try? scratch.read("stderr")).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    /// Waits for the end.
    func result() async throws -> ProgramRun.Result {
        for await code in ended { return ProgramRun.Result(exitCode: code, output: output, error: error) }
        throw TestFailure("the program was waited for twice")
    }

    /// Waits until `text` stands in what it has said on standard error.
    func waits(for text: String) async throws -> String {
        for _ in 0..<1_200 {
            let error = error
            if error.contains(text) { return error }
            guard process.withLock({ $0.isRunning }) else { throw TestFailure("it ended: \(error)") }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw TestFailure("it never said \(text): \(error)")
    }
}
