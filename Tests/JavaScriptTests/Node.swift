import Foundation
import ProcessSupport

/// The JavaScript runtime of whoever runs the tests: Node 20 or newer, somewhere on the path.
enum Node {
    static let isAvailable = path != nil
    static let absence = "there is no Node of version 20 or newer on the path: what runs in browsers is not tested"

    /// Runs Node's own test runner on every test of `web/tests`.
    ///
    /// - Returns: exit code, and everything that was printed.
    static func test(environment: [String: String]) throws -> (exitCode: Int32, output: String) {
        let tests = repository.appending(path: "web/tests")
        let files = try FileManager.default.contentsOfDirectory(at: tests, includingPropertiesForKeys: nil)
            .map(\.path).filter { $0.hasSuffix(".test.js") }.sorted()
        return try run(path ?? "", ["--test", "--test-reporter=tap"] + files, environment: environment)
    }

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let path: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/node" }.first { isRecent($0) }

    private static func isRecent(_ path: String) -> Bool {
        guard FileManager.default.isExecutableFile(atPath: path), let answer = try? run(path, ["--version"]),
            let major = Int(answer.output.dropFirst().prefix(while: \.isNumber))
        else { return false }
        return major >= 20
    }

    private static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (exitCode: Int32, output: String) {
        let result = try ChildProcess.run([path] + arguments, environment: environment)
        return (result.exitCode, result.output + result.error)
    }
}
