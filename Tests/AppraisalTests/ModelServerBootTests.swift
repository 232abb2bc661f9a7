import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire
import Words

@testable import Appraisal

/// A simulated gn8v-tee boot under the shipped example policy: accepted as vouched for, and each change refused by the rule
/// that is there for it.
@Suite("A model server's boot")
struct ModelServerBootTests {
    private static let seed = "gn8v"
    private static let expected = ExpectedReportData.assay(
        nonce: [UInt8](repeating: 0x42, count: 32), keyThumbprint: nil)

    private struct Evidence {
        let verification: Verification
        let anchor: TrustAnchor
        let log: [UInt8]
        let time: Instant
        let quote: Quote

        var verified: VerifiedQuote? { if case .verified(let quote) = verification { quote } else { nil } }
    }

    private static func boot(_ variation: BootVariation) throws -> Evidence {
        let log = variation.log(seed: seed)
        var recipe = try SimulatedWorld(seed: seed).recipe(for: .tdx15V5)
        recipe.setRegisters(after: log)
        recipe.quote.td?.reportData = try #require(expected?.candidates.first)
        let evidence = try recipe.build()
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        let quote = try Quote(parsing: evidence.quote)
        return Evidence(
            verification: Verifier(trusting: anchor).verify(
                quote, using: try Collateral(bundle: evidence.collateral.bundleJSON), at: evidence.time),
            anchor: anchor, log: log.bytes, time: evidence.time, quote: quote)
    }

    /// The baseline of a boot, with the manifest of its model.
    private static func references(
        _ variation: BootVariation = .healthy, rootIntegrity: RootIntegrity? = nil
    ) throws -> ReferenceLibrary {
        let healthy = try boot(variation)
        let manifest = SimulatedModel(seed: seed).manifest
        let document = Boot(of: healthy.quote, log: healthy.log).referenceSet(
            id: "gn8v-tee-llm", version: 1, source: "a simulated boot", note: "a test",
            validFrom: healthy.time.advanced(bySeconds: -60),
            validUntil: healthy.time.advanced(bySeconds: 3_600), rootIntegrity: rootIntegrity,
            manifests: [Base64.encode(manifest)])
        return ReferenceLibrary([try ReferenceSet(parsing: Array(document.prettyText.utf8))])
    }

    private static func verdict(_ variation: BootVariation, _ references: ReferenceLibrary? = nil) throws -> Verdict {
        let evidence = try boot(variation)
        let references = try references ?? Self.references()
        let policy = try #require(Policy.builtIn.first { $0.id == "gn8v-tee-llm" })
        let quote = try #require(evidence.verified)
        return appraise(
            evidence.verification, trusting: evidence.anchor, under: policy, references: references,
            eventLog: quote.replay(evidence.log, manifests: references.manifests),
            expecting: expected, at: evidence.time)
    }

    @Test("As vouched for, it is accepted and affirming")
    func healthy() throws {
        let verdict = try Self.verdict(.healthy)
        #expect(verdict.decision == .accept, "\(explain(verdict).text(.english))")
        #expect(verdict.reasons.isEmpty, "\(verdict.reasons)")
        #expect(verdict.status == .affirming)
        // What single events say was read at boot: 3.
        #expect(verdict.trustworthiness.executables == 3)
        #expect(verdict.root?.word == "roothash")
        let document = verdict.document(verifierVersion: "test")
        #expect(document["event_log"]?["rtmr"] == .array((0..<4).map { _ in .string("replayed") }))
    }

    @Test("Row 108: without a root hash it is a warning, until a reference set declares what protects the root")
    func plainRoot() throws {
        let verdict = try Self.verdict(.plainRoot, try Self.references(.plainRoot))
        #expect(verdict.decision == .accept, "\(explain(verdict).text(.english))")
        #expect(verdict.status == .warning)
        #expect(verdict.reasons == ["ROOT_UNPROTECTED"])
        #expect(verdict.root == RootFinding(declaredBy: nil))
        let note = try Self.references(.plainRoot)["gn8v-tee-llm"]?.note ?? ""
        #expect(note.contains("nothing measured protects the root file system"))
        for word in RootIntegrity.allCases {
            let references = try Self.references(.plainRoot, rootIntegrity: word)
            let declared = try Self.verdict(.plainRoot, references)
            #expect(declared.status == .affirming, "\(declared.reasons)")
            #expect(declared.root?.declared == word)
            #expect(declared.root?.isPassed == false)
            #expect(declared.root?.reference == references["gn8v-tee-llm"]?.sha256)
            let document = declared.document(verifierVersion: "test")
            #expect(document["event_log"]?["root"]?["declared"] == .string(word.rawValue))
            #expect(document["event_log"]?["root"]?["outcome"] == .string("not_performed"))
        }
    }

