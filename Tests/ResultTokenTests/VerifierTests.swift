import Appraisal
import KeyCustody
import ResultToken
import ServiceSupport
import Testing
import Wire

/// The eleven checks of wire-formats 3.7, each failing on its own, and the negative cases of section 4.
@Suite("Token verification")
struct TokenVerifierTests {
    private static let time = TestWorld.today.advanced(bySeconds: 10)

    private static func genuine() throws -> JSON { try Sample.claims(.ear, try Sample.bound()) }

    private static var demands: TokenExpectations {
        var demands = TokenExpectations()
        demands.issuer = Sample.issuer
        demands.audience = "https://chat.example.cn"
        demands.nonce = "bm9uY2Utb2YtbWluZQ"
        demands.minimumStatus = .warning
        // The sample's nonce is too short to count; the table of vectors is about that.
        demands.freshness = .any
        demands.policies = [Policy.strict.sha256]
        demands.keySetURL = "https://attest.example.cn/jwks.json"
        return demands
    }

    private static func verify(
        _ token: String, _ demands: TokenExpectations = demands, at time: Instant = time, keys: JSONWebKeySet? = nil
    ) throws -> TokenVerification {
        try TokenVerifier(keys: try keys ?? Sample.keySet, expecting: demands).verify(token, at: time)
    }

    @Test("A genuine token passes whatever is demanded, and what is not demanded is said")
    func genuine() throws {
        let result = try Self.verify(try Sample.token(try Self.genuine().compactBytes))
        #expect(result.firstFailure == nil)
        #expect(result.checks.map(\.step) == TokenCheckStep.allCases)
        let open = result.checks.filter { if case .notPerformed = $0.outcome { true } else { false } }.map(\.step)
        #expect(open == [.freshness, .references, .measurements, .confirmation, .inclusion, .revocation])
        #expect(Set(TokenCheckStep.allCases.map(\.number)) == Set(1...11))
        #expect(result.claims?.member("iss")?.string == Sample.issuer)
    }

    @Test(
        "Every algorithm that is issued is verified, and none under another key", arguments: SignatureAlgorithm.allCases
    )
    func algorithms(_ algorithm: SignatureAlgorithm) throws {
        let key = try SigningKey.generate(algorithm.kind)
        let token = try Sample.token(try Self.genuine().compactBytes, key: key, algorithm: algorithm)
        #expect(try Self.verify(token).firstFailure?.step == .key)
        // Published for its algorithm, or for none in particular, the key is good; for another it is not.
        let published = key.publicKey.webKey(for: algorithm)
        for good in [published, published.setting("alg", to: nil)] {
            let keys = try JSONWebKeySet(parsing: good.compactBytes)
            #expect(try Self.verify(token, keys: keys).firstFailure == nil)
        }
        let others = SignatureAlgorithm.allCases.map(\.rawValue) + ["RSA-OAEP", ""]
        for other in others where other != algorithm.rawValue {
            let keys = try JSONWebKeySet(parsing: published.setting("alg", to: .string(other)).compactBytes)
            #expect(try Self.verify(token, keys: keys).firstFailure?.step == .key, "published for \(other)")
        }
    }

    struct Forgery: Sendable, CustomStringConvertible {
        let description: String
        let step: TokenCheckStep
        let make: @Sendable (JSON) throws -> String

        init(_ description: String, _ step: TokenCheckStep, _ make: @escaping @Sendable (JSON) throws -> String) {
            self.description = description
            self.step = step
            self.make = make
        }

        static func claims(_ text: String, _ step: TokenCheckStep, _ edit: @escaping @Sendable (JSON) -> JSON)
            -> Forgery
        {
            Forgery(text, step) { try Sample.token(edit($0).compactBytes) }
        }

        static func header(_ text: String, _ step: TokenCheckStep, _ edit: @escaping @Sendable (JSON) -> JSON)
            -> Forgery
        {
            Forgery(text, step) { try Sample.token($0.compactBytes, header: edit) }
        }
    }

    private static func parts(_ claims: JSON) throws -> [String] {
        try Sample.token(claims.compactBytes).split(separator: ".").map(String.init)
    }

    private static func text(_ edit: @escaping @Sendable (String) -> String) -> @Sendable (JSON) throws -> String {
        { claims in try Sample.token(Array(edit(claims.compactText).utf8)) }
    }

