import Appraisal
import Crypto
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import Testing
import Wire
import Words

/// Whose nonce counts (`require_challenge`, dcap rows 267 and 267a), what an accept leaves open (row 267c), and which key a
/// token may confirm (wire-formats 2.9 R4).
@Suite("Freshness and confirmation")
struct FreshnessTests {
    private static let nonce = (1...32).map { UInt8($0) }
    private static let thumbprint = [UInt8](repeating: 0x5A, count: 32)
    private static let spki = BoundInputTests.spki + nonce

    /// - Parameter reportData: What the quote holds.
    private static func facts(_ reportData: [UInt8]) throws -> RecordedFacts {
        let data = reportData + [UInt8](repeating: 0, count: 64 - reportData.count)
        return try FactsRecipe.td().with { $0.body.put(data, at: FactsRecipe.TD.reportData) }.make()
    }

    private static func codes(_ member: String, _ input: BoundInput, _ reportData: [UInt8]) throws -> [String] {
        appraise(try facts(reportData), under: try .of(member), expecting: try input.expected()).codes.map(\.rawValue)
    }

    @Test("A nonce that the caller sent, a challenge, runtime data, nothing: under both forms of require_challenge")
    func required() throws {
        let nonce = Self.nonce
        var challenge = BoundInput(nonce: nonce)
        challenge.origin = .challenge
        let short = Array(nonce.prefix(15))
        let table: [(String, BoundInput, [UInt8], any: [String], service: [String])] = [
            ("a challenge", challenge, nonce, [], []),
            ("267a: 32 bytes as nonce", BoundInput(nonce: nonce), nonce, [], ["POLICY_NOT_FRESH"]),
            (
                "the same as runtime data", BoundInput(runtimeData: nonce), nonce, ["POLICY_NOT_FRESH"],
                ["POLICY_NOT_FRESH"]
            ),
            (
                "267: 15 bytes as runtime data", BoundInput(runtimeData: short), short, ["POLICY_NOT_FRESH"],
                ["POLICY_NOT_FRESH"]
            ),
            ("nothing", BoundInput(), nonce, ["POLICY_NOT_FRESH"], ["POLICY_NOT_FRESH"]),
            (
                "a nonce of zeros behind the eighth byte",
                BoundInput(nonce: nonce.prefix(8) + [UInt8](repeating: 0, count: 8)),
                Array(nonce.prefix(8)), ["POLICY_NOT_FRESH"], ["POLICY_NOT_FRESH"]
            ),
            (
                "a challenge that is not bound", challenge, [1], ["POLICY_REPORT_DATA", "POLICY_NOT_FRESH"],
                ["POLICY_REPORT_DATA", "POLICY_NOT_FRESH"]
            ),
        ]
        for row in table {
            #expect(try Self.codes(#""require_challenge":true"#, row.1, row.2) == row.any, "\(row.0)")
            #expect(try Self.codes(#""require_challenge":"service""#, row.1, row.2) == row.service, "\(row.0)")
            #expect(
                try Self.codes(#""require_challenge":false"#, row.1, row.2).contains("POLICY_NOT_FRESH") == false,
                "\(row.0)")
        }
    }

