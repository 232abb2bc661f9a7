import PlatformSimulator
import ServiceSupport
import Synchronization
import Testing
import Wire

/// Nonces that are good once (design 6): natively and in OpenAnolis's shape, over a restart, and in their time only.
@Suite("Challenges over HTTP")
struct ChallengeTests {
    private static func ask(_ live: Live) async throws -> (nonce: [UInt8], challenge: String) {
        let answer = try await live.client.send("POST", live.base + "/v1/challenges")
        #expect(answer.status == 201)
        let nonce = try #require(try answer.value("nonce"))
        return (
            try #require(Base64URL.decode(Array(nonce.utf8)[...])), try #require(try answer.value("challenge"))
        )
    }

    private static func spend(_ live: Live, _ nonce: [UInt8], _ challenge: String) async throws -> WebAnswer {
        try await live.verdict(try TestWorld.quote(binding: nonce), [("challenge", .string(challenge))])
    }

    @Test("Good once, also when the service was restarted in between; a second nonce is another one")
    func singleUse() async throws {
        let folder = try ScratchFolder()
        let first = try await Live.run(folder: folder) { live in
            let challenge = try await Self.ask(live)
            let unused = try await Self.ask(live)
            #expect(challenge.nonce.count == 32)
            #expect(challenge.nonce != unused.nonce)
            let answer = try await Self.spend(live, challenge.nonce, challenge.challenge)
            #expect(try answer.value("verdict") == "accept", "\(answer.text.prefix(300))")
            #expect(try answer.value("binding", "outcome") == "passed")
            let token = try TokenParts(try #require(try answer.value("token")))
            #expect(token.claims.text("eat_nonce") == Base64URL.encode(challenge.nonce))
            #expect(try await Self.spend(live, challenge.nonce, challenge.challenge).problem(409) == "CHALLENGE_SPENT")
            return (challenge, unused)
        }
        try await Live.run(folder: folder) { live in
            let spent = try await Self.spend(live, first.0.nonce, first.0.challenge)
            #expect(try spent.problem(409) == "CHALLENGE_SPENT")
            let unused = try await Self.spend(live, first.1.nonce, first.1.challenge)
            #expect(try unused.value("verdict") == "accept")
        }
    }

    @Test("A hundred at once with one challenge: one is first")
    func race() async throws {
        try await Live.run { live in
            let (nonce, challenge) = try await Self.ask(live)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<100 { group.addTask { try await Self.spend(live, nonce, challenge).status } }
                return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
            }
            #expect(statuses == [200: 1, 409: 99])
        }
    }

    @Test("Past its time, of another issuer, a result token, or nonsense: no challenge; another nonce: a reject")
    func refused() async throws {
        let clock = Atomic<Int64>(TestWorld.now.seconds * 1_000)
        let now: @Sendable () -> Int64 = { clock.load(ordering: .relaxed) }
        try await Live.run(now: now) { live in
            let (nonce, challenge) = try await Self.ask(live)
            let result = try #require(try await live.verdict(try TestWorld.evidence().quote).value("token"))
            for text in [result, "a.b.c", String(challenge.dropLast(4)) + "AAAA"] {
                #expect(
                    try await Self.spend(live, nonce, text).problem(401) == "CHALLENGE_INVALID", "\(text.prefix(20))")
            }
            let other = try await live.verdict(try TestWorld.evidence().quote, [("challenge", .string(challenge))])
            #expect(try other.value("reasons") == "POLICY_REPORT_DATA")
            let late = try await Self.ask(live)
            clock.add(120_000, ordering: .relaxed)
            #expect(try await Self.spend(live, late.nonce, late.challenge).problem(401) == "CHALLENGE_EXPIRED")
        }
    }

    @Test("OpenAnolis's shape: the challenge comes back inside the runtime data, and is spent")
    func trustee() async throws {
        try await Live.run { live in
            let asked = try await live.client.post(live.base + "/challenge", .object([("tee", .string("tdx"))]))
            #expect(asked.status == 200)
            let nonce = try #require(try asked.value("nonce"))
            let jwt = try #require(try asked.value("extra-params", "jwt"))
            let structured = JSON.object([("nonce", .string(nonce)), ("challenge_token", .string(jwt))])
            let quote = try TestWorld.quote(binding: Binding.sha384(structured.canonicalBytes))
            let members: [(String, JSON)] = [("runtime_data", .object([("structured", structured)]))]
            #expect(try await live.trustee(quote, members).status == 200)
            #expect(try await live.trustee(quote, members).problem(401) == "AS.CHALLENGE.INVALID_TOKEN")
        }
    }
}
