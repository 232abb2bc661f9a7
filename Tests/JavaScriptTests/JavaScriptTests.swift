import CorpusSupport
import Foundation
import ProcessSupport
import Testing

/// `assay.js` in Node: its own tests, and every case judged here judged there too. A browser that agrees with a lying
/// server is worth nothing; one that disagrees with us is worth less.
@Suite("assay.js", .waiting, .needs(.node, .chromium))
struct JavaScriptTests {
    @Test("Its own tests hold, and it gives the answer of `assay verify` on every case of the simulator")
    func simulated() throws {
        var cases = CaseFile()
        try cases.addSimulated()
        // One test reads the corpus; where that is missing, the next one here is what says so.
        try Self.run(nil, on: cases, skipping: Corpus.isAvailable ? 0 : 1)
    }

    @Test(
        "It gives the answer of `assay verify` on every case of the corpus",
        .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
    func corpus() throws {
        var cases = CaseFile()
        try cases.addCorpus(try #require(Corpus.available))
        try Self.run(["browser.test.js", "differential.test.js"], on: cases, skipping: 0)
    }

    /// What these tests skip would be counted nowhere, so they may skip nothing else.
    private static func run(_ files: [String]?, on cases: CaseFile, skipping count: Int) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "assay-cases-" + UUID().uuidString)
        try Data(cases.bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let joined = try JoinedFiles()
        defer { joined.remove() }
        let result = try Node.test(
            files, environment: ["ASSAY_CASES": file.path, "ASSAY_WEB": joined.folder.path])
        for line in result.output.split(separator: "\n") where line.hasPrefix("# ") && !line.hasPrefix("# Subtest") {
            print("assay.js: \(line.dropFirst(2))")
        }
        #expect(result.exitCode == 0, "\(result.output.suffix(8_000))")
        #expect(result.output.contains("\n# skipped \(count)\n"))
        #expect(result.output.contains("\(cases.caseCount) of \(cases.caseCount) cases agree"))
    }
}
