import Foundation
import ProcessSupport

/// The JavaScript runtime of the tests.
enum Node {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Runs Node's own test runner on every test of `web/tests`, or on the files that are named.
    ///
    /// - Returns: exit code, and everything that was printed.
    static func test(
        _ names: [String]? = nil, environment: [String: String]
    ) throws -> (exitCode: Int32, output: String) {
        let tests = repository.appending(path: "web/tests")
        let files = try FileManager.default.contentsOfDirectory(at: tests, includingPropertiesForKeys: nil)
            .filter { names?.contains($0.lastPathComponent) ?? $0.path.hasSuffix(".test.js") }.map(\.path).sorted()
        // The oldest Node takes a .js file for a module only where it is told so.
        let settings = ["NODE_OPTIONS": "--experimental-default-type=module"].merging(environment) { $1 }
        let result = try ChildProcess.run(["node", "--test", "--test-reporter=tap"] + files, environment: settings)
        return (result.exitCode, result.output + result.error)
    }
}
