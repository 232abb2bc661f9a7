import Foundation
import ProcessSupport
import Testing

/// The service beside the simulated world as processes, and other people's programs in front of it. Each script starts
/// and ends what it needs.
@Suite("The service, as others see it", .serialized, .waiting, .timeLimit(.minutes(5)))
struct InteropTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func run(_ script: String, _ arguments: [String] = []) async throws {
        let result = try Program.runScript(
            repository.appending(path: "Tests/interop/\(script)").path(percentEncoded: false), arguments)
        #expect(result.exitCode == 0, "\(result.output)\(result.error)")
    }

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
        .needs(.curl))
    func examples() async throws { try await Self.run("documents") }

    @Test(
        "PyJWT verifies every token by discovery alone",
        .needs(.curl, .python))
    func pyJWT() async throws { try await Self.run("tokens", ["pyjwt"]) }

    @Test(
        "joserfc verifies every token by discovery alone",
        .needs(.curl, .python))
    func joseRFC() async throws { try await Self.run("tokens", ["joserfc"]) }

    @Test(
        "What the OpenAPI document allows is taken, what it forbids is refused, and every answer is a documented one",
        .needs(.curl, .python))
    func openAPI() async throws { try await Self.run("openapi") }

    @Test(
        "Every command that a fix, a message or a document names is there, with its options",
        .needs(.python))
    func commands() async throws {
        try await Self.run("named_commands.py", [ChildProcess.programs.path])
    }

    @Test(
        "WebCrypto in Node verifies every token by discovery alone",
        .needs(.curl, .node))
    func node() async throws { try await Self.run("tokens", ["node"]) }

    @Test(
        "Confidential Computing Zoo's page is green for a good quote and red for a forged one, in a browser",
        .needs(.curl, .python, .chromium))
    func page() async throws { try await Self.run("browser") }
}
