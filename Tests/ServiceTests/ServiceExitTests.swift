import Foundation
import Testing

@testable import assay

/// The enum is the table: people read it in docs/operations.md, and systemd in its unit.
@Suite("Exit codes of the service")
struct ServiceExitTests {
    private static func text(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test("docs/operations.md has the table, row by row")
    func table() throws {
        let table = try Self.text("docs/operations.md").split(separator: "\n")
            .drop { !$0.hasPrefix("| Exit code |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
        #expect(table.joined(separator: "\n") == ServiceExit.table)
    }

    @Test("The unit does not start again what another try does not mend")
    func unit() throws {
        let line = try Self.text("deploy/assay.service").split(separator: "\n")
            .first { $0.hasPrefix("RestartPreventExitStatus=") }
        #expect(line.map(String.init) == "RestartPreventExitStatus=\(ServiceExit.finalCodes)")
    }
}
