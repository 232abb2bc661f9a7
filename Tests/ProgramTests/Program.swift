import Foundation

/// Runs the programs that the build has just made, as a person would, and keeps what they said.
struct Program {
    struct Result {
        let exitCode: Int32
        let output: String
        let error: String
    }

    /// The folder of the running test bundle, where the executables lie too.
    private static let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    static func run(
        _ name: String, _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:],
        folder workingFolder: String? = nil
    ) throws -> Result {
        try run(
            folder.appending(path: name), arguments, input: input, environment: environment,
            workingFolder: workingFolder)
    }

    /// A script, which finds the programs in the environment's `programs`.
    static func runScript(_ path: String, _ arguments: [String] = []) throws -> Result {
        try run(
            URL(filePath: path), arguments, environment: ["programs": folder.path(percentEncoded: false)])
    }

    private static func run(
        _ executable: URL, _ arguments: [String], input: [UInt8]? = nil, environment: [String: String],
        workingFolder: String? = nil
    ) throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        if let workingFolder { process.currentDirectoryURL = URL(filePath: workingFolder) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let files = try Scratch()
        let inputFile = try files.write(input ?? [], to: "stdin")
        let outputFile = try files.write([], to: "stdout")
        let errorFile = try files.write([], to: "stderr")
        // Files and not pipes: a pipe's buffer is smaller than a verdict.
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: inputFile))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: outputFile))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errorFile))
        try process.run()
        process.waitUntilExit()
        return Result(
            exitCode: process.terminationStatus, output: try String(contentsOfFile: outputFile, encoding: .utf8),
            error: try String(contentsOfFile: errorFile, encoding: .utf8))
    }
}

/// A folder of its own that goes when the test does.
final class Scratch: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "assay-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// - Returns: the path written to.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(filePath: file))
        return file
    }
}
