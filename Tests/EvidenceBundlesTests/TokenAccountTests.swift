import Appraisal
import AttestationPipeline
import DCAPFormats
import DCAPVerification
import Foundation
import LogSupport
import MerkleLog
import PlatformSimulator
import Testing
import Wire

@testable import EvidenceBundles

/// The claims that a log committed to follow from the verdict, or the liar is found out (transparency-log 14.5 step 6).
@Suite("Tokens held to account")
struct TokenAccountTests {
    private func fields(_ result: Reverification) -> [String] {
        if case .diverges(let differences) = result { differences.map(\.field) } else { [] }
    }

    private func confirmation(_ result: Reverification) -> Reverification.Confirmation? {
        if case .confirmed(let confirmation) = result { confirmation } else { nil }
    }

    @Test(
        "An honest token is confirmed, and what was not compared is named",
        arguments: [Adapter.native, .trustee, .alibaba, .cczoo], [QuoteKind.tdx15V5, .tdxV4, .sgxV4])
    func honest(_ adapter: Adapter, _ kind: QuoteKind) throws {
        let (bundle, trust) = try AccountableTokens(adapter, kind).recorded()
        let result = reverify(bundle.archive, under: trust)
        let confirmed = try #require(confirmation(result), "\(result)")
        let wanted: [String] =
            switch adapter {
            case .native: ["iss", "aud", "status"]
            case .cczoo: ["iss", "status"]
            case .trustee, .alibaba: ["iss"]
            }
        #expect(confirmed.notCompared == wanted)
        #expect(confirmed.issuer == RecordedVerdicts.issuer)
    }

    private struct Lie {
        let name: String
        let place: JSONPlace
        let change: @Sendable (JSON) -> JSON?

        func claims(_ honest: JSON) -> JSON { place.changing(honest, change) }

        /// Each member changed and left out, and one added.
        static func all(about honest: JSON) -> [Lie] {
            JSONPlace.all(in: honest).flatMap { place in
                [
                    Lie(name: "changed", place: place, change: { JSONPlace.another($0) }),
                    Lie(name: "left out", place: place, change: { _ in nil }),
                ]
            } + [
                Lie(name: "added", place: JSONPlace(steps: []), change: { $0.adding([("further", .bool(true))]) })
            ]
        }

        /// The member is named, or one of it, or the one it is of; or, where a free one is within its own bounds, the
        /// members that follow from it.
        func isNamed(by differences: [Reverification.Difference]) -> Bool {
            let place = "\(place)"
            if let follow = consequences[place], differences.allSatisfy({ follow.contains($0.field) }) { return true }
            return differences.contains { place.hasPrefix($0.field) || $0.field.hasPrefix(place) }
        }
    }

    /// Free by the table of 14.5: any audience is as good, and named.
    private func free(_ adapter: Adapter) -> Set<String> { adapter == .native ? ["claims.aud"] : [] }

