import Foundation
import ProcessSupport
import Testing

/// `make siege`, which is Python, as short as it can be: that it reaches no other machine, that it can fail, and that it runs
/// against these programs. Whether the service holds out is for the long form on a machine that does nothing else.
@Suite("The siege", .waiting, .needs(.python), .timeLimit(.minutes(5)))
struct SiegeTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "siege/test_siege.py").path(percentEncoded: false)

    @Test("Its own tests hold, and a short one ends with its table")
    func short() throws {
        let result = try ChildProcess.run(
            ["python3", Self.tests],
            environment: ["ASSAY_PROGRAMS": ChildProcess.programs.path, "PYTHONDONTWRITEBYTECODE": "1"])
        #expect(result.exitCode == 0, "\((result.output + result.error).suffix(8_000))")
        // What these skip would be counted nowhere, so they may skip nothing.
        #expect(result.error.split(separator: "\n").contains("OK"), "\(result.error.suffix(2_000))")
    }
}
