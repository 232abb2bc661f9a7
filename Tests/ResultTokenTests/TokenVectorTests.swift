import Appraisal
import Foundation
import ResultToken
import Testing
import TokenVectors
import Wire

/// The table that all checkers of tokens pass (wire-formats 3.8), asked of the library.
@Suite("Token vectors, library")
struct TokenVectorTests {
    @Test("The table has every row of 3.8, and enough of each")
    func table() throws {
        let rows = try TokenVectors.read().rows
        #expect(rows.count >= 120)
        #expect(Set(rows.map(\.name)).count == rows.count)
        for number in 1...19 {
            #expect(rows.contains { $0.name.hasPrefix("W\(number) ") }, "W\(number)")
        }
    }

    @Test("The library agrees on every row that it can be asked")
    func library() throws {
        let vectors = try TokenVectors.read()
        for row in vectors.rows(of: "library") {
            #expect(try Self.outcome(row, vectors) == row.expected, "\(row.name)")
        }
    }

    private static func outcome(_ row: TokenVectors.Row, _ vectors: TokenVectors) throws -> String {
        let verifier: TokenVerifier
        let demand = try row.demand(of: sayable)
        do {
            verifier = try TokenVerifier(
                keys: try JSONWebKeySet(parsing: try vectors.keySet(row)), expecting: try expectations(demand, vectors))
        } catch is TokenExpectations.Defect {
            return "throws"
        } catch is JSONWebKeySet.Defect {
            return TokenCheckStep.key.rawValue
        }
        let list: StatusListSource = demand.statusList.map { .token($0) } ?? .none(reason: "none was given")
        let result = verifier.verify(row.token, at: Instant(seconds: vectors.time), statusList: list)
        #expect(result.checks.map(\.step) == TokenCheckStep.allCases, "\(row.name)")
        let isUnread = [.form, .type, .key, .signature].contains(result.firstFailure?.step)
        #expect((result.claims == nil) == isUnread, "\(row.name)")
        return result.firstFailure?.step.rawValue ?? "accepted"
    }

    private static let sayable: Set<TokenVectors.Demand.Name> = [
        .issuer, .audience, .nonce, .minimumStatus, .minimum, .freshness, .policies, .defaultPolicies, .references,
        .measurements, .confirmation, .keySetURL, .statusList, .skew,
    ]

    private static func expectations(
        _ demand: TokenVectors.Demand, _ vectors: TokenVectors
    ) throws -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.issuer = demand.issuer
        expectations.audience = demand.audience
        expectations.nonce = demand.nonce
        expectations.minimumStatus = try #require(TrustStatus(rawValue: demand.minimumStatus ?? ""))
        for (category, tier) in demand.minimum ?? [:] {
            let worst: TrustStatus = try #require(TrustStatus(rawValue: tier))
            expectations.minimumTiers[category] = worst
        }
        expectations.policies = demand.policies.map { Set($0) }
        expectations.defaultPolicies = Set(demand.defaultPolicies ?? [vectors.defaultPolicy.sha256])
        if let freshness = demand.freshness {
            expectations.freshness = try #require(TokenExpectations.Freshness(rawValue: freshness))
        }
        for (name, values) in demand.measurements ?? [:] {
            let measurement = try #require(TokenMeasurement(rawValue: name))
            expectations.measurements[measurement] = Set(values)
        }
        expectations.references = demand.references.map { Set($0) }
        expectations.confirmation = demand.confirmation
        expectations.keySetURL = demand.keySetURL
        if let skew = demand.skew { expectations.skewSeconds = skew }
        return expectations
    }

    @Test("What people paste is read, and what is something else is named with what was wanted")
    func named() throws {
        let vectors = try TokenVectors.read()
        let keys = try JSONWebKeySet(parsing: try vectors.keySet(named: "published"))
        func first(_ name: String) throws -> TokenCheck {
            let row = try #require(vectors.rows.first { $0.name == name })
            let result = try TokenVerifier(keys: keys, expecting: TokenExpectations()).verify(
                row.token, at: Instant(seconds: vectors.time))
            return try #require(result.firstFailure)
        }
        let form = "a compact JWS of an allowed algorithm"
        for (name, found, wanted) in [
            ("W1 a challenge of the issuer, as it is", "typ assay-challenge+jwt", "typ eat+jwt or JWT"),
            ("W1 a status list of the issuer, as it is", "typ statuslist+jwt", "typ eat+jwt or JWT"),
            ("W1 typ missing", "no typ", "typ eat+jwt or JWT"),
            ("paste a key set", "a key set, wanted a token that one of its keys signed", form),
            ("paste a quote in hex", "a quote, which has to be judged first", form),
            ("paste a quote in base64", "a quote, which has to be judged first", form),
        ] {
            let check = try first(name)
            #expect(check.found.contains(found), "\(name): \(check.found)")
            #expect(check.wanted.contains(wanted), "\(name): \(check.wanted)")
        }
    }
}
