import Appraisal
import Crypto
import KeyCustody
import ResultToken
import ServiceSupport
import Testing
import Wire

/// A challenge is a token of its own kind (wire-formats 3.9): only ours, only in its time; no result is one, and it is no
/// result.
@Suite("Challenge tokens")
struct ChallengeTokenTests {
    private static let secret = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
    private static let time = TestWorld.today
    private static let expires = time.advanced(bySeconds: 120)
    private static let challenge = ChallengeToken(nonce: [UInt8](repeating: 5, count: 32), expires: expires)

    private static func code(_ bytes: [UInt8], _ key: SymmetricKey = secret) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))
    }

    private static func sealed(_ key: SymmetricKey = secret) -> String {
        challenge.sealed(issuer: Sample.issuer, identifier: "j", at: time) { code($0, key) }
    }

    private static func open(
        _ token: String, _ issuer: String = Sample.issuer, at time: Instant = time
    ) throws(ChallengeToken.Defect) -> ChallengeToken {
        try ChallengeToken(opening: token, issuer: issuer, at: time) { code($1) == $0 }
    }

    /// The same claims, or others, under a header of somebody's choice, with the right key.
    private static func token(_ header: [(String, JSON)], _ edit: (JSON) -> JSON = { $0 }) throws -> String {
        let claims = try TokenParts(sealed()).claims
        return JSONWebSignature(header: .object(header)).encode(payload: edit(claims).compactBytes) { code($0) }
    }

    private static let header: [(String, JSON)] = [
        ("alg", .string("HS256")), ("typ", .string("assay-challenge+jwt")),
    ]

    private static func names(_ json: JSON) -> [String] {
        guard case .object(let members) = json else { return [] }
        return members.map(\.0)
    }

    @Test("What it says: type, audience, nonce, times, and nothing of a result")
    func shape() throws {
        let parts = try TokenParts(Self.sealed())
        #expect(Self.names(parts.header) == ["alg", "typ"])
        #expect(parts.header.text("typ") == "assay-challenge+jwt" && parts.header.text("alg") == "HS256")
        #expect(Self.names(parts.claims) == ["iss", "aud", "nonce", "iat", "exp", "jti"])
        #expect(parts.claims.text("iss") == Sample.issuer)
        #expect(parts.claims.text("aud") == Sample.issuer + "/v1/challenges")
        #expect(parts.claims.text("nonce") == Base64URL.encode(Self.challenge.nonce))
        #expect(parts.claims.number("exp") == Self.expires.seconds && parts.claims.number("iat") == Self.time.seconds)
    }

    @Test("Opened as it was sealed, in its time alone")
    func opened() throws {
        #expect(try Self.open(Self.sealed()) == Self.challenge)
        #expect(try Self.open(Self.sealed(), at: Self.expires.advanced(bySeconds: -1)) == Self.challenge)
        #expect(throws: ChallengeToken.Defect.expired(Self.expires)) { try Self.open(Self.sealed(), at: Self.expires) }
    }

    @Test("Not ours: another key, issuer, type, algorithm, audience or nonce; a result; nonsense")
    func refused() throws {
        let other = SymmetricKey(data: [UInt8](repeating: 8, count: 32))
        var texts = [
            Self.sealed(other), "", "a.b.c", String(Self.sealed().dropLast(2)),
            try Sample.token(try Sample.claims(.ear, try Sample.verdict()).compactBytes),
            try Self.token([("alg", .string("HS256")), ("typ", .string("eat+jwt"))]),
            try Self.token([("alg", .string("HS256"))]),
            try Self.token([("alg", .string("none")), ("typ", .string("assay-challenge+jwt"))]),
            try Self.token([("alg", .string("HS384")), ("typ", .string("assay-challenge+jwt"))]),
        ]
        for (name, value) in [
            ("iss", JSON.string("https://other.example.cn")), ("aud", .string(Sample.issuer)), ("aud", .null),
            ("nonce", .string("AAAA")), ("nonce", .integer(1)), ("exp", .string("soon")), ("exp", .null),
        ] { texts.append(try Self.token(Self.header) { $0.setting(name, to: value) }) }
        for text in texts {
            #expect(throws: ChallengeToken.Defect.notOurs, "\(text.prefix(60))") { try Self.open(text) }
        }
        // The same with nothing changed is one.
        #expect(try Self.open(try Self.token(Self.header)) == Self.challenge)
        #expect(throws: ChallengeToken.Defect.notOurs) { try Self.open(Self.sealed(), "https://other.example.cn") }
    }

    @Test("W1: no result, for any checker that has the published keys")
    func noResult() throws {
        var expectations = TokenExpectations()
        expectations.issuer = Sample.issuer
        expectations.minimumStatus = .warning
        let result = try TokenVerifier(keys: try Sample.keySet, expecting: expectations).verify(
            Self.sealed(), at: Self.time)
        #expect(!result.isAcceptable)
    }
}