    @Test("In a scheme that the policy does not take, nothing is fresh")
    func scheme() throws {
        let member = #""require_challenge":true,"report_data_schemes":["sha512"]"#
        #expect(
            try Self.codes(member, BoundInput(nonce: Self.nonce), Self.nonce)
                == ["POLICY_REPORT_DATA", "POLICY_NOT_FRESH"])
    }

    @Test("A policy says what it needs, in both languages")
    func words() throws {
        let policy = try Policy.of(#""require_challenge":"service""#)
        #expect(requirements(of: policy).document["require_challenge"] == .string("service"))
        #expect(requirements(of: policy).reportData)
        #expect(requirements(of: try .of("")).document["require_challenge"] == .bool(false))
        #expect(policy.explanation(.english).contains("a challenge of this service, bound in report_data"))
        #expect(policy.explanation(.chinese).contains("本服务 challenge"))
    }

    private static func verdict(
        _ input: BoundInput, binding reportData: [UInt8], under policies: [Policy]
    ) throws -> Verdict {
        var recipe = try SimulatedWorld(seed: "freshness").recipe(for: .tdx15V5)
        recipe.quote.td?.reportData = reportData + [UInt8](repeating: 0, count: 64 - reportData.count)
        let evidence = try recipe.build()
        let anchor = try TrustAnchor(certificate: evidence.rootCertificate)
        return appraise(
            Verifier(trusting: anchor).verify(
                try Quote(parsing: evidence.quote), using: try Collateral(bundle: evidence.collateral.bundleJSON),
                at: evidence.time),
            trusting: anchor, under: policies, expecting: try input.expected(), at: evidence.time)
    }

    @Test("What an accept leaves open, and says")
    func open() throws {
        let text = "fresh if these bytes were chosen for this answer"
        var challenge = BoundInput(nonce: Self.nonce)
        challenge.origin = .challenge
        for (input, isFresh, isConditional) in [
            (challenge, true, false), (BoundInput(nonce: Self.nonce), true, true),
            (BoundInput(runtimeData: Self.nonce), true, true),
            (BoundInput(runtimeData: Array(Self.nonce.prefix(15))), false, false),
        ] {
            let bound = input.nonce ?? input.runtimeData ?? []
            let verdict = try Self.verdict(input, binding: bound, under: [.strict])
            #expect(verdict.decision == .accept)
            #expect(verdict.reasons.contains("NOT_FRESH") != isFresh)
            let rule = try #require(verdict.rules.first { $0.id == "report_data" })
            #expect(rule.found.english.contains(text) == isConditional, "\(rule.found)")
            #expect(rule.found.chinese.contains("本次应答") == isConditional)
        }
        // 267c: the hash of a public key of 91 bytes.
        let key =
            (Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []) + [4] + Self.nonce + Self.nonce
        let input = BoundInput(runtimeData: key, scheme: "sha256")
        let verdict = try Self.verdict(input, binding: Self.sha256(key), under: [.strict])
        #expect(verdict.decision == .accept && verdict.status == .warning)
        #expect(verdict.reasons.contains("NOT_FRESH"))
    }

    private static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

    struct Row: Sendable, CustomTestStringConvertible {
        let scheme: String
        /// `report_data_schemes` of each policy; `nil` where one does not fix any.
        let policies: [[String]?]
        let isConfirmed: Bool
        var testDescription: String { "\(scheme) under \(policies)" }
    }

    static let rows = [
        Row(scheme: "assay", policies: [nil], isConfirmed: true),
        Row(scheme: "assay", policies: [["assay"]], isConfirmed: true),
        Row(scheme: "assay", policies: [["assay", "sha256"]], isConfirmed: true),
        Row(scheme: "assay", policies: [["assay", "raw"]], isConfirmed: false),
        Row(scheme: "assay", policies: [["assay", "sha512"]], isConfirmed: false),
        Row(scheme: "assay", policies: [["assay", "ita"]], isConfirmed: false),
        Row(scheme: "assay", policies: [["assay", "raw"], ["assay"]], isConfirmed: true),
        Row(scheme: "assay", policies: [["assay", "raw"], ["assay", "raw", "maa"]], isConfirmed: false),
        Row(scheme: "assay", policies: [["assay", "raw"], nil], isConfirmed: false),
        Row(scheme: "spki", policies: [nil], isConfirmed: false),
        Row(scheme: "spki", policies: [["spki"]], isConfirmed: true),
        Row(scheme: "spki", policies: [["spki", "sha256"]], isConfirmed: false),
        Row(scheme: "spki", policies: [["spki", "assay"], nil], isConfirmed: false),
        Row(scheme: "spki", policies: [["spki", "assay"], ["spki", "raw"]], isConfirmed: true),
    ]

    @Test(
        "R4: a key is confirmed only where no scheme that the policies take lets a stranger choose it", arguments: rows)
    func confirmation(_ row: Row) throws {
        let policies = try row.policies.map { schemes in
            try Policy.of(schemes.map { "\"report_data_schemes\":\($0)" } ?? "")
        }
        let input =
            row.scheme == "assay"
            ? BoundInput(nonce: Self.nonce, scheme: "assay", key: Self.thumbprint)
            : BoundInput(scheme: "spki", key: Self.spki)
        let bound =
            row.scheme == "assay"
            ? try #require(SimulatedBinding.assay(nonce: Self.nonce, thumbprint: Self.thumbprint))
            : Self.sha256(Self.spki)
        let verdict = try Self.verdict(input, binding: bound, under: policies)
        #expect(verdict.decision == .accept, "\(verdict.reasons)")
        #expect((verdict.confirmation != nil) == row.isConfirmed)
        // Of another quote nothing is confirmed.
        let other = try Self.verdict(input, binding: [1], under: policies)
        #expect(other.decision == .reject && other.confirmation == nil)
    }

    @Test("B2's quote asked with a key: no cnf")
    func keyless() throws {
        let input = BoundInput(nonce: Self.nonce, scheme: "assay", key: Self.thumbprint)
        let bound = try #require(SimulatedBinding.assay(nonce: Self.nonce))
        let verdict = try Self.verdict(input, binding: bound, under: [.strict])
        #expect(verdict.reasons == ["POLICY_REPORT_DATA"] && verdict.confirmation == nil)
        // Without the key it is what was bound, and confirms none.
        let plain = try Self.verdict(BoundInput(nonce: Self.nonce, scheme: "assay"), binding: bound, under: [.strict])
        #expect(plain.decision == .accept && plain.confirmation == nil)
    }

    @Test("B6: a nonce that ends like a thumbprint is no nonce with a key")
    func oneReading() throws {
        let bound = try #require(SimulatedBinding.assay(nonce: Self.nonce + Self.thumbprint))
        let claimed = BoundInput(nonce: Self.nonce, scheme: "assay", key: Self.thumbprint)
        #expect(try Self.verdict(claimed, binding: bound, under: [.strict]).reasons == ["POLICY_REPORT_DATA"])
        let asked = BoundInput(nonce: Self.nonce + Self.thumbprint, scheme: "assay")
        let verdict = try Self.verdict(asked, binding: bound, under: [.strict])
        #expect(verdict.decision == .accept && verdict.confirmation == nil)
    }
}
