import Appraisal
import AuditStore
import KeyCustody
import MerkleLog
import PlatformSimulator
import Records
import ResultToken
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// What tokens are worth, what their lists say, and the keys that sign them, by the service's clock.
@Suite("Tokens, lists and keys", .timeLimit(.minutes(10)))
struct TokenTests {
    @Test(
        "An active token with its claims; anything else is inactive, with the reason; a demand without meaning, neither"
    )
    func introspection() async throws {
        try await TestService.run { assay in
            let token = try await assay.token()
            guard case .active(let claims) = try assay.introspect(token) else {
                Issue.record("not active")
                return
            }
            #expect(claims.text("iss") == TestService.issuer && claims.text("ear_status") == "warning")
            for bad in ["x", "a.b.c", String(token.dropLast(6)) + "AAAAAA"] {
                #expect(try assay.introspect(bad).reason?.isEmpty == false)
            }
            // Unless told otherwise, what may be old is refused.
            let refused = try assay.service.introspect(token, TokenDemand()).reason
            #expect(refused?.contains("NOT_FRESH") == true && refused?.contains("token.freshness") == true)
            var demand = TokenDemand()
            demand.freshness = "any"
            guard case .active = try assay.service.introspect(token, demand) else {
                Issue.record("the default policy is refused")
                return
            }
            demand.policies = [String(repeating: "ab", count: 32)]
            #expect(try assay.service.introspect(token, demand).reason?.contains("token.policy") == true)
            demand.policies = nil
            for wrong in ["", "Any", "required"] {
                demand.freshness = wrong
                #expect(await outcome { _ = try assay.service.introspect(token, demand) } == "demand: freshness")
            }
            demand.freshness = "any"
            demand.measurements = ["mr_td": [String(repeating: "ab", count: 48)]]
            #expect(try assay.service.introspect(token, demand).reason?.contains("token.measurements") == true)
            demand.measurements = ["mrtd": []]
            #expect(await outcome { _ = try assay.service.introspect(token, demand) } == "demand: measurement")
            demand = TokenDemand()
            demand.minimumStatus = "affirming"
            #expect(try assay.service.introspect(token, demand).reason?.contains("token.status") == true)
            demand.minimumStatus = "fine"
            #expect(await outcome { _ = try assay.service.introspect(token, demand) } == "demand: status")
            demand = TokenDemand()
            demand.audience = "somebody"
            #expect(try assay.service.introspect(token, demand).reason?.contains("token.audience") == true)
            // Its end, by the service's clock alone.
            assay.time.advance(.seconds(3_599))
            #expect(try assay.introspect(token).isActive)
            assay.time.advance(.seconds(120))
            #expect(try assay.introspect(token).reason?.contains("token.time") == true)
        }
    }

    @Test("A peer's shape is of the peer's algorithm, and has no place in a list")
    func shapes() async throws {
        try await TestService.run { assay in
            for (adapter, algorithm, hasKey, hasPlace) in [
                (.native, "ES256", false, true), (.alibaba, "RS256", false, false), (.trustee, "ES256", true, false),
            ] as [(Adapter, String, Bool, Bool)] {
                let text = try await assay.token(adapter: adapter)
                let token = try TokenParts(text)
                #expect(token.header.text("alg") == algorithm)
                #expect((token.header["jwk"] != nil) == hasKey)
                #expect((token.claims["status"] != nil) == hasPlace)
                #expect(try assay.introspect(text).isActive, "\(adapter)")
            }
        }
    }

