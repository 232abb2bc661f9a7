import Appraisal
import DCAPFormats
import DCAPVerification
import EventLog
import Foundation
import PlatformSimulator
import ProcessSupport
import Testing
import Wire

@testable import DocumentedExamples

/// What others copy from: the programs of `Examples`, and the examples of the libraries' documentation.
@Suite("Examples", .waiting)
struct ExampleTests {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static let nonce = [UInt8](repeating: 7, count: 16)

    /// Simulated evidence over the nonce, after a boot that has a log.
    private struct Bound {
        let evidence: SimulatedEvidence
        let anchor: TrustAnchor
        let log: [UInt8]

        init(_ kind: QuoteKind = .tdx15V5) throws {
            let log = BootVariation.healthy.log(seed: "examples")
            var recipe = try SimulatedWorld(seed: "examples").recipe(for: kind)
            recipe.setRegisters(after: log)
            let bound = try #require(SimulatedBinding.assay(nonce: ExampleTests.nonce))
            recipe.quote.td?.reportData = bound
            evidence = try recipe.build()
            anchor = try TrustAnchor(certificate: evidence.rootCertificate)
            self.log = log.bytes
        }

        func verified() throws -> VerifiedQuote {
            let collateral = try Collateral(bundle: evidence.collateral.bundleJSON)
            let quote = try Quote(parsing: evidence.quote)
            let verification = Verifier(trusting: anchor).verify(quote, using: collateral, at: evidence.time)
            guard case .verified(let quote) = verification else { throw SampleMissing() }
            return quote
        }
    }

    private struct SampleMissing: Error {}

    @Test(
        "verify-quote says what assay verify says, with the same exit code",
        arguments: [
            (
                ["good.quote", "collateral.json", "root.pem"], Int32(0),
                "accept, warning: NO_REFERENCE_VALUES, NOT_FRESH"
            ),
            (["forged.quote", "collateral.json", "root.pem"], 1, "reject, contraindicated: QUOTE_SIGNATURE_INVALID"),
            (["good.quote", "collateral.json"], 1, "reject, contraindicated: PCK_ROOT_UNTRUSTED"),
            (["good.quote", "root.pem"], 2, "undecided: "), (["good.quote"], 64, "usage: verify-quote"),
        ])
    func verifyQuote(_ files: [String], _ exitCode: Int32, _ line: String) throws {
        let scratch = try Scratch()
        for arguments in [
            ["quote", "--at", "now", "--out", "good.quote"],
            ["quote", "--at", "now", "--mutation", "48", "--out", "forged.quote"],
            ["collateral", "--at", "now", "--out", "collateral.json", "--trust-root", "root.pem"],
        ] {
            #expect(try Program.run("assay-sim", arguments, folder: scratch.path).exitCode == 0)
        }
        let result = try Program.run("example-verify-quote", files, folder: scratch.path)
        #expect(result.exitCode == exitCode)
        #expect(result.output.hasPrefix(line), "\(result.output)")
    }

    @Test("DCAPFormats: a quote is described, and what is none has a code")
    func describes() throws {
        let quote = try Bound().evidence.quote
        let lines = describe(quote)
        #expect(lines.first == "a tdx quote, version 5")
        #expect(lines.contains("report data \(try Quote(parsing: quote).reportData)"))
        #expect(describe([1, 2, 3]).first?.hasPrefix("QUOTE_") == true)
    }

    @Test("DCAPVerification: a machine is up to date the first time and the next, and a forgery is refused both times")
    func machine() throws {
        let bound = try Bound()
        let evidence = bound.evidence
        var forged = evidence.quote
        forged[100] ^= 1
        var machine = try Machine(bundle: evidence.collateral.bundleJSON, trusting: bound.anchor)
        for _ in 0..<2 {
            #expect(try machine.status(of: forged, at: evidence.time) == "QUOTE_SIGNATURE_INVALID")
            #expect(try machine.status(of: evidence.quote, at: evidence.time) == "UpToDate")
        }
        var other = try Machine(bundle: evidence.collateral.bundleJSON)
        #expect(try other.status(of: evidence.quote, at: evidence.time) == "PCK_ROOT_UNTRUSTED")
    }

    @Test("Appraisal: the secret goes to the machine that was vouched for, over our nonce, and to no other")
    func secret() throws {
        let bound = try Bound()
        let evidence = bound.evidence
        let set = Boot(of: try Quote(parsing: evidence.quote), log: nil).referenceSet(
            id: "ours", version: 1, source: "a test", validFrom: evidence.time, validUntil: nil)
        let claims = ["mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3"].map {
            #"{"id":"\#($0)","claim":"\#($0)","operator":"in","reference_set":"ours"}"#
        }
        let policy = #"{"id":"ours","version":1,"claims":[\#(claims.joined(separator: ","))]}"#
        func mayHave(_ quote: [UInt8], _ nonce: [UInt8], _ anchor: TrustAnchor) throws -> Bool {
            try mayHaveSecret(
                quote: quote, collateral: Collateral(bundle: evidence.collateral.bundleJSON), nonce: nonce,
                policy: Array(policy.utf8), references: [Array(set.prettyText.utf8)], at: evidence.time,
                trusting: anchor)
        }
        #expect(try mayHave(evidence.quote, Self.nonce, bound.anchor))
        #expect(try !mayHave(evidence.quote, Array(repeating: 8, count: 16), bound.anchor))
        #expect(try !mayHave(evidence.quote, [7], bound.anchor))
        #expect(try !mayHave(evidence.quote, Self.nonce, .intel))
        var plain = try SimulatedWorld(seed: "examples").recipe(for: .tdx15V5)
        plain.quote.td?.reportData = try #require(SimulatedBinding.assay(nonce: Self.nonce))
        #expect(try !mayHave(plain.build().quote, Self.nonce, bound.anchor))
    }

    @Test("EventLog: the command line is a fact beside its own quote only")
    func commandLine() throws {
        let bound = try Bound()
        let quote = try bound.verified()
        #expect(kernelCommandLine(of: bound.log, beside: quote) == TrustDomainBoot(seed: "examples").commandLine)
        #expect(kernelCommandLine(of: BootVariation.commandLine.log(seed: "examples").bytes, beside: quote) == nil)
        #expect(kernelCommandLine(of: [1], beside: quote) == nil)
    }

    @Test("MerkleLog: a receipt gives its entry's place, and no other entry's")
    func receipt() throws {
        func vector(_ name: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: Self.repository.appending(path: "Tests/MerkleLogTests/Vectors/\(name)")))
        }
        let leaves = try vector("worked-log.ndjson").split(separator: 0x0A).map(Array.init)
        let proof = try vector("entry-5.tlog-proof")
        let log = "log attest.example/log/2026+c600d723+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\nquorum none\n"
        #expect(try place(of: leaves[5], in: proof, trusting: Array(log.utf8)) == 5)
        #expect(throws: (any Error).self) { try place(of: leaves[4], in: proof, trusting: Array(log.utf8)) }
    }

    @Test(
        "The documentation of a library shows the example that is compiled here",
        arguments: ["DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "MerkleLog"])
    func documentation(_ library: String) throws {
        func text(_ path: String) throws -> String {
            try String(contentsOf: Self.repository.appending(path: path), encoding: .utf8)
        }
        let page = try text("Sources/\(library)/Documentation.docc/Documentation.md")
        let source = try text("Examples/Sources/in-documentation/\(library).swift")
        #expect(page.contains("```swift\n\(source)```\n"))
    }
}
