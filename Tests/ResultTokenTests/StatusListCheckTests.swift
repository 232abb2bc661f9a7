import Appraisal
import KeyCustody
import ResultToken
import ServiceSupport
import Testing
import Wire

/// The last check of wire-formats 3.7: a token's place in a status list, and lists that cannot be believed.
@Suite("The check of a status list")
struct StatusListCheckTests {
    private static let time = TestWorld.today.advanced(bySeconds: 10)
    private static let uri = "\(Sample.issuer)/v1/status-list/x"
    private static let place: Int64 = 131_071

    private static func token(_ edit: (JSON) -> JSON = { $0 }) throws -> String {
        let claims = try Sample.claims(
            .ear, try Sample.verdict(),
            Sample.context { $0.status = StatusReference(uri: uri, index: place) })
        return try Sample.token(edit(claims).compactBytes)
    }

    /// A Status List Token, every part of which a test may change.
    private static func list(
        _ withdrawn: [Int64] = [], key: SigningKey? = nil, header: (JSON) -> JSON = { $0 },
        _ edit: (JSON) -> JSON = { $0 }
    ) throws -> String {
        let claims = StatusList(withdrawn: withdrawn).claims(uri: uri, issuer: Sample.issuer, at: time)
        return try Sample.token(
            edit(claims).compactBytes, header: { header($0.setting("typ", to: .string("statuslist+jwt"))) }, key: key)
    }

    private static func check(
        _ token: String, _ source: StatusListSource, at time: Instant = time
    ) throws -> (check: TokenCheck, isAcceptable: Bool) {
        var demands = TokenExpectations()
        demands.minimumStatus = .warning
        demands.freshness = .any
        demands.policies = ["any"]
        let result = try TokenVerifier(keys: try Sample.keySet, expecting: demands).verify(
            token, at: time, statusList: source)
        return (try #require(result.checks.last { $0.step == .revocation }), result.isAcceptable)
    }

    @Test("A token that stands passes; one that was withdrawn fails, and only that one")
    func standing() throws {
        let good = try Self.check(try Self.token(), .token(try Self.list([0, 7, Self.place - 1])))
        #expect(good.check.outcome == .passed)
        #expect(good.isAcceptable)
        let bad = try Self.check(try Self.token(), .token(try Self.list([Self.place])))
        #expect(bad.check.outcome == .failed)
        #expect(bad.check.found == "withdrawn: status 1 at place 131071 of the list")
        #expect(!bad.isAcceptable)
    }

    @Test("Statuses of two, four and eight bits are read where they stand; every one but zero is a withdrawal")
    func widths() throws {
        // zlib of 0xB9 0xA3 (draft-ietf-oauth-status-list 4.1), and what stands in it.
        let bits: [(Int64, [Int64])] = [
            (1, [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]), (2, [1, 2, 3, 2, 3, 0, 2, 2]), (4, [9, 11, 3, 10]),
            (8, [0xB9, 0xA3]),
        ]
        for (width, statuses) in bits {
            for (index, status) in statuses.enumerated() {
                let list = try Self.list { claims in
                    claims.setting("status_list", "bits", to: .integer(width))
                        .setting("status_list", "lst", to: .string("eNrbuRgAAhcBXQ"))
                }
                let token = try Self.token { $0.setting("status", "status_list", "idx", to: .integer(Int64(index))) }
                let (check, isAcceptable) = try Self.check(token, .token(list))
                #expect(isAcceptable == (status == 0), "\(width) \(index)")
                #expect(check.found.contains("status \(status) at place \(index)"))
            }
        }
    }

    struct Defect: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let found: String
        let list: @Sendable () throws -> String

        init(_ description: String, found: String, _ list: @escaping @Sendable () throws -> String) {
            testDescription = description
            self.found = found
            self.list = list
        }
    }

