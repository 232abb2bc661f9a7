import DCAPFormats
import DCAPVerification
import LogSupport
import MerkleLog
import PlatformSimulator
import Records
import Testing
import Wire

/// Which bundles have claims (transparency-log V-9), and rulesets that are withdrawn or that nobody knows (V-6, V-11).
@Suite("Bundles of accepts, by ruleset")
struct RecordedRulesTests {
    @Test("An accept with its quote and without its claims is not verified; nor is a reject with claims")
    func missingClaims() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded()
        var without = bundle
        without.remove("claims.json")
        #expect(reverify(without.archive, under: trust) == .notVerified("the claims are missing"))
        var neither = without
        neither.remove("quote.bin")
        guard case .undecidable = reverify(neither.archive, under: trust) else {
            Issue.record("without quote and claims it is verified, or not")
            return
        }
        let (uncommitted, otherTrust) = try tokens.recorded(edit: { $0.claimsSHA256 = nil })
        #expect(
            reverify(uncommitted.archive, under: otherTrust)
                == .notVerified("the entry is of an accept, and commits to no claims"))
        let (reject, rejectTrust) = try tokens.recorded(edit: { $0.verdict = .reject })
        #expect(
            reverify(reject.archive, under: rejectTrust)
                == .notVerified("the entry commits to the claims of a token, and only an accept has one"))
        var (bare, bareTrust) = try tokens.recorded(edit: {
            $0.verdict = .reject
            $0.claimsSHA256 = nil
        })
        bare.add("claims.json", bundle.files["claims.json"] ?? [])
        #expect(
            reverify(bare.archive, under: bareTrust) == .notVerified("claims.json is nothing that the entry speaks of"))
    }

    @Test("A withdrawn ruleset is undecidable, and names the advisory; 30 days after it, not verified")
    func withdrawn() throws {
        let tokens = try AccountableTokens(.native)
        var (bundle, trust) = try tokens.recorded(ruleset: 1)
        // It archived no claims, and its verdicts are not the worse for it.
        for _ in 0..<2 {
            guard case .undecidable(let why) = reverify(bundle.archive, under: trust) else {
                Issue.record("\(reverify(bundle.archive, under: trust))")
                return
            }
            #expect(why.contains("ruleset 1 is withdrawn") && why.contains("ASSAY-2026-0001"))
            bundle.remove("claims.json")
        }
        // By the rules of now the same comes out, which confirms nothing; and what does not, diverges.
        guard case .undecidable = reverify(bundle.archive, under: trust, ruleset: 2) else {
            Issue.record("\(reverify(bundle.archive, under: trust, ruleset: 2))")
            return
        }
        let (lie, lieTrust) = try tokens.recorded(ruleset: 1, edit: { $0.reasons = ["NOTHING"] })
        #expect(reverify(lie.archive, under: lieTrust, ruleset: 2).fields == ["reasons"])
        // A changed file is not excused by the ruleset.
        var changed = bundle
        changed.add("nonce.bin", [1])
        #expect(reverify(changed.archive, under: trust) == .notVerified("nonce.bin is not what the log committed to"))
    }

    @Test(
        "The end of a withdrawn ruleset, to the second", arguments: [(1_798_502_399, false), (1_798_502_400, true)])
    func late(_ seconds: Int64, _ isLate: Bool) throws {
        // 2026-12-29 is 30 days after the advisory's date.
        let world = try SimulatedWorld(seed: "late", time: Instant(seconds: seconds))
        let evidence = try world.evidence(.sgxV3)
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        for ruleset: Int64 in [1, 2] {
            var verdicts = try RecordedVerdicts(Verifier(trusting: anchor), ruleset: ruleset)
            _ = try verdicts.record(
                RecordedVerdicts.Submission(
                    quote: evidence.quote, collateral: try Collateral(bundle: evidence.collateral.bundleJSON),
                    time: evidence.time))
            let bundle = try #require(try verdicts.bundles().first)
            let trust = ReverificationTrust(logs: TrustPolicy(log: verdicts.log.key), anchor: anchor)
            for by: Int64? in [nil, 2] {
                let result = reverify(bundle.archive, under: trust, ruleset: by)
                switch result {
                case .confirmed: #expect(ruleset == 2)
                case .undecidable: #expect(ruleset == 1 && !isLate)
                case .notVerified(let why):
                    #expect(ruleset == 1 && isLate)
                    #expect(why.contains("withdrawn on 2026-11-29"))
                case .diverges: Issue.record("\(result)")
                }
            }
        }
    }

    @Test("A ruleset that nobody knows is undecidable, and no excuse for missing claims")
    func unknown() throws {
        let tokens = try AccountableTokens(.native)
        var (bundle, trust) = try tokens.recorded(ruleset: 99)
        for ruleset: Int64? in [nil, 99, 2, 1] {
            guard case .undecidable = reverify(bundle.archive, under: trust, ruleset: ruleset) else {
                Issue.record("\(reverify(bundle.archive, under: trust, ruleset: ruleset))")
                continue
            }
        }
        bundle.remove("claims.json")
        #expect(reverify(bundle.archive, under: trust) == .notVerified("the claims are missing"))
    }

    @Test(
        "Members that other rulesets write have no place under this one",
        arguments: ["not_looked_at", "standard_since"])
    func foreign(_ name: String) throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(further: [(name, .array([.string("x")]))])
        #expect(reverify(bundle.archive, under: trust).fields == [name])
    }
}