    /// The property: each member of each shape in turn. What is free is in `free`, with its own tests below.
    @Test(
        "No member of the claims can be changed, left out or added", arguments: [Adapter.native, .trustee, .alibaba])
    func everyMember(_ adapter: Adapter) throws {
        let tokens = try AccountableTokens(adapter)
        var verdicts = try RecordedVerdicts(tokens.verifier)
        let judged = try #require(try verdicts.judge(tokens.submission))
        let sources = try #require(judged.sources)
        try verdicts.record(judged)
        let bundle = try #require(try verdicts.bundles().first)
        let (honest, committed) = (try AccountableTokens.claims(bundle), try CommittedEntry(bundle))
        let trust = tokens.trust(verdicts)
        let lies = Lie.all(about: honest)
        #expect(lies.count > 60)
        var unseen: Set<String> = []
        for lie in lies {
            let bytes = try lie.claims(honest).canonicalBytes(as: .claims)
            let comparison = ClaimsComparison(bytes, committed, sources, trust)
            if comparison.differences.isEmpty {
                unseen.insert("\(lie.place)")
            } else {
                #expect(
                    lie.isNamed(by: comparison.differences),
                    "\(lie.name) \(lie.place): \(comparison.differences.map(\.field))")
            }
        }
        #expect(unseen == free(adapter))
    }

    /// The same through whole bundles, each committed to by the log: a sample in ordinary runs, with `ASSAY_FULL` every one.
    @Test("Whoever signs other claims is found out from the bundle", arguments: [Adapter.native, .trustee, .alibaba])
    func everyBundle(_ adapter: Adapter) throws {
        let isFull = ProcessInfo.processInfo.environment["ASSAY_FULL"] != nil
        let tokens = try AccountableTokens(adapter)
        var verdicts = try RecordedVerdicts(tokens.verifier)
        let judged = try #require(try verdicts.judge(tokens.submission))
        let honest = try AccountableTokens.claims(try tokens.recorded().bundle)
        let lies = Lie.all(about: honest).enumerated().filter { isFull || $0.offset.isMultiple(of: 29) }.map(\.element)
        for lie in lies { try verdicts.record(judged, claims: { lie.claims($0) }) }
        let trust = tokens.trust(verdicts)
        for (bundle, lie) in zip(try verdicts.bundles(), lies) {
            switch reverify(bundle.archive, under: trust) {
            case .confirmed: #expect(free(adapter).contains("\(lie.place)"))
            case .diverges(let differences): #expect(lie.isNamed(by: differences), "\(lie.name) \(lie.place)")
            case let other: Issue.record("\(lie.name) \(lie.place): \(other)")
            }
        }
    }

    /// Report yes-bindings 10.
    @Test("Another status, another key and no measurement are found out by name")
    func liar() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded(claims: { honest in
            var claims = JSONPlace(steps: [.member("ear_status")]).changing(honest) { _ in .string("affirming") }
            claims = JSONPlace(
                steps: [
                    .member("submods"), .member("tdx"), .member("ear_attester_claims"), .member("tdx_mrtd"),
                ]
            ).changing(claims) { _ in .string(String(repeating: "0", count: 96)) }
            return claims.adding([("cnf", .object([("jkt", .string("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"))]))])
        })
        #expect(
            Set(fields(reverify(bundle.archive, under: trust))) == [
                "claims.ear_status", "claims.cnf", "claims.submods.tdx.ear_attester_claims.tdx_mrtd",
            ])
    }

    // MARK: What is free

    struct Dates: CustomTestStringConvertible {
        let issued: Int64
        let expires: Int64
        let field: String?
        var testDescription: String { "iat +\(issued), exp +\(expires)" }

        init(_ issued: Int64, _ expires: Int64, _ field: String?) {
            self.issued = issued
            self.expires = expires
            self.field = field
        }
    }

    @Test(
        "Dates are free within their bounds",
        arguments: [
            Dates(0, 300, nil), Dates(0, 1, nil), Dates(5, 305, nil), Dates(5, 6, nil), Dates(-1, 299, "claims.iat"),
            Dates(6, 300, "claims.iat"), Dates(0, 301, "claims.exp"), Dates(0, 0, "claims.exp"),
            Dates(0, -5, "claims.exp"), Dates(5, 306, "claims.exp"),
        ])
    func dates(_ dates: Dates) throws {
        for adapter in [Adapter.native, .trustee, .alibaba] {
            let tokens = try AccountableTokens(adapter)
            let start = tokens.submission.time.seconds
            let (bundle, trust) = try tokens.recorded(
                claims: { honest in
                    var claims = honest
                    for (name, value) in [("iat", dates.issued), ("nbf", dates.issued), ("exp", dates.expires)] {
                        claims = JSONPlace(steps: [.member(name)]).changing(claims) { _ in .integer(start + value) }
                    }
                    return claims
                }, edit: { $0.tokenExpiresMilliseconds = (start + dates.expires) * 1_000 })
            let result = reverify(bundle.archive, under: trust)
            if let field = dates.field {
                #expect(fields(result) == [field], "\(adapter): \(result)")
            } else {
                #expect(confirmation(result) != nil, "\(adapter): \(result)")
            }
        }
    }

    @Test("A token that outlives a reference set that was read, or what an auditor allows, diverges")
    func ends() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded()
        let short = ReverificationTrust(logs: trust.logs, anchor: trust.anchor, longestTokenSeconds: 299)
        #expect(fields(reverify(bundle.archive, under: short)) == ["claims.exp"])
        // With the set's end 100 s away an honest token lives so long; one of 300 s is a lie.
        var submission = tokens.submission
        let end = submission.time.advanced(bySeconds: 100)
        let set = try #require(submission.references["images"])
        let bytes = String(decoding: set.bytes, as: UTF8.self).replacing(
            "\"values\"", with: "\"valid_until\":\"\(end)\",\"values\"")
        submission.references = ReferenceLibrary([try ReferenceSet(parsing: Array(bytes.utf8))])
        var verdicts = try RecordedVerdicts(tokens.verifier)
        #expect(try verdicts.record(submission) == .accept)
        #expect(
            try verdicts.record(
                submission,
                claims: { claims in
                    JSONPlace(steps: [.member("exp")]).changing(claims) { _ in
                        .integer(submission.time.seconds + 101)
                    }
                }, edit: { $0.tokenExpiresMilliseconds = (submission.time.seconds + 101) * 1_000 }) == .accept)
        let bundles = try verdicts.bundles()
        #expect(try AccountableTokens.claims(bundles[0])["exp"] == .integer(end.seconds))
        let own = tokens.trust(verdicts)
        #expect(confirmation(reverify(bundles[0].archive, under: own)) != nil)
        #expect(fields(reverify(bundles[1].archive, under: own)) == ["claims.exp"])
    }

    @Test("The issuer is the auditor's to say; a place in a list is that of the entry, below the issuer")
    func issuerAndStatus() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded()
        func trusting(_ issuer: String) -> ReverificationTrust {
            ReverificationTrust(logs: trust.logs, anchor: trust.anchor, issuer: issuer)
        }
        let same = reverify(bundle.archive, under: trusting(RecordedVerdicts.issuer))
        #expect(confirmation(same)?.notCompared == ["aud", "status"])
        #expect(fields(reverify(bundle.archive, under: trusting("https://attest.example.com"))) == ["claims.iss"])
        for uri in ["https://elsewhere.example/v1/status-list/19a-list", "\(RecordedVerdicts.issuer)/v1/status-list/x"]
        {
            let (other, trust) = try tokens.recorded(claims: { claims in
                JSONPlace(steps: [.member("status"), .member("status_list"), .member("uri")]).changing(claims) { _ in
                    .string(uri)
                }
            })
            #expect(fields(reverify(other.archive, under: trust)) == ["claims.status"])
        }
        let (moved, movedTrust) = try tokens.recorded(edit: { $0.statusIndex = 8 })
        #expect(fields(reverify(moved.archive, under: movedTrust)) == ["claims.status"])
        let (none, noneTrust) = try tokens.recorded(claims: { claims in
            JSONPlace(steps: [.member("status")]).changing(claims) { _ in nil }
        })
        #expect(fields(reverify(none.archive, under: noneTrust)) == ["claims.status"])
        for audience in ["", String(repeating: "a", count: 513)] {
            let (other, trust) = try tokens.recorded(claims: { claims in
                JSONPlace(steps: [.member("aud")]).changing(claims) { _ in .string(audience) }
            })
            #expect(fields(reverify(other.archive, under: trust)).contains("claims.aud"))
        }
    }

    @Test("The shape is that of the interface which the entry names")
    func shapes() throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(edit: { $0.adapter = "trustee" })
        #expect(fields(reverify(bundle.archive, under: trust)).contains("claims.submods.cpu0"))
        let (nobody, nobodyTrust) = try AccountableTokens(.native).recorded(edit: { $0.adapter = "nobody" })
        #expect(fields(reverify(nobody.archive, under: nobodyTrust)) == ["adapter"])
    }

    @Test("A scheme that no ruleset has is no way out")
    func binding() throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(edit: { $0.binding = "telepathy" })
        #expect(fields(reverify(bundle.archive, under: trust)) == ["binding"])
    }

    // MARK: Which bundles have claims (V-9)

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

    // MARK: Rulesets (V-6, V-11)

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
        #expect(fields(reverify(lie.archive, under: lieTrust, ruleset: 2)) == ["reasons"])
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
        #expect(fields(reverify(bundle.archive, under: trust)) == [name])
    }
}

/// What follows from members that are free.
private let consequences: [String: Set<String>] = [
    "claims.iat": ["claims.nbf"],
    "claims.iss": [
        "claims.aud", "claims.status", "claims.ear_verifier_id.developer", "claims.ear.verifier-id.developer",
        "claims.submods.tdx.eat_profile",
    ],
]
