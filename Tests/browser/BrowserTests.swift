import CorpusSupport
import Foundation
import ProcessSupport
import Testing

/// The pages in a real browser: Debian's Chromium, driven by Playwright from Python. What a test sees there (console
/// errors, requests to other hosts, a page that does not turn red) cannot be seen from here.
@Suite("Pages in a browser, drop-ins", .waiting)
struct BrowserTests {
    @Test(
        "Every page and state", .needs(.python, .chromium),
        arguments: ["test_verify.py", "test_log.py", "test_access.py", "test_clients.py"])
    func drive(_ file: String) throws {
        // The one test of a real quote is the next one here, so that its absence is counted.
        try Self.run(file, environment: ["ASSAY_CORPUS": "/nowhere"], skipping: file == "test_verify.py" ? 1 : 0)
    }

    @Test(
        "A real quote under Intel's root", .needs(.python, .chromium),
        .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
    func real() throws { try Self.run("test_verify.py", ["Verify.test_real_quote_under_intels_root"]) }

    @Test(
        "Drop-ins against real servers", .needs(.python, .node, .nginx, .openssl),
        arguments: [
            "test_answers.py", "test_commands.py", "test_demands.py", "test_dropins.py", "test_guest.py",
            "test_vectors.py",
        ])
    func dropIns(_ file: String) throws {
        let output = try Self.run("../integrations/" + file)
        for line in output.split(separator: "\n") where line.contains(" rows ") { print("\(file): \(line)") }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().path

    /// Runs one file of tests. What it skips would be counted nowhere, so it may skip nothing else.
    ///
    /// - Returns: everything that it said.
    @discardableResult
    private static func run(
        _ file: String, _ names: [String] = [], environment: [String: String] = [:], skipping count: Int = 0
    ) throws -> String {
        let result = try ChildProcess.run(
            ["python3", "\(folder)/\(file)"] + names,
            environment: [
                "ASSAY_PROGRAMS": ChildProcess.programs.path, "PYTHONDONTWRITEBYTECODE": "1",
            ].merging(environment) { $1 })
        #expect(result.exitCode == 0, "\(file): \((result.output + result.error).suffix(8_000))")
        let end = count == 0 ? "OK" : "OK (skipped=\(count))"
        #expect(result.error.split(separator: "\n").contains { $0 == end }, "\(file): \(result.error.suffix(2_000))")
        return result.output + result.error
    }
}