    @Test("A list that nobody was given is not there; one that was is, after a restart as well")
    func lists() async throws {
        let surroundings = try Surroundings()
        let token = try await TestService.run(in: surroundings) { assay in
            for name in ["x", "19bb0000000-1-0123456789abcdef", "-", "", String(repeating: "a", count: 500)] {
                #expect(await outcome { _ = try assay.service.statusList(name) } == "no such list", "\(name)")
            }
            return try await assay.token()
        }
        try await TestService.run(in: surroundings) { assay in
            #expect(try StatusBit(token, assay).isSet == false)
            // This process gives places in a list of its own.
            let other = try await assay.token()
            let uris = try [token, other].map { try TokenParts($0).claims["status"]?["status_list"]?.text("uri") }
            #expect(uris[0] != uris[1])
            let newest = try TokenParts(try assay.service.statusList(nil))
            #expect(newest.claims.text("sub") == uris[1])
        }
    }

    @Test("A signed list serves for twenty seconds, unless a token falls meanwhile")
    func kept() async throws {
        try await TestService.run { assay in
            try await assay.follow()
            let token = try await assay.token()
            let first = try assay.service.statusList(nil)
            let list = try TokenParts(first)
            #expect(list.claims.number("iat") == assay.time.now.seconds)
            #expect(list.claims.number("exp") == assay.time.now.seconds + 300)
            #expect(list.claims.number("ttl") == 60)
            assay.time.advance(.seconds(19))
            #expect(try assay.service.statusList(nil) == first)
            assay.time.advance(.seconds(1))
            let second = try assay.service.statusList(nil)
            #expect(second != first)
            try assay.collateral.renew(try CollateralInHand.revocation())
            try await assay.settle()
            #expect(try assay.service.statusList(nil) != second)
            #expect(try StatusBit(token, assay).isSet)
        }
    }

    @Test(
        "The next key: made once, in the log and published at once, and signing a day later; the old one still verifies"
    )
    func rotation() async throws {
        try await TestService.run { assay in
            let now = assay.time.now
            #expect(await outcome { try assay.keys.check("HS256", at: now) } == "no such algorithm")
            #expect(await outcome { _ = try await assay.keys.rotate("HS256", at: now) } == "no such algorithm")
            let before = try TokenParts(try await assay.token())
            let made = try await assay.keys.rotate("ES256", at: now)
            let name = try #require(made.text("kid"))
            #expect(made.text("signs_from") == now.advanced(bySeconds: KeyStore.noticeSeconds).description)
            #expect(
                try await assay.entries.contains { if case .key(let entry) = $0 { entry.kid == name } else { false } })
            #expect(assay.service.keySet.compactText.contains(name))
            #expect(await outcome { try assay.keys.check("ES256", at: now) } == "rotation pending")
            #expect(await outcome { _ = try await assay.keys.rotate("ES256", at: now) } == "no key made")
            #expect(try TokenParts(try await assay.token()).header.text("kid") == before.header.text("kid"))

            assay.time.advance(.seconds(KeyStore.noticeSeconds - 60))
            let last = try await assay.token()
            #expect(try TokenParts(last).header.text("kid") == before.header.text("kid"))
            assay.time.advance(.seconds(60))
            let first = try await assay.token()
            #expect(try TokenParts(first).header.text("kid") == name)
            #expect(try assay.introspect(last).isActive && assay.introspect(first).isActive)
            #expect(await outcome { try assay.keys.check("ES256", at: assay.time.now) } == "done")
        }
    }

    @Test("Without a key for the time of the verdict: no token, and so no verdict either; nothing is recorded")
    func noKey() async throws {
        try await TestService.run { assay in
            // A ring of tomorrow: today's key is gone, and the next does not sign yet.
            let now = assay.time.now
            _ = try assay.stores.keys.rotate(.es256, at: now, overlapSeconds: 60)
            assay.service.tokens.replace(
                try assay.stores.keys.open(at: now.advanced(bySeconds: KeyStore.noticeSeconds + 1)))
            let size = assay.log.tree.size
            #expect(await outcome { try await assay.attest() } == "no key")
            #expect(assay.log.tree.size == size)
            #expect(!assay.service.readiness.isReady)
            // A reject needs none.
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            #expect(try await assay.attest(debug).decision == .reject)
        }
    }
}