    static let forgeries: [Forgery] = [
        Forgery("nothing", .form) { _ in "" },
        Forgery("two parts", .form) { try parts($0).prefix(2).joined(separator: ".") },
        Forgery("four parts", .form) { try (parts($0) + ["AA"]).joined(separator: ".") },
        Forgery("padding", .form) { try parts($0).joined(separator: ".") + "==" },
        Forgery("base64 with + and /", .form) { claims in
            let parts = try parts(claims)
            return [parts[0], parts[1], "+/" + parts[2].dropFirst(2)].joined(separator: ".")
        },
        Forgery("a header that is an array", .form) { claims in
            let parts = try parts(claims)
            return [Base64URL.encode(Array("[]".utf8)), parts[1], parts[2]].joined(separator: ".")
        },
        Forgery("a payload with a member twice", .form, text { "{\"iss\":\"https://evil.example\"," + $0.dropFirst() }),
        Forgery("a payload that is no JSON", .form, text { _ in "iss=attest" }),
        Forgery("far too long", .form) { _ in String(repeating: "a", count: 70_000) },
        .header("another type", .type) { $0.setting("typ", to: .string("assay-challenge+jwt")) },
        .header("no type", .type) { $0.setting("typ", to: nil) },
        .header("alg none", .form) { $0.setting("alg", to: .string("none")) },
        Forgery("alg none without signature", .form) { claims in
            Base64URL.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8)) + "." + (try parts(claims)[1]) + "."
        },
        .header("alg HS256", .form) { $0.setting("alg", to: .string("HS256")) },
        .header("no alg", .form) { $0.setting("alg", to: nil) },
        .header("critical members", .form) { $0.setting("crit", to: .array([.string("exp")])) },
        .header("jku elsewhere", .form) { $0.setting("jku", to: .string("https://evil.example/jwks.json")) },
        .header("jku with a suffix", .form) {
            $0.setting("jku", to: .string("https://attest.example.cn/jwks.json?x"))
        },
        .header("another algorithm than the key's", .key) { $0.setting("alg", to: .string("RS256")) },
        .header("a kid that nobody has", .key) { $0.setting("kid", to: .string("somebody")) },
        Forgery("another key, brought along as jwk", .key) { claims in
            let key = try SigningKey.generate(.p256)
            return try Sample.token(
                claims.compactBytes, header: { $0.setting("jwk", to: key.publicKey.webKey) }, key: key)
        },
        Forgery("another key under our kid, brought along as jwk", .signature) { claims in
            let key = try SigningKey.generate(.p256)
            let kid = try Sample.key.publicKey.keyIdentifier
            return try Sample.token(
                claims.compactBytes,
                header: { $0.setting("jwk", to: key.publicKey.webKey).setting("kid", to: .string(kid)) }, key: key)
        },
        Forgery("another key and no kid", .signature) { claims in
            try Sample.token(
                claims.compactBytes, header: { $0.setting("kid", to: nil) }, key: try SigningKey.generate(.p256))
        },
        Forgery("a payload of another token", .signature) { claims in
            let other = try parts(claims.setting("ear_status", to: .string("affirming")))
            let parts = try parts(claims)
            return [parts[0], other[1], parts[2]].joined(separator: ".")
        },
        Forgery("a signature in DER", .signature) { claims in
            let parts = try parts(claims)
            return [parts[0], parts[1], Base64URL.encode([0x30, 6, 2, 1, 1, 2, 1, 1])].joined(separator: ".")
        },
        .claims("the right key, another issuer", .issuer) {
            $0.setting("iss", to: .string("https://tenant.example.cn"))
        },
        .claims("an issuer with a slash more", .issuer) { $0.setting("iss", to: .string(Sample.issuer + "/")) },
        .claims("no issuer", .issuer) { $0.setting("iss", to: nil) },
        Forgery(
            "a floating exp", .time,
            text {
                let end = "\"exp\":\(TestWorld.today.seconds + 300)"
                return $0.replacing(end, with: end + ".5")
            }),
        .claims("exp as text", .time) { $0.setting("exp", to: .string("never")) },
        .claims("no exp", .time) { $0.setting("exp", to: nil) },
        .claims("no iat", .time) { $0.setting("iat", to: nil) },
        .claims("expired beyond the skew", .time) { $0.setting("exp", to: .integer(time.seconds - 61)) },
        .claims("issued in the future", .time) { $0.setting("iat", to: .integer(time.seconds + 61)) },
        .claims("not before a later moment", .time) { $0.setting("nbf", to: .integer(time.seconds + 61)) },
        .claims("ends before it begins", .time) { $0.setting("exp", to: .integer(TestWorld.today.seconds)) },
        .claims("another audience", .audience) { $0.setting("aud", to: .string("https://other.example.cn")) },
        .claims("no audience", .audience) { $0.setting("aud", to: nil) },
        .claims("an unknown profile", .profile) { $0.setting("eat_profile", to: .string("tag:evil.example,2026:1")) },
        .claims("no profile", .profile) { $0.setting("eat_profile", to: nil) },
        .claims("another nonce", .nonce) { $0.setting("eat_nonce", to: .string("b3RoZXItbm9uY2U")) },
        .claims("no nonce where one was sent", .nonce) { $0.setting("eat_nonce", to: nil) },
        .claims("contraindicated", .status) { $0.setting("ear_status", to: .string("contraindicated")) },
        .claims("status none", .status) { $0.setting("ear_status", to: .string("none")) },
        .claims("a status that is none of the words", .status) { $0.setting("ear_status", to: .integer(2)) },
        .claims("no status", .status) { $0.setting("ear_status", to: nil) },
        .claims("another policy", .policy) {
            $0.setting("submods", "tdx", "ear_appraisal_policy_ids", to: .array([.string("ni:///sha-256;AAAA")]))
        },
        .claims("a second policy beside the accepted one", .policy) { claims in
            guard case .array(let own)? = claims["submods"]?["tdx"]?["ear_appraisal_policy_ids"] else { return claims }
            return claims.setting(
                "submods", "tdx", "ear_appraisal_policy_ids", to: .array(own + [.string("ni:///sha-256;AAAA")]))
        },
        .claims("no policy", .policy) { $0.setting("submods", "tdx", "ear_appraisal_policy_ids", to: nil) },
    ]

    @Test("Each forgery fails at its own check, and nobody is shown claims that nobody signed", arguments: forgeries)
    func forged(_ forgery: Forgery) throws {
        let result = try Self.verify(try forgery.make(try Self.genuine()))
        #expect(result.firstFailure?.step == forgery.step)
        #expect(!result.isAcceptable)
        #expect(result.checks.map(\.step) == TokenCheckStep.allCases)
        if [.form, .type, .key, .signature].contains(forgery.step) { #expect(result.claims == nil) }
    }

    @Test("What a token says is compared by its bytes: U+212A is no K, and é in two code points is another text")
    func exactTexts() throws {
        let (wanted, equivalent) = ("https://caf\u{E9}.example/K", "https://cafe\u{301}.example/\u{212A}")
        #expect(wanted == equivalent, "Swift holds them equal, which is why this is a test")
        let fields: [(TokenCheckStep, WritableKeyPath<TokenExpectations, String?>, (JSON, String) -> JSON)] = [
            (.issuer, \.issuer, { $0.setting("iss", to: .string($1)) }),
            (.audience, \.audience, { $0.setting("aud", to: .string($1)) }),
            (.nonce, \.nonce, { $0.setting("eat_nonce", to: .string($1)) }),
            (.confirmation, \.confirmation, { $0.setting("cnf", to: .object([("jkt", .string($1))])) }),
        ]
        for (step, demand, claim) in fields {
            var demands = TokenExpectations()
            demands.minimumStatus = .warning
            demands.freshness = .any
            demands.policies = ["any"]
            demands[keyPath: demand] = wanted
            for (text, failure) in [(wanted, nil), (equivalent, step)] {
                let token = try Sample.token(claim(try Self.genuine(), text).compactBytes)
                #expect(try Self.verify(token, demands).firstFailure?.step == failure)
            }
        }
        var demands = TokenExpectations()
        demands.minimumStatus = .warning
        demands.freshness = .any
        demands.policies = ["any"]
        demands.profiles = [wanted]
        let profiled = try Self.genuine().setting("eat_profile", to: .string(equivalent))
        #expect(try Self.verify(try Sample.token(profiled.compactBytes), demands).firstFailure?.step == .profile)
        demands.profiles = nil
        demands.keySetURL = wanted
        let elsewhere = try Sample.token(
            try Self.genuine().compactBytes, header: { $0.setting("jku", to: .string(equivalent)) })
        #expect(try Self.verify(elsewhere, demands).firstFailure?.step == .form)
        let keys = try JSONWebKeySet(
            parsing: try Sample.key.publicKey.webKey.setting("kid", to: .string("K")).compactBytes)
        let named = try Sample.token(
            try Self.genuine().compactBytes, header: { $0.setting("kid", to: .string("\u{212A}")) })
        #expect(try Self.verify(named, keys: keys).firstFailure?.step == .key)
    }

    @Test("The skew is sixty seconds at both ends and no more")
    func skew() throws {
        let token = try Sample.token(try Self.genuine().compactBytes)
        let (begin, end) = (TestWorld.today, TestWorld.today.advanced(bySeconds: 300))
        let table: [(Instant, Bool)] = [
            (begin.advanced(bySeconds: -61), false), (begin.advanced(bySeconds: -60), true), (end, true),
            (end.advanced(bySeconds: 60), true), (end.advanced(bySeconds: 61), false),
        ]
        for (time, isGood) in table { #expect(try Self.verify(token, at: time).isAcceptable == isGood, "\(time)") }
    }

    @Test("A key at the other end is compared; a token that confirms none fails")
    func confirmation() throws {
        var demands = Self.demands
        demands.confirmation = Base64URL.encode([UInt8](repeating: 9, count: 32))
        let without = try Self.genuine()
        #expect(try Self.verify(try Sample.token(without.compactBytes), demands).firstFailure?.step == .confirmation)
        for (jkt, isGood) in [(demands.confirmation ?? "", true), ("other", false)] {
            let claims = without.setting("cnf", to: .object([("jkt", .string(jkt))]))
            #expect(try Self.verify(try Sample.token(claims.compactBytes), demands).isAcceptable == isGood)
        }
    }

    @Test("A minimum per category: a tier that is worse, or says nothing, fails")
    func categories() throws {
        let token = try Sample.token(try Self.genuine().compactBytes)
        let table: [([String: TrustStatus], Bool)] = [
            (["hardware": .affirming], true), (["hardware": .affirming, "configuration": .affirming], true),
            (["executables": .warning], false), (["storage-opaque": .contraindicated], false),
        ]
        for (tiers, isGood) in table {
            var demands = Self.demands
            demands.minimumTiers = tiers
            let result = try Self.verify(token, demands)
            #expect(result.isAcceptable == isGood, "\(tiers)")
            if !isGood { #expect(result.firstFailure?.step == .status) }
        }
        for (value, isGood) in [
            (Int64(2), true), (31, true), (32, false), (96, false), (99, false), (-2, true), (-33, false),
        ] {
            let claims = try Self.genuine().setting(
                "submods", "tdx", "ear_trustworthiness_vector", "hardware", to: .integer(value))
            var demands = Self.demands
            demands.minimumTiers = ["hardware": .affirming]
            #expect(try Self.verify(try Sample.token(claims.compactBytes), demands).isAcceptable == isGood, "\(value)")
        }
    }

    @Test("The peers' shapes are read too", arguments: [TokenProfile.earDotted, .simple])
    func profiles(_ profile: TokenProfile) throws {
        var demands = Self.demands
        demands.nonce = nil
        demands.audience = nil
        let claims = try Sample.claims(profile, try Sample.verdict())
        #expect(try Self.verify(try Sample.token(claims.compactBytes), demands).firstFailure == nil)
        demands.policies = [String(repeating: "0", count: 64)]
        #expect(try Self.verify(try Sample.token(claims.compactBytes), demands).firstFailure?.step == .policy)
    }

    @Test("A key set without a usable key, and text that is none, are said")
    func keySets() throws {
        for text in [
            "", "[]", "{}", #"{"keys":[]}"#, #"{"keys":[{"kty":"oct","k":"AAAA"}]}"#,
            #"{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"#,
        ] {
            #expect(throws: JSONWebKeySet.Defect.self) { try JSONWebKeySet(parsing: Array(text.utf8)) }
        }
        // RSA below 2,048 bits is no key.
        let short = #"{"kty":"RSA","n":"\#(Base64URL.encode([UInt8](repeating: 0xFF, count: 128)))","e":"AQAB"}"#
        #expect(throws: JSONWebKeySet.Defect.self) { try JSONWebKeySet(parsing: Array(short.utf8)) }
    }
}
