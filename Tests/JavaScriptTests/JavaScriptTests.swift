import CorpusSupport
import Foundation
import ProcessSupport
import Testing

/// `assay.js` in Node: its own tests, and every case judged here judged there too. A browser that agrees with a lying
/// server is worth nothing; one that disagrees with us is worth less.
@Suite("assay.js", .waiting, .enabled(if: Node.isAvailable, "\(Node.absence)"))
struct JavaScriptTests {
    @Test("Its own tests hold, and it gives the answer of `assay verify` on every case of simulator and corpus")
    func agrees() throws {
        var cases = CaseFile()
        try cases.addSimulated()
        if let corpus = Corpus.available {
            try cases.addCorpus(corpus)
        } else {
            print("assay.js: the cases of the corpus are skipped: \(Corpus.absence)")
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "assay-cases-" + UUID().uuidString)
        try Data(cases.bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let joined = try JoinedFiles()
        defer { joined.remove() }
        let result = try Node.test(environment: ["ASSAY_CASES": file.path, "ASSAY_WEB": joined.folder.path])
        for line in result.output.split(separator: "\n") where line.hasPrefix("# ") && !line.hasPrefix("# Subtest") {
            print("assay.js: \(line.dropFirst(2))")
        }
        #expect(result.exitCode == 0, "\(result.output.suffix(8_000))")
        #expect(result.output.contains("\(cases.caseCount) of \(cases.caseCount) cases agree"))
    }
}
