import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// Nonces that are good once (wire-formats 3.9), natively and in OpenAnolis's shape.
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

    @Test("Good once; what is no challenge is refused, and another nonce is a reject")
    func singleUse() async throws {
        try await Live.run { live in
            let challenge = try await Self.ask(live)
            #expect(challenge.nonce.count == 32)
            let answer = try await Self.spend(live, challenge.nonce, challenge.challenge)
            #expect(try answer.value("verdict") == "accept", "\(answer.text.prefix(300))")
            #expect(try answer.value("binding", "outcome") == "passed")
            let text = try #require(try answer.value("token"))
            #expect(try TokenParts(text).claims.text("eat_nonce") == Base64URL.encode(challenge.nonce))
            #expect(try await Self.spend(live, challenge.nonce, challenge.challenge).problem(409) == "CHALLENGE_SPENT")
            for text in [text, "a.b.c", String(challenge.challenge.dropLast(4)) + "AAAA"] {
                #expect(try await Self.spend(live, challenge.nonce, text).problem(401) == "CHALLENGE_INVALID")
            }
            let second = try await Self.ask(live)
            #expect(second.nonce != challenge.nonce)
            let other = try await live.verdict(
                try TestWorld.evidence().quote, [("challenge", .string(second.challenge))])
            #expect(try other.value("reasons") == "POLICY_REPORT_DATA")
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
