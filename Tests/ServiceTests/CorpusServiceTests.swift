import Appraisal
import CorpusSupport
import DCAPFormats
import DCAPVerification
import Foundation
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

@testable import assay

/// Intel's own collateral, served by the simulated PCCS: a real quote posted over HTTP is judged as the program judges it
/// from a file, to the byte.
@Suite("Real quotes over HTTP", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct CorpusServiceTests {
    /// One case per answer and platform kind: enough doors, not all thousand cases.
    private static func cases(_ corpus: Corpus) -> [CorpusCase] {
        var seen: Set<String> = []
        return corpus.cases.filter { testCase in
            // Samples of several platforms in one folder have no bundle of their own name; version 2 is not for services.
            guard testCase.trustRoot == nil, testCase.quoteFile == nil, testCase.timeCase == nil,
                testCase.expected.outcome != nil, !testCase.collateral.contains("-v2-"),
                (try? corpus.item(testCase.collateral)) != nil
            else { return false }
            let word = testCase.expected.tcbStatus ?? testCase.expected.reasonClass ?? ""
            return seen.insert("\(testCase.quote.prefix(6)) \(word)").inserted
        }
    }

    /// The verdict without what differs by nature: token, log, id, source and forecast.
    private static func comparable(_ document: JSON) -> String {
        document.setting("id", to: nil).setting("token", to: nil).setting("log", to: nil)
            .setting("collateral", "source", to: nil).setting("tcb", "forecast", to: nil).compactText
    }

    @Test("The same verdict object, byte for byte, as from the bundle")
    func sameVerdict() async throws {
        let corpus = try #require(Corpus.available)
        let cases = Self.cases(corpus)
        #expect(cases.count >= 8)
        var words: Set<String> = []
        for testCase in cases {
            let bundle = try Collateral(bundle: try corpus.bundle(of: testCase))
            let quote = try corpus.quote(of: testCase)
            let verdict = judge(
                Evidence(quote: try Quote(parsing: quote)), with: .documents(bundle), under: [.strict],
                expecting: nil, trusting: Verifier(trusting: .intel), at: testCase.time)
            var catalogue = PCCSCatalogue()
            try catalogue.add(bundle, update: .standard)
            let milliseconds = testCase.now * 1_000
            let now: @Sendable () -> Int64 = { milliseconds }
            let answer = try await Live.run(
                ["trust_root": ""], pccs: SimulatedPCCS(catalogue), now: now
            ) { live in try await live.raw(quote) }
            // Documents of another platform or TEE are no answer of a service; from a file they are judged.
            guard answer.status == 200 else {
                #expect(
                    ["TCB_INFO_MISMATCH", "QE_IDENTITY_MISMATCH"].contains(verdict.reasons.first ?? ""),
                    "\(testCase): \(answer.text)")
                continue
            }
            let served = try #require(JSON(document: try answer.json()))
            #expect(
                Self.comparable(served) == Self.comparable(verdict.document(verifierVersion: Assay.version)),
                "\(testCase)")
            #expect((served["token"] != nil) == (verdict.decision == .accept), "\(testCase)")
            words.insert(verdict.reasons.first ?? "")
        }
        // Accepts and rejects are both among them.
        #expect(words.contains("NO_REFERENCE_VALUES"))
        #expect(words.contains("POLICY_TCB_STATUS"))
        print("\(cases.count) real quotes over HTTP: \(words.sorted().joined(separator: ", "))")
    }

    @Test("And as the program assay verify says it, offline and with --pccs")
    func program() async throws {
        let corpus = try #require(Corpus.available)
        let testCase = try #require(
            Self.cases(corpus).first { $0.quote.hasPrefix("tdx") && $0.expected.tcbStatus == "UpToDate" })
        let scratch = try ScratchFolder()
        let quote = try scratch.write(try corpus.quote(of: testCase), to: "quote.bin")
        let bundle = try scratch.write(try corpus.bundle(of: testCase), to: "bundle.json")
        let milliseconds = testCase.now * 1_000
        let now: @Sendable () -> Int64 = { milliseconds }
        var catalogue = PCCSCatalogue()
        try catalogue.add(try Collateral(bundle: try corpus.bundle(of: testCase)), update: .standard)
        let pccs = SimulatedPCCS(catalogue)
        let raw = try corpus.quote(of: testCase)
        let served = try await Live.run(["trust_root": ""], pccs: pccs, now: now) { live in
            try #require(JSON(document: try await live.raw(raw).json()))
        }
        let at = ["--at", testCase.time.description, "--format", "json"]
        let offline = try await ProgramRun.run("assay", ["verify", quote, "--collateral", bundle] + at)
        #expect(offline.exitCode == 0, "\(offline.error)")
        let asked = try await pccs.serve { base in
            try await ProgramRun.run("assay", ["verify", quote, "--pccs", base, "--pccs-allow-http"] + at)
        }
        #expect(asked.exitCode == 0, "\(asked.error)")
        for result in [offline, asked] {
            let document = try #require(JSON(document: try JSONDocument(parsing: Array(result.output.utf8)).root))
            #expect(Self.comparable(document) == Self.comparable(served))
        }
    }
}
