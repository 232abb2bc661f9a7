import Appraisal
import AuditStore
import DCAPFormats
import MerkleLog
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// Nonces that are good once (wire-formats 3.9): over a restart, in their time, and spent by what is right alone.
@Suite("Challenges", .timeLimit(.minutes(10)))
struct ChallengeTests {
    /// What a door makes of a challenge that came back.
    private static func binding(_ assay: TestService, _ challenge: String) throws -> CheckedBinding {
        let opened = try assay.service.openChallenge(challenge)
        var input = BoundInput(nonce: opened.nonce)
        input.origin = .challenge
        return CheckedBinding(
            expected: try input.expected(), nonce: opened.nonce, userData: nil, challenge: opened)
    }

    /// A quote that binds the nonce, and the challenge.
    private static func spend(
        _ assay: TestService, _ challenge: IssuedChallenge, _ policies: [String] = []
    ) async throws -> AttestationResult {
        try await assay.attest(
            try TestWorld.quote(binding: challenge.nonce), policies, binding: try binding(assay, challenge.token))
    }

    @Test("Good once, also when the service was restarted in between; a second nonce is another one")
    func singleUse() async throws {
        let surroundings = try Surroundings()
        let (first, unused) = try await TestService.run(in: surroundings) { assay in
            let (first, unused) = (assay.service.issueChallenge(), assay.service.issueChallenge())
            #expect(first.nonce.count == 32 && first.nonce != unused.nonce)
            let result = try await Self.spend(assay, first)
            #expect(result.decision == .accept && !result.reasons.contains("NOT_FRESH"))
            let token = try TokenParts(try #require(result.token))
            #expect(token.claims.text("eat_nonce") == Base64URL.encode(first.nonce))
            let size = assay.log.tree.size
            #expect(await outcome { _ = try await Self.spend(assay, first) } == "spent")
            #expect(assay.log.tree.size == size)
            return (first, unused)
        }
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(await outcome { _ = try await Self.spend(assay, first) } == "spent")
            #expect(try await Self.spend(assay, unused).decision == .accept)
        }
    }

