import Appraisal
import DCAPFormats
import DCAPVerification
import Foundation
import LogSupport
import MerkleLog
import PlatformSimulator
import Records
import Testing
import Wire

@testable import Records

/// The claims that a log committed to follow from the verdict, or the liar is found out (transparency-log 14.5 step 6).
@Suite("Tokens held to account")
struct TokenAccountTests {
    @Test(
        "An honest token is confirmed, and what was not compared is named",
        arguments: [Adapter.native, .trustee, .alibaba, .cczoo], [QuoteKind.tdx15V5, .tdxV4, .sgxV4])
    func honest(_ adapter: Adapter, _ kind: QuoteKind) throws {
        let (bundle, trust) = try AccountableTokens(adapter, kind).recorded()
        let result = reverify(bundle.archive, under: trust)
        let confirmed = try #require(result.confirmation, "\(result)")
        let wanted: [String] =
            switch adapter {
            case .native: ["iss", "aud", "status", "entry.kid"]
            case .cczoo: ["iss", "status", "entry.kid"]
            case .trustee, .alibaba: ["iss", "entry.kid"]
            }
        #expect(confirmed.notCompared == wanted)
        #expect(confirmed.issuer == RecordedVerdicts.issuer)
    }

    @Test("The build in a token is that of the verifier object, the program's digest in it", arguments: [true, false])
    func build(_ isNative: Bool) throws {
        let (bundle, _) = try AccountableTokens(isNative ? .native : .trustee).recorded()
        let claims = try AccountableTokens.claims(bundle)
        let found = claims[isNative ? "ear_verifier_id" : "ear.verifier-id"]?["build"]
        #expect(found == .string("assay test+sha256:\(MerkleHashing.sha256([1]).hex)"))
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
            Set(reverify(bundle.archive, under: trust).fields) == [
                "claims.ear_status", "claims.cnf", "claims.submods.tdx.ear_attester_claims.tdx_mrtd",
            ])
    }

    @Test("The shape is that of the interface which the entry names")
    func shapes() throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(edit: { $0.adapter = "trustee" })
        #expect(reverify(bundle.archive, under: trust).fields.contains("claims.submods.cpu0"))
        let (nobody, nobodyTrust) = try AccountableTokens(.native).recorded(edit: { $0.adapter = "nobody" })
        #expect(reverify(nobody.archive, under: nobodyTrust).fields == ["adapter"])
    }

    @Test("A scheme that no ruleset has is no way out")
    func binding() throws {
        let (bundle, trust) = try AccountableTokens(.native).recorded(edit: { $0.binding = "telepathy" })
        #expect(reverify(bundle.archive, under: trust).fields == ["binding"])
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
