import AuditStore
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import assay

/// A challenge is spent by a request that is right, and by no other (wire-formats 2.13, 3.9).
@Suite("What a challenge is spent by")
struct ChallengeUseTests {
    private struct Asked: Sendable {
        let nonce: [UInt8]
        let challenge: String

        init(_ live: Live) async throws {
            let answer = try await live.client.send("POST", live.base + "/v1/challenges")
            #expect(answer.status == 201)
            let text = try answer.value("nonce")
            nonce = try #require(text.flatMap { Base64URL.decode(Array($0.utf8)[...]) })
            challenge = try #require(try answer.value("challenge"))
            #expect(try answer.value("nonce_hex") == Hex.encode(nonce))
            #expect(nonce.count == 32)
        }

        var quote: [UInt8] { get throws { try TestWorld.quote(binding: nonce) } }
    }

    @Test("Wrong in any other member: refused, nothing fetched or recorded, and the challenge is still good")
    func wrongRequests() async throws {
        typealias Members = [(String, JSON)]
        let wrong: [(String, @Sendable (Asked) throws -> Members)] = [
            ("a nonce beside it", { [("nonce", .string(Base64URL.encode($0.nonce)))] }),
            ("nonce_hex beside it", { [("nonce_hex", .string(Hex.encode($0.nonce)))] }),
            ("an unknown policy", { _ in [("policy", .string("nobody"))] }),
            ("one of two policies unknown", { _ in [("policy", .array([.string("strict"), .string("nobody")]))] }),
            ("no policy's name", { _ in [("policy", .string(""))] }),
            ("null as policy", { _ in [("policy", .null)] }),
            ("no quote", { _ in [("quote", .string(Base64.encode([UInt8](repeating: 7, count: 2_000))))] }),
            ("a cut quote", { [("quote", .string(Base64.encode(try $0.quote.prefix(700))))] }),
            ("an empty quote", { _ in [("quote", .string(""))] }),
            ("an event log that is no base64", { _ in [("event_log", .string("*"))] }),
            ("an audience too long", { _ in [("audience", .string(String(repeating: "a", count: 513)))] }),
            ("a scheme that is none", { _ in [("scheme", .string("sha1"))] }),
            ("a scheme that does not bind it", { _ in [("scheme", .string("maa"))] }),
            ("a key of another length", { _ in [("scheme", .string("assay")), ("key", .string("AAAA"))] }),
            (
                "data that is too long with it",
                { _ in [("runtime_data", .string(Base64.encode([UInt8](repeating: 1, count: 33))))] }
            ),
            ("empty data", { _ in [("runtime_data", .string("")), ("scheme", .string("sha256"))] }),
            ("an issue without ita", { _ in [("nonce_issued", .string("AAAA"))] }),
            ("ita without issue", { _ in [("scheme", .string("ita"))] }),
            ("a member that nobody reads", { _ in [("nonse", .string("AAAA"))] }),
            ("a number for a text", { _ in [("audience", .integer(1))] }),
        ]
        try await Live.run { live in
            let asked = try await Asked(live)
            let size = live.service.auditLog.tree.size
            for (name, members) in wrong {
                var body: [(String, JSON)] = [
                    ("quote", .string(Base64.encode(try asked.quote))), ("challenge", .string(asked.challenge)),
                ]
                for (member, value) in try members(asked) {
                    body.removeAll { $0.0 == member }
                    body.append((member, value))
                }
                let answer = try await live.client.post(live.base + "/v1/verdicts", .object(body))
                #expect(answer.status == 400, "\(name): \(answer.text.prefix(300))")
            }
            #expect(live.service.auditLog.tree.size == size)
            #expect(live.pccs.requests.isEmpty)
            let good = try await live.verdict(try asked.quote, [("challenge", .string(asked.challenge))])
            #expect(try good.value("verdict") == "accept", "\(good.text.prefix(300))")
            let again = try await live.verdict(try asked.quote, [("challenge", .string(asked.challenge))])
            #expect(try again.problem(409) == "CHALLENGE_SPENT")
        }
    }

    @Test("Through a peer's shape too")
    func wrongAdapterRequests() async throws {
        try await Live.run { live in
            let asked = try await live.client.post(live.base + "/challenge", .object([("tee", .string("tdx"))]))
            let jwt = try #require(try asked.value("extra-params", "jwt"))
            func structured(_ more: [(String, JSON)]) -> JSON {
                .object([("challenge_token", .string(jwt)), ("nonce", .string("n"))] + more)
            }
            let right = structured([])
            let quote = try TestWorld.quote(binding: Binding.sha384(right.canonicalBytes))
            func data(_ value: JSON) -> (String, JSON) { ("runtime_data", .object([("structured", value)])) }
            let good = [data(right)]
            let wrong: [WebAnswer] = [
                try await live.trustee(quote, policies: ["nobody"], good),
                try await live.trustee(quote, policies: [""], good),
                try await live.trustee(Array(quote.prefix(700)), good),
                try await live.trustee(quote, tee: "snp", good), try await live.trustee(quote, tee: "sgx", good),
                try await live.trustee(quote, good + [("runtime_data_hash_algorithm", .string("sm3"))]),
                try await live.trustee(quote, good + [("init_data", .string("x"))]),
                try await live.trustee(quote, good + [("other", .string("x"))]),
                try await live.trustee(quote, [data(structured([("\u{E9}", .bool(true))]))]),
                try await live.trustee(quote, [data(structured([("x", .integer(1 << 60))]))]),
            ]
            for answer in wrong { #expect([400, 422].contains(answer.status), "\(answer.text.prefix(300))") }
            #expect(live.pccs.requests.isEmpty)
            #expect(try await live.trustee(quote, good).status == 200)
            #expect(try await live.trustee(quote, good).problem(401) == "AS.CHALLENGE.INVALID_TOKEN")
        }
    }
}
