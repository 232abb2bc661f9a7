import Foundation
import ProcessSupport
import Testing

/// The pages in a real browser: Debian's Chromium, driven by Playwright from Python. What a test sees there (console
/// errors, requests to other hosts, a page that does not turn red) cannot be seen from here.
@Suite("Pages in a browser, drop-ins", .waiting)
struct BrowserTests {
    private static let absence =
        "Chromium at /usr/bin/chromium, or PyPI's playwright or cryptography, is not there: the pages are not driven"

    private static let isPossible =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/chromium")
        && isThere("playwright.sync_api") && isThere("cryptography")

    @Test(
        "Every page and state", .enabled(if: isPossible, "\(absence)"),
        arguments: ["test_verify.py", "test_log.py", "test_access.py", "test_clients.py"])
    func drive(_ file: String) throws {
        let result = try Self.run(["\(Self.folder)/\(file)"])
        #expect(result.exitCode == 0, "\(file): \(result.output.suffix(8_000))")
        #expect(result.output.contains("OK"), "\(file): \(result.output.suffix(2_000))")
    }

    /// Each of these says itself what is not there, and is skipped for it.
    @Test(
        "Drop-ins against real servers", .enabled(if: isThere("urllib"), "there is no python3"),
        arguments: [
            "test_answers.py", "test_commands.py", "test_demands.py", "test_dropins.py", "test_guest.py",
            "test_vectors.py",
        ])
    func dropIns(_ file: String) throws {
        let result = try Self.run(["\(Self.folder)/../integrations/\(file)"])
        #expect(result.exitCode == 0, "\(file): \(result.output.suffix(8_000))")
        #expect(result.output.contains("OK"), "\(file): \(result.output.suffix(2_000))")
        for line in result.output.split(separator: "\n")
        where line.contains("skipped") || line.contains("not installed") || line.contains(" rows ") {
            print("\(file): \(line)")
        }
    }

    private static func isThere(_ module: String) -> Bool { (try? run(["-c", "import \(module)"]).exitCode) == 0 }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().path

    private static func run(_ arguments: [String]) throws -> (exitCode: Int32, output: String) {
        let result = try ChildProcess.run(
            ["python3"] + arguments,
            environment: [
                "ASSAY_PROGRAMS": ChildProcess.programs.path, "PYTHONDONTWRITEBYTECODE": "1",
            ])
        return (result.exitCode, result.output + result.error)
    }
}