    /// The rules that a change must fail; others may fail beside them.
    static let changes: [(BootVariation, [String])] = [
        (.model, ["claim.model-manifest", "claim.model-blobs"]), (.blob, ["claim.model-blobs"]),
        (.plainRoot, ["claim.kernel-command-line", "claim.boot-configuration"]),
        (.commandLine, ["claim.kernel-command-line", "claim.boot-configuration"]),
        (.kernel, ["claim.boot-configuration"]),
        (.initrd, ["claim.boot-configuration"]), (.ollama, ["claim.ollama"]), (.openWebUI, ["claim.open-webui"]),
        (.secureBootOff, ["claim.firmware-configuration"]), (.noReady, ["claim.boot-phase"]),
        (.wrongCount, ["event_log"]),
        (.modelChanged, ["claim.unchanged"]), (.lateManifest, ["claim.model-manifest"]),
        (.eventAfterQuote, ["event_log"]),
        (.eventDropped, ["event_log"]), (.applicationsHidden, ["claim.boot-phase"]), (.eventsSwapped, ["event_log"]),
    ]

    @Test("Each change is refused by its own rule", arguments: changes)
    func changed(_ variation: BootVariation, _ rules: [String]) throws {
        let verdict = try Self.verdict(variation)
        #expect(verdict.decision == .reject)
        let failed = verdict.rules.filter { if case .failed = $0.outcome { true } else { false } }.map(\.id)
        for rule in rules { #expect(failed.contains(rule), "\(variation.title): \(failed)") }
        if variation == .blob { #expect(failed == rules) }
    }

    @Test("Every change has its row")
    func covered() {
        for variation in BootVariation.allCases where variation != .healthy && variation != .textChanged {
            #expect(Self.changes.contains { $0.0 == variation }, "\(variation.rawValue)")
        }
    }

    @Test("Another text beside the true digest convinces nobody: the digest is compared, and the text is no claim")
    func textChanged() throws {
        let verdict = try Self.verdict(.textChanged)
        #expect(verdict.decision == .accept, "\(explain(verdict).text(.english))")
        #expect(verdict.eventLog?.claims["kernel_cmdline"] == nil)
    }

    @Test("Two boots compared say what changed, in words")
    func differences() throws {
        let one = try Self.boot(.healthy)
        let other = try Self.boot(.commandLine)
        let before = Boot(of: one.quote, log: one.log)
        let after = Boot(of: other.quote, log: other.log)
        let text = BootDifference.between(before.values, after.values).map { $0.text(.english) }
        #expect(
            text.contains { $0.hasPrefix("the kernel command line: was ") && $0.hasSuffix("init=/bin/sh") }, "\(text)")
        #expect(text.contains { $0.hasPrefix("rtmr2") })
        #expect(!text.contains { $0.hasPrefix("mr_td") })
        let events = BootDifference.events(before.log, after.log).map { $0.text(.chinese) }
        #expect(events.contains { $0.hasPrefix("rtmr2 的第 ") }, "\(events)")
        #expect(BootDifference.between(before.values, before.values).isEmpty)
    }

    @Test("A log beside an SGX quote, and one of another boot, are no help")
    func wrongLog() throws {
        let evidence = try Self.boot(.healthy)
        let quote = try #require(evidence.verified)
        let verdict = appraise(
            evidence.verification, trusting: evidence.anchor, under: .strict,
            eventLog: quote.replay(try Self.boot(.kernel).log), expecting: nil, at: evidence.time)
        #expect(verdict.reasons == ["POLICY_EVENT_LOG"])
        let broken = appraise(
            evidence.verification, trusting: evidence.anchor, under: .strict, eventLog: quote.replay([1, 2, 3]),
            expecting: nil, at: evidence.time)
        #expect(broken.reasons == ["POLICY_EVENT_LOG"])
    }
}
