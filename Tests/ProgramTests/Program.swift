import Foundation
import ProcessSupport

/// Runs the programs that the build has just made, as a person would, and keeps what they said.
struct Program {
    typealias Result = ChildProcess.Result

    static func run(
        _ name: String, _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:],
        folder: String? = nil
    ) throws -> Result {
        try ChildProcess.run(
            [ChildProcess.programs.appending(path: name).path] + arguments, environment: environment,
            folder: folder, input: input ?? [])
    }

    /// A script, which finds the programs in the environment's `programs`.
    static func runScript(_ path: String, _ arguments: [String] = []) throws -> Result {
        try ChildProcess.run([path] + arguments, environment: ["programs": ChildProcess.programs.path])
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
        // Some of them are secrets, which a service takes from no file that others can read.
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        return file
    }
}
