import AttestationMiddleware
import CollateralService
import Foundation
import HTTPTypes
import Hummingbird
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import assay

/// The Hummingbird drop-in in front of a model server, asking a real service.
@Suite("Hummingbird middleware")
struct AttestationMiddlewareTests {
    private typealias Gate = AttestationMiddleware<BasicRequestContext>

    /// A model server behind the middleware, on a port of its own: its base URL, and how many requests reached it.
    private static func behind(
        _ live: Live, demanding demands: Gate.Demands = Gate.Demands(), service: String? = nil,
        now: (@Sendable () -> Int64)? = nil,
        _ body: @escaping @Sendable (String, @escaping @Sendable () -> Int) async throws -> Void
    ) async throws {
        let reached = Mutex(0)
        let reads: @Sendable () -> Int = { reached.withLock { $0 } }
        let (client, base) = (live.client, service ?? live.base)
        let router = Router(context: BasicRequestContext.self)
        router.add(
            middleware: try Gate(demanding: demands, now: now) { token in
                let answer = try await client.post(
                    base + "/v1/tokens/introspect", "application/x-www-form-urlencoded", Array("token=\(token)".utf8))
                return try JSONDecoder().decode(Gate.Introspection.self, from: Data(answer.body))
            })
        router.get("v1/models") { _, _ in
            reached.withLock { $0 += 1 }
            return "models"
        }
        try await ScopedServer.run { onRunning in
            Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) })
        } _: { port in
            try await body("http://127.0.0.1:\(port)/v1/models", reads)
        }
    }

    private static func get(_ live: Live, _ url: String, _ token: String?) async throws -> WebAnswer {
        try await live.client.get(url, headers: token.map { ["Authorization: Bearer \($0)"] } ?? [])
    }

    /// A token over this nonce; over none, which is not fresh, where it is `nil`.
    private static func token(_ live: Live, _ nonce: [UInt8]? = [UInt8](repeating: 6, count: 32)) async throws -> String
    {
        let quote = try nonce.map { try TestWorld.quote(binding: $0) } ?? TestWorld.evidence().quote
        let more = nonce.map { [("nonce", JSON.string(Base64URL.encode($0)))] } ?? []
        let verdict = try await live.verdict(quote, more)
        return try #require(try verdict.value("token"))
    }

    @Test("No token, a foreign or altered one, an old one: refused with the reason; a good one passes")
    func tokens() async throws {
        try await Live.run { live in
            let token = try await Self.token(live)
            try await Self.behind(live) { url, reached in
                let bare = try await Self.get(live, url, nil)
                #expect(bare.status == 401)
                #expect(bare.text.contains("Authorization"))
                for bad in ["x.y.z", token + "A", String(token.dropLast(6)) + "AAAAAA"] {
                    let answer = try await Self.get(live, url, bad)
                    #expect(answer.status == 401)
                    #expect(answer.header("www-authenticate")?.contains("(token.") == true, "\(answer.text)")
                }
                #expect(reached() == 0)
                #expect(try await Self.get(live, url, token).text == "models")
                #expect(reached() == 1)
            }
            try await Self.behind(live, now: { Int64(Date().timeIntervalSince1970) + 301 }) { url, reached in
                let answer = try await Self.get(live, url, token)
                #expect(answer.status == 401)
                #expect(answer.text.contains("older than 300 s"))
                #expect(reached() == 0)
            }
        }
    }

    @Test("Demands of nonce, status and audience that are not met refuse")
    func demands() async throws {
        try await Live.run { live in
            let nonce = [UInt8](repeating: 7, count: 32)
            let (bound, unbound) = (try await Self.token(live, nonce), try await Self.token(live, nil))
            try await Self.behind(live) { url, _ in
                #expect(try await Self.get(live, url, bound).status == 200)
                let answer = try await Self.get(live, url, unbound)
                #expect(answer.status == 401 && answer.text.contains("NOT_FRESH"))
            }
            var lax = Gate.Demands()
            lax.freshness = .any
            try await Self.behind(live, demanding: lax) { url, _ in
                let answer = try await Self.get(live, url, unbound)
                #expect(answer.status == 200)
            }
            var demands = Gate.Demands()
            demands.nonce = { _ in Base64URL.encode(nonce) }
            try await Self.behind(live, demanding: demands) { url, _ in
                let fresh = try await Self.get(live, url, bound)
                #expect(fresh.status == 200)
                let answer = try await Self.get(live, url, unbound)
                #expect(answer.status == 401 && answer.text.contains("eat_nonce: found nothing"))
            }
            demands.nonce = { _ in nil }
            try await Self.behind(live, demanding: demands) { url, _ in
                let answer = try await Self.get(live, url, unbound)
                #expect(answer.status == 401)
            }
            var strict = Gate.Demands()
            strict.minimumStatus = "affirming"
            try await Self.behind(live, demanding: strict) { url, _ in
                let answer = try await Self.get(live, url, bound)
                #expect(answer.text.contains("ear_status"))
            }
            var other = Gate.Demands()
            other.audience = "models"
            try await Self.behind(live, demanding: other) { url, _ in
                let answer = try await Self.get(live, url, bound)
                #expect(answer.text.contains("aud: found nothing"))
            }
        }
    }

    @Test("A key at the other end must be the one that the token confirms; a gate can insist on one")
    func confirmation() async throws {
        try await Live.run { live in
            let key = [UInt8](repeating: 9, count: 32)
            let nonce = [UInt8](repeating: 7, count: 32)
            let quote = try TestWorld.quote(binding: Binding.assay(nonce: nonce, thumbprint: key))
            let verdict = try await live.verdict(
                quote,
                [
                    ("nonce", .string(Base64URL.encode(nonce))), ("scheme", .string("assay")),
                    ("key", .string(Base64URL.encode(key))),
                ])
            let confirmed: String = try #require(try verdict.value("token"))
            let unconfirmed = try await Self.token(live)
            let (own, other) = (Base64URL.encode(key), Base64URL.encode([UInt8](repeating: 8, count: 32)))
            for (mode, client, token, status) in [
                (Gate.Confirmation.whenPresent, own, confirmed, 200), (.whenPresent, other, confirmed, 401),
                (.whenPresent, "", confirmed, 401), (.whenPresent, nil, confirmed, 200),
                (.whenPresent, own, unconfirmed, 401), (.whenPresent, nil, unconfirmed, 200),
                (.require, own, confirmed, 200), (.require, other, confirmed, 401), (.require, nil, confirmed, 401),
                (.require, own, unconfirmed, 401), (.off, other, confirmed, 200),
            ] as [(Gate.Confirmation, String?, String, Int)] {
                var demands = Gate.Demands()
                demands.confirmation = mode
                demands.clientKey = { _, _ in client }
                try await Self.behind(live, demanding: demands) { url, reached in
                    let answer = try await Self.get(live, url, token)
                    #expect(answer.status == status, "\(mode) \(client ?? "no key"): \(answer.text)")
                    if status != 200 { #expect(answer.text.contains("cnf: "), "\(answer.text)") }
                    #expect(reached() == (status == 200 ? 1 : 0))
                }
            }
        }
    }

    @Test("A word that nobody knows is no demand: it throws when the middleware is made")
    func words() async throws {
        func made(_ edit: (inout Gate.Demands) -> Void) throws {
            var demands = Gate.Demands()
            edit(&demands)
            _ = try Gate(demanding: demands) { _ in throw TestFailure("nobody is asked") }
        }
        try made { $0.minimumStatus = "none" }
        try made { $0.policies = ["any"] }
        let edits: [(inout Gate.Demands) -> Void] = [
            { $0.minimumStatus = "Affirming" }, { $0.minimumStatus = "" }, { $0.minimum = ["executable": "affirming"] },
            { $0.minimum = ["executables": "warn"] }, { $0.audience = "" }, { $0.policies = ["strict"] },
            { $0.references = ["ab"] }, { $0.maximumAge = -1 }, { $0.policies = ["any", "default"] },
            { $0.measurements = ["mrtd": []] }, { $0.measurements = ["mr_td": ["ab"]] },
        ]
        for edit in edits { #expect(throws: AttestationDemandError.self) { try made(edit) } }
    }

    private static let good = #"{"ear_status":"affirming","ear_trustworthiness_vector":{"hardware":2}}"#

    /// The status of a request whose token gets this answer.
    private static func said(_ submods: String, _ minimum: [String: String]) async throws -> Int {
        var demands = Gate.Demands()
        demands.minimum = minimum
        (demands.freshness, demands.policies) = (.any, ["any"])
        let answer = #"{"active":true,"ear_status":"affirming","iat":1000,"submods":\#(submods)}"#
        let introspect: @Sendable (String) async throws -> Gate.Introspection = { _ in
            try JSONDecoder().decode(Gate.Introspection.self, from: Data(answer.utf8))
        }
        let gate = try Gate(demanding: demands, now: { 1_000 }, introspect: introspect)
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: gate)
        router.get("v1/models") { _, _ in "models" }
        return try await ScopedServer.run { onRunning in
            Application(
                router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { channel in onRunning(channel.localAddress?.port ?? 0) })
        } _: { port in
            try await WebClient().get("http://127.0.0.1:\(port)/v1/models", headers: ["Authorization: Bearer a.b.c"])
                .status
        }
    }

    @Test(
        "A submod that cannot be read refuses, whatever is demanded of it",
        arguments: [[:], ["hardware": "affirming"], ["hardware": "none"]] as [[String: String]])
    func unreadable(_ minimum: [String: String]) async throws {
        #expect(try await Self.said(#"{"tdx":\#(Self.good)}"#, minimum) == 200)
        #expect(try await Self.said(#"{"tdx":\#(Self.good),"gpu_0":{"ear_status":"affirming"}}"#, [:]) == 200)
        for other in [#""a.b.c""#, "7", "null", "true", "[\(Self.good)]"] {
            #expect(try await Self.said(other, minimum) == 401, "\(other)")
            #expect(try await Self.said(#"{"tdx":\#(Self.good),"gpu_0":\#(other)}"#, minimum) == 401, "\(other)")
        }
        for vector in ["7", "null", "[2]", #"{"hardware":"2"}"#, #"{"hardware":null}"#, #"{"hardware":258}"#] {
            let submods = #"{"tdx":\#(Self.good),"gpu_0":{"ear_trustworthiness_vector":\#(vector)}}"#
            #expect(try await Self.said(submods, minimum) == 401, "\(vector)")
        }
    }

    @Test("A token whose verdict does not hold any more: refused with the reasons, and nothing gets through")
    func revoked() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await Live.run(pccs: pccs) { live in
            let token = try await Self.token(live)
            try await Self.behind(live) { url, reached in
                #expect(try await Self.get(live, url, token).status == 200)
                pccs.replace(try ReappraisalTests.recovery())
                _ = try await live.service.collateral.fetch(ReappraisalTests.key(), at: TestWorld.now)
                let answer = try await eventually(
                    "the token is refused",
                    finding: {
                        let answer = try await Self.get(live, url, token)
                        return answer.status == 200 ? nil : answer
                    })
                #expect(answer.status == 401)
                for text in [answer.text, answer.header("www-authenticate") ?? ""] {
                    #expect(text.contains("revoked by re-appraisal at "))
                    #expect(text.contains("POLICY_TCB_STATUS"))
                }
                let before = reached()
                #expect(try await Self.get(live, url, token).status == 401)
                #expect(reached() == before)
            }
        }
    }

    @Test("A service that does not answer lets nothing through")
    func unreachable() async throws {
        try await Live.run { live in
            let token = try await Self.token(live)
            try await Self.behind(live, service: "http://127.0.0.1:9") { url, reached in
                let answer = try await Self.get(live, url, token)
                #expect(answer.status == 503)
                #expect(reached() == 0)
            }
        }
    }
}