    private static func claims(
        _ description: String, found: String, _ edit: @escaping @Sendable (JSON) -> JSON
    ) -> Defect { Defect(description, found: found) { try list(edit) } }

    private static func list(_ edit: (JSON) -> JSON) throws -> String { try list([], edit) }

    static let defects: [Defect] = [
        Defect("nothing", found: "parts") { "" },
        Defect("a web page", found: "parts") { "<html>" },
        Defect("far too long", found: "characters") { String(repeating: "a", count: 70_000) },
        Defect("alg none", found: "algorithm") { try list(header: { $0.setting("alg", to: .string("none")) }) },
        Defect("critical members", found: "critical") {
            try list(header: { $0.setting("crit", to: .array([.string("exp")])) })
        },
        Defect("a token in the list's place", found: "type eat+jwt") {
            try list(header: { $0.setting("typ", to: .string("eat+jwt")) })
        },
        Defect("no type", found: "type absent") { try list(header: { $0.setting("typ", to: nil) }) },
        Defect("a stranger's key", found: "did not sign") { try list(key: try SigningKey.generate(.p256)) },
        Defect("a stranger's key under our kid", found: "did not sign") {
            let kid = try Sample.key.publicKey.keyIdentifier
            return try list(
                key: try SigningKey.generate(.p256), header: { $0.setting("kid", to: .string(kid)) })
        },
        Defect("a payload of another list", found: "did not sign") {
            let parts = try list([place]).split(separator: ".")
            let other = try list().split(separator: ".")
            return [parts[0], other[1], parts[2]].joined(separator: ".")
        },
        claims("another list", found: "/y") { $0.setting("sub", to: .string("\(Sample.issuer)/v1/status-list/y")) },
        claims("no subject", found: "of nobody") { $0.setting("sub", to: nil) },
        claims("another issuer", found: "https://evil.example") {
            $0.setting("iss", to: .string("https://evil.example"))
        },
        claims("expired", found: "expired") { $0.setting("exp", to: .integer(time.seconds - 61)) },
        claims("without an end", found: "time") { $0.setting("exp", to: nil) },
        claims("an end that is no integer", found: "time") { $0.setting("exp", to: .string("never")) },
        claims("issued in the future", found: "issued") { $0.setting("iat", to: .integer(time.seconds + 61)) },
        claims("issued after its end", found: "issued") {
            $0.setting("iat", to: .integer(time.seconds + 30)).setting("exp", to: .integer(time.seconds + 20))
        },
        claims("without a beginning", found: "time") { $0.setting("iat", to: nil) },
        claims("a ttl of nothing", found: "time") { $0.setting("ttl", to: .integer(0)) },
        claims("a ttl that is no integer", found: "time") { $0.setting("ttl", to: .string("60")) },
        claims("no list", found: "no list") { $0.setting("status_list", to: nil) },
        claims("three bits", found: "no list") { $0.setting("status_list", "bits", to: .integer(3)) },
        claims("base64 with padding", found: "no list") {
            $0.setting("status_list", "lst", to: .string("eNrbuRgAAhcBXQ=="))
        },
        claims("a place outside", found: "place 131071 of a list of 16") {
            $0.setting("status_list", "lst", to: .string("eNrbuRgAAhcBXQ"))
        },
        claims("no zlib data", found: "no zlib data") { $0.setting("status_list", "lst", to: .string("AAAAAAAAAAAA")) },
        claims("a wrong checksum", found: "damaged") {
            $0.setting("status_list", "lst", to: .string("eNrbuRgAAhcBXA"))
        },
        // 1,048,577 zeros, deflated by Python's zlib.
        claims("more inflated than is read", found: "more than 1048576 bytes inflated") {
            $0.setting("status_list", "lst", to: .string(tooMuch))
        },
    ]

    private static let tooMuch = "eNrtwTEBAAAAwqD1T20IX6" + String(repeating: "A", count: 1355) + "E4DAPEAAQ"

