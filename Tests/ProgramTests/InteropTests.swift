import Foundation
import ProcessSupport
import Testing

/// The service beside the simulated world as processes, and other people's programs in front of it. Each script starts
/// and ends what it needs; what is not installed is skipped, with its name.
@Suite("The service, as others see it", .serialized, .waiting, .timeLimit(.minutes(5)))
struct InteropTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func run(_ script: String, _ arguments: [String] = []) async throws {
        let result = try Program.runScript(
            repository.appending(path: "Tests/interop/\(script)").path(percentEncoded: false), arguments)
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
    }

    /// Whether a command ends well, as a person would try.
    private static func works(_ command: String) async -> Bool {
        (try? Program.runScript("/bin/sh", ["-c", "command -v curl && " + command]).exitCode) == 0
    }

    private static let browsers = "command -v chromium || command -v chromium-browser || command -v google-chrome"

    @Test("The README's table of settings is the program's; make readme writes it")
    func table() throws {
        let readme = try String(contentsOf: Self.repository.appending(path: "README.md"), encoding: .utf8)
        let parts = readme.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(parts.firstIndex { $0.hasPrefix("<!-- table: ") })
        let end = try #require(parts.firstIndex(of: "<!-- table ends -->"))
        let printed = try Program.run("assay", ["serve", "--print-table"])
        #expect(parts[(start + 1)..<end].joined(separator: "\n") + "\n" == printed.output)
    }

    @Test(
        "The examples in the README and in docs run as they are written",
        .enabled("curl is not installed") { await works("command -v base64") })
    func examples() async throws { try await Self.run("documents") }

    @Test(
        "PyJWT verifies every token by discovery alone",
        .enabled("curl, or python3 with PyJWT, is not installed") {
            await works("python3 -c 'import jwt, cryptography'")
        })
    func pyJWT() async throws { try await Self.run("tokens", ["pyjwt"]) }

    @Test(
        "joserfc verifies every token by discovery alone",
        .enabled("curl, or python3 with joserfc, is not installed") { await works("python3 -c 'import joserfc'") })
    func joseRFC() async throws { try await Self.run("tokens", ["joserfc"]) }

    @Test(
        "WebCrypto in Node verifies every token by discovery alone",
        .enabled("curl, or Node 19 or later, is not installed") {
            await works("node -e 'process.exit(globalThis.fetch && globalThis.crypto ? 0 : 1)'")
        })
    func node() async throws { try await Self.run("tokens", ["node"]) }

    @Test(
        "Confidential Computing Zoo's page is green for a good quote and red for a forged one, in a browser",
        .enabled("curl, Chromium, or python3 with playwright, is not installed") {
            await works("(\(browsers)) && python3 -c 'import playwright'")
        })
    func page() async throws { try await Self.run("browser") }
}
