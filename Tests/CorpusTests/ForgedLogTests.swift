import Appraisal
import CorpusSupport
import DCAPFormats
import DCAPVerification
import EventLog
import Testing
import Wire
import Words

/// Event logs edited so that every digest stays what it was, as the report `yes-forged-logs` has them: none is accepted
/// that the honest log is not.
@Suite("Reports: forged logs", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
struct ForgedLogTests {
    private static let folder = "reports/yes-forged-logs/"
    private static let time = Instant(seconds: 1_768_435_200)  // 2026-01-15T00:00:00Z

    enum Right: Sendable {
        /// By a set as it is, and by one that declares what protects the root.
        case acceptedWithWarning, notAccepted, doesNotLoad
    }

    static let rows: [(quote: String, log: String, policy: String, right: Right)] = [
        ("healthy", "healthy", "gn8v-raw", .acceptedWithWarning),
        ("model-changed-honest", "model-changed-honest", "gn8v-raw", .notAccepted),
        ("model-changed-type", "model-changed-type", "gn8v-raw", .notAccepted),
        ("ollama-honest", "ollama-honest", "gn8v-raw", .notAccepted),
        ("ollama-garbage", "ollama-garbage", "gn8v-raw", .notAccepted),
        ("text-init", "text-init", "nocl", .notAccepted), ("cmdline-true", "cmdline-true", "cl", .doesNotLoad),
        ("cmdline-forged", "cmdline-forged", "cl", .doesNotLoad), ("sb-zero-true", "sb-zero-true", "sb", .notAccepted),
        ("sb-zero-forged", "sb-zero-forged", "sb", .notAccepted), ("dstack", "dstack-true", "dstack", .notAccepted),
        ("dstack", "dstack-forged", "dstack", .notAccepted), ("aael-true", "aael-true", "aael", .notAccepted),
        ("aael-garbage", "aael-garbage", "aael", .notAccepted),
    ]

    private func bytes(_ name: String) throws -> [UInt8] {
        try #require(Corpus.available).bytes(at: Self.folder + name)
    }

    private func references(declaring word: String?) throws -> ReferenceLibrary {
        var text = String(decoding: try bytes("refs.json"), as: UTF8.self)
        if let word {
            text = text.replacing(
                #""valid_from""#, with: #""root_integrity": "\#(word)", "valid_from""#, maxReplacements: 1)
        }
        return ReferenceLibrary([try ReferenceSet(parsing: Array(text.utf8))])
    }

    private func verdict(_ quote: String, _ log: String, _ policy: Policy, _ word: String?) throws -> Verdict {
        let parsed = try Quote(parsing: try bytes(quote + ".quote"))
        let verdict = judge(
            Evidence(quote: parsed, eventLog: try bytes(log + ".log")),
            with: .documents(try Collateral(bundle: try bytes("collateral.json"))), under: [policy],
            references: try references(declaring: word),
            expecting: ExpectedReportData(raw: parsed.reportData.bytes),
            trusting: Verifier(trusting: try TrustAnchor(certificate: try bytes("root.pem"))), at: Self.time)
        guard case .verified = verdict.verification else { throw CorpusError("\(quote) does not verify") }
        return verdict
    }

    @Test("Each row of the report comes out right, whatever the reference set declares", arguments: rows)
    func row(_ quote: String, _ log: String, _ name: String, _ right: Right) throws {
        let document = try bytes(name + ".policy.json")
        let policy: Policy
        do throws(PolicyError) {
            policy = try Policy(handedIn: document)
            #expect(right != .doesNotLoad)
        } catch {
            #expect(right == .doesNotLoad, "\(error.sentence(.english))")
            #expect(error.code == .unanchoredClaim)
            return
        }
        for word in [nil, "verity", "initrd", "accepted-by-owner"] {
            let verdict = try verdict(quote, log, policy, word)
            let why = "\(word ?? "nothing") declared: \(verdict.reasons)"
            switch right {
            case .acceptedWithWarning:
                #expect(verdict.decision == .accept, "\(why)")
                #expect(verdict.status == (word == nil ? .warning : .affirming), "\(why)")
                #expect(verdict.reasons == (word == nil ? ["ROOT_UNPROTECTED"] : []), "\(why)")
            case .notAccepted: #expect(verdict.decision == .reject, "\(why)")
            case .doesNotLoad: Issue.record("loads")
            }
        }
    }

    @Test("Report bindings, 6: a TDX 1.0 body with MIGRATABLE set cannot say which service TD may take it")
    func migratable() throws {
        let corpus = try #require(Corpus.available)
        func bytes(_ name: String) throws -> [UInt8] { try corpus.bytes(at: "reports/yes-bindings/" + name) }
        let anchor = try TrustAnchor(certificate: try bytes("root.pem"))
        let verification = Verifier(trusting: anchor).verify(
            try Quote(parsing: try bytes("v4m.quote")), using: try Collateral(bundle: try bytes("collateral.json")),
            at: Self.time)
        for policy in [Policy.strict, try Policy(handedIn: try bytes("svctd.json"))] {
            let verdict = appraise(verification, trusting: anchor, under: policy, expecting: nil, at: Self.time)
            #expect(verdict.decision == .reject)
            #expect(verdict.reasons == ["POLICY_SERVICE_TD"], "\(policy.id): \(verdict.reasons)")
        }
    }
}
