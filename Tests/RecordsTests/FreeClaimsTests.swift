import Appraisal
import DCAPFormats
import DCAPVerification
import LogSupport
import MerkleLog
import PlatformSimulator
import Records
import Testing
import Wire

/// Claims that nothing recorded says are free, each within its own bounds (transparency-log 14.5 step 6).
@Suite("Free claims of tokens held to account")
struct FreeClaimsTests {
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
                #expect(result.fields == [field], "\(adapter): \(result)")
            } else {
                #expect(result.confirmation != nil, "\(adapter): \(result)")
            }
        }
    }

    @Test("A token that outlives a reference set that was read, or what an auditor allows, diverges")
    func ends() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded()
        let short = ReverificationTrust(logs: trust.logs, anchor: trust.anchor, longestTokenSeconds: 299)
        #expect(reverify(bundle.archive, under: short).fields == ["claims.exp"])
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
        #expect(reverify(bundles[0].archive, under: own).confirmation != nil)
        #expect(reverify(bundles[1].archive, under: own).fields == ["claims.exp"])
    }

    @Test("The issuer is the auditor's to say; a place in a list is that of the entry, below the issuer")
    func issuerAndStatus() throws {
        let tokens = try AccountableTokens(.native)
        let (bundle, trust) = try tokens.recorded()
        func trusting(_ issuer: String) -> ReverificationTrust {
            ReverificationTrust(logs: trust.logs, anchor: trust.anchor, issuer: issuer)
        }
        let same = reverify(bundle.archive, under: trusting(RecordedVerdicts.issuer))
        #expect(same.confirmation?.notCompared == ["aud", "status", "entry.kid"])
        #expect(reverify(bundle.archive, under: trusting("https://attest.example.com")).fields == ["claims.iss"])
        for uri in ["https://elsewhere.example/v1/status-list/19a-list", "\(RecordedVerdicts.issuer)/v1/status-list/x"]
        {
            let (other, trust) = try tokens.recorded(claims: { claims in
                JSONPlace(steps: [.member("status"), .member("status_list"), .member("uri")]).changing(claims) { _ in
                    .string(uri)
                }
            })
            #expect(reverify(other.archive, under: trust).fields == ["claims.status"])
        }
        let (moved, movedTrust) = try tokens.recorded(edit: { $0.statusIndex = 8 })
        #expect(reverify(moved.archive, under: movedTrust).fields == ["claims.status"])
        let (none, noneTrust) = try tokens.recorded(claims: { claims in
            JSONPlace(steps: [.member("status")]).changing(claims) { _ in nil }
        })
        #expect(reverify(none.archive, under: noneTrust).fields == ["claims.status"])
        for audience in ["", String(repeating: "a", count: 513)] {
            let (other, trust) = try tokens.recorded(claims: { claims in
                JSONPlace(steps: [.member("aud")]).changing(claims) { _ in .string(audience) }
            })
            #expect(reverify(other.archive, under: trust).fields.contains("claims.aud"))
        }
    }
}