    @Test("A list that cannot be believed is no pass, and says why", arguments: defects)
    func refused(_ defect: Defect) throws {
        let (check, isAcceptable) = try Self.check(try Self.token(), .token(try defect.list()))
        #expect(check.outcome == .failed)
        #expect(check.found.contains(defect.found), "\(check.found)")
        #expect(!check.wanted.isEmpty)
        #expect(!isAcceptable)
    }

    @Test("Sixty seconds of skew, as for tokens; an absent issuer and ttl are the draft's right")
    func tolerated() throws {
        for (seconds, isGood) in [(Int64(360), true), (361, false), (-61, false)] {
            let token = try Self.token { $0.setting("exp", to: .integer(Self.time.seconds + 1_000)) }
            let list = try Self.list()
            let result = try Self.check(token, .token(list), at: Self.time.advanced(bySeconds: seconds))
            #expect((result.check.outcome == .passed) == isGood, "\(seconds)")
        }
        for name in ["iss", "ttl"] {
            #expect(try Self.check(try Self.token(), .token(try Self.list { $0.setting(name, to: nil) })).isAcceptable)
        }
    }

    @Test("Without a list it is not performed, and why; where one was given, a token without a place fails")
    func absent() throws {
        let unread = try Self.check(try Self.token(), .none(reason: "no network"))
        #expect(unread.check.outcome == .notPerformed(reason: "no network"))
        #expect(unread.check.found == Self.uri)
        #expect(unread.isAcceptable)
        let without = try Self.token { $0.setting("status", to: nil) }
        let placeless = try Self.check(without, .none(reason: "no network"))
        #expect(placeless.check.outcome == .notPerformed(reason: "the token has no place in a status list"))
        let demanded = try Self.check(without, .token(try Self.list()))
        #expect(demanded.check.outcome == .failed)
        #expect(!demanded.isAcceptable)
    }

    @Test("Nobody but the token's issuer is asked; what the claim says must be a place")
    func places() throws {
        var demands = TokenExpectations()
        demands.minimumStatus = .warning
        demands.freshness = .any
        demands.policies = ["any"]
        func verify(_ edit: (JSON) -> JSON) throws -> TokenVerification {
            try TokenVerifier(keys: try Sample.keySet, expecting: demands).verify(
                try Self.token(edit), at: Self.time, statusList: .none(reason: "not asked"))
        }
        #expect(try verify { $0 }.statusListURL == Self.uri)
        for uri in [
            "https://evil.example/v1/status-list/x", Sample.issuer, Sample.issuer + ".evil.example/x",
            Sample.issuer + "@evil.example/x", Sample.issuer + ":8443/x", "http" + Self.uri.dropFirst(5), "",
        ] {
            let result = try verify { $0.setting("status", "status_list", "uri", to: .string(uri)) }
            #expect(result.statusListURL == nil, "\(uri)")
            #expect(result.firstFailure?.step == .revocation, "\(uri)")
        }
        for (name, value) in [
            ("idx", JSON.integer(-1)), ("idx", .string("1")), ("idx", .null), ("uri", .integer(1)), ("uri", .null),
        ] {
            let result = try verify { $0.setting("status", "status_list", name, to: value) }
            #expect(result.statusListURL == nil)
            #expect(result.firstFailure?.step == .revocation, "\(name) \(value)")
        }
        for value in [JSON.object([]), .string("valid"), .null] {
            #expect(try verify { $0.setting("status", to: value) }.firstFailure?.step == .revocation)
        }
        // A token whose signature does not hold has no place to ask for.
        let forged = try TokenVerifier(keys: try Sample.keySet, expecting: demands).verify(
            try Self.token().dropLast(4) + "AAAA", at: Self.time, statusList: .token(try Self.list()))
        #expect(forged.statusListURL == nil)
        #expect(forged.checks.last?.outcome == .notPerformed(reason: "token.signature failed"))
    }
}