    @Test("A hundred at once with one challenge: one is first")
    func race() async throws {
        var settings = TestService.Settings()
        settings.concurrentVerdicts = 200
        try await TestService.run(settings) { assay in
            let challenge = assay.service.issueChallenge()
            let submission = try assay.submission(
                try TestWorld.quote(binding: challenge.nonce), binding: try Self.binding(assay, challenge.token))
            let words = await withTaskGroup(of: String.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        await outcome { _ = try await assay.service.attest(submission, for: .client("local")) }
                    }
                }
                return await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(words == ["done": 1, "spent": 99])
        }
    }

    @Test("Past its time by the service's clock, of another issuer, a result token, or nonsense: no challenge")
    func refused() async throws {
        let stranger = try await TestService.run { assay in assay.service.issueChallenge().token }
        try await TestService.run { assay in
            let challenge = assay.service.issueChallenge()
            for text in [try await assay.token(), stranger, "a.b.c", "", challenge.token.dropLast(4) + "AAAA"] {
                #expect(await outcome { _ = try assay.service.openChallenge(text) } == "not ours", "\(text.prefix(20))")
            }
            #expect(challenge.expires == assay.time.now.advanced(bySeconds: 120))
            assay.time.advance(.seconds(119))
            #expect(await outcome { _ = try assay.service.openChallenge(challenge.token) } == "done")
            assay.time.advance(.seconds(1))
            #expect(await outcome { _ = try assay.service.openChallenge(challenge.token) } == "expired")
        }
    }

    @Test("A submission that is wrong spends nothing; one that is right does, whatever the verdict")
    func wrong() async throws {
        try await TestService.run { assay in
            let challenge = assay.service.issueChallenge()
            let quote = try TestWorld.quote(binding: challenge.nonce)
            let binding = try Self.binding(assay, challenge.token)
            let size = assay.log.tree.size
            for (quote, policies, word) in [
                (Array(quote.prefix(700)), [], "QUOTE_TRUNCATED"), ([], [], "QUOTE_EMPTY"),
                (quote, ["nobody"], "unknown"),
                (quote, ["strict", "nobody"], "unknown"),
            ] as [([UInt8], [String], String)] {
                #expect(await outcome { try await assay.attest(quote, policies, binding: binding) } == word)
            }
            #expect(assay.log.tree.size == size && assay.collateral.fetches == 0)
            #expect(try await assay.attest(quote, binding: binding).decision == .accept)
            #expect(await outcome { try await assay.attest(quote, binding: binding) } == "spent")
            // The evidence is to blame, or the world: then it is spent.
            let other = assay.service.issueChallenge()
            let rejected = try await assay.attest(binding: try Self.binding(assay, other.token))
            #expect(rejected.reasons == ["POLICY_REPORT_DATA"])
            #expect(await outcome { _ = try await Self.spend(assay, other) } == "spent")
            let third = assay.service.issueChallenge()
            assay.collateral.forget()
            assay.collateral.fail(CollateralInHand.unavailable)
            #expect(await outcome { _ = try await Self.spend(assay, third) } == "COLLATERAL_UNAVAILABLE")
            assay.collateral.fail(nil)
            #expect(await outcome { _ = try await Self.spend(assay, third) } == "spent")
        }
    }

    @Test("Who is not let in has spent nothing")
    func notAdmitted() async throws {
        var settings = TestService.Settings()
        settings.concurrentVerdicts = 1
        try await TestService.run(settings) { assay async throws in
            let challenge = assay.service.issueChallenge()
            let barrier = Barrier()
            assay.collateral.onFetch { await barrier.wait() }
            async let other = assay.attest().decision
            await barrier.waiting(1)
            #expect(await outcome { _ = try await Self.spend(assay, challenge) } == "overloaded")
            barrier.open()
            #expect(try await other == .accept)
            #expect(try await Self.spend(assay, challenge).decision == .accept)
        }
    }

    @Test("The entry of a verdict says that its nonce was a challenge; that of any other does not")
    func entry() async throws {
        try await TestService.run { assay in
            let challenge = assay.service.issueChallenge()
            let challenged = try await Self.spend(assay, challenge)
            let plain = try await assay.attest(
                try TestWorld.quote(binding: challenge.nonce),
                binding: CheckedBinding(
                    expected: try BoundInput(nonce: challenge.nonce).expected(), nonce: challenge.nonce, userData: nil,
                    challenge: nil))
            for (result, isChallenge) in [(challenged, true), (plain, nil)] as [(AttestationResult, Bool?)] {
                let entry = try await assay.entry(of: result)
                #expect(entry.isChallenge == isChallenge)
                #expect(entry.nonceSHA256 == MerkleHashing.sha256(challenge.nonce))
            }
        }
    }

    @Test("A type, an audience and a key of its own, in no key set; no checker of results takes it")
    func kind() async throws {
        try await TestService.run { assay in
            let challenge = assay.service.issueChallenge()
            let parts = try TokenParts(challenge.token)
            #expect(parts.header.text("typ") == "assay-challenge+jwt" && parts.header.text("alg") == "HS256")
            #expect(parts.header.text("kid") == nil)
            #expect(parts.claims.text("aud") == TestService.issuer + "/v1/challenges")
            #expect(parts.claims.text("iss") == TestService.issuer)
            #expect(parts.claims.number("iat") == assay.time.now.seconds)
            #expect(parts.claims.number("exp") == assay.time.now.seconds + 120)
            #expect(parts.claims.text("nonce") == Base64URL.encode(challenge.nonce))
            let names = if case .object(let members) = parts.claims { members.map(\.0) } else { [] as [String] }
            #expect(names.contains("nonce") && names.allSatisfy { !$0.hasPrefix("eat_") && !$0.hasPrefix("ear_") })
            #expect(try !assay.introspect(challenge.token).isActive)
            for keys in [assay.service.keySet, assay.service.keyHistory] {
                #expect(!keys.compactText.contains("oct") && !keys.compactText.contains("HS256"))
            }
        }
    }
}
