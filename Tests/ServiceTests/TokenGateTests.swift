import Appraisal
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import assay

/// What `GET /v1/tokens/check` makes of its parameters: a demand that cannot be read is the gateway's mistake (400), and
/// never a token's (401).
@Suite("Demands of a gateway")
struct TokenGateTests {
    private static let hash = String(repeating: "ab", count: 32)

    private static let wrong: [(query: String, field: String)] = [
        ("max_age=-1", "max_age"), ("max_age=-0", "max_age"), ("max_age=%2B5", "max_age"), ("max_age=soon", "max_age"),
        ("max_age=", "max_age"), ("max_age", "max_age"), ("max_age=1.5", "max_age"), ("max_age=1e3", "max_age"),
        ("max_age=%20300", "max_age"), ("max_age=0x10", "max_age"), ("max_age=9007199254740992", "max_age"),
        ("max_age=9223372036854775808", "max_age"), ("max_age=99999999999999999999", "max_age"),
        ("max_age=300&max_age=300", "max_age"), ("max_age=%zz", "max_age"),
        ("status=", "status"), ("status=Affirming", "status"), ("status=2", "status"), ("status=-1", "status"),
        ("audience=", "audience"), ("nonce=", "nonce"), ("key_thumbprint=", "key_thumbprint"),
        ("key_thumbprint=&confirmation=off", "key_thumbprint"), ("confirmation=", "confirmation"),
        ("confirmation=yes", "confirmation"), ("minimum=", "minimum"), ("minimum=executables", "minimum"),
        ("minimum=executables:", "minimum"), ("minimum=executables:2", "minimum"), ("minimum=:affirming", "minimum"),
        ("minimum=executable:affirming", "minimum"),
        ("minimum=executables:affirming&minimum=executables:none", "minimum"),
        ("policy=", "policy"), ("policy=Strict", "policy"), ("policy=any&policy=strict", "policy"),
        ("policy_sha256=strict", "policy"), ("policy_sha256=", "policy_sha256"), ("freshness=", "freshness"),
        ("freshness=Any", "freshness"), ("freshness=any&freshness=any", "freshness"), ("mr_td=", "mr_td"),
        ("mr_td=\(hash)", "mr_td"), ("mr_enclave=\(hash)00", "mr_enclave"), ("rtmr3=zz", "rtmr3"),
        ("rtmr4=\(hash)", "rtmr4"), ("policy=\(hash)0", "policy"),
        ("policy=\(hash)&policy=1", "policy"), ("reference_set=", "reference_set"),
        ("reference_set=-1", "reference_set"),
        ("age=300", "age"),
    ]

    @Test("What cannot be read is 400, with the parameter and what to do, whether there is a token or not")
    func refused() async throws {
        try await Live.run { live in
            let token = try #require(try await live.verdict(try TestWorld.evidence().quote).value("token"))
            for (query, field) in Self.wrong {
                for headers in [["Authorization: Bearer \(token)"], ["Authorization: Bearer x.y.z"], []] {
                    let answer = try await live.client.get(
                        "\(live.base)/v1/tokens/check?\(query)", headers: headers)
                    let code = try answer.problem(400)
                    let isUnknown =
                        ["age", "rtmr4"].contains(field)
                        || ["max_age=300&max_age=300", "freshness=any&freshness=any"].contains(query)
                    #expect(code == (isUnknown ? "REQUEST_MEMBER_UNKNOWN" : "REQUEST_MEMBER_INVALID"), "\(query)")
                    #expect(try answer.value("field") == field, "\(query): \(answer.text)")
                    #expect(try answer.value("fix")?.isEmpty == false, "\(query): \(answer.text)")
                }
            }
        }
    }

    private static let nonce = [UInt8](repeating: 7, count: 32)

    /// A token over a nonce, under the policy of this name.
    private static func token(_ live: Live, policy: String? = nil) async throws -> String {
        let more = [("nonce", JSON.string(Base64URL.encode(nonce)))] + (policy.map { [("policy", .string($0))] } ?? [])
        return try #require(try await live.verdict(try TestWorld.quote(binding: nonce), more).value("token"))
    }

    @Test("Unless told otherwise, what may be old is refused, and so is a policy that is not the service's own")
    func byDefault() async throws {
        try await Live.run { live in
            let old = try #require(try await live.verdict(try TestWorld.evidence().quote).value("token"))
            let lax = try await Self.token(live, policy: "tdx-cloud")
            let own = try await Self.token(live)
            let cloud = try #require(Policy.builtIn.first { $0.id == "tdx-cloud" }).sha256
            for (token, query, refusal) in [
                (own, "", nil), (own, "freshness=require&policy=default", nil), (own, "policy=tdx-cloud", "policy"),
                (own, "policy=strict", nil), (own, "policy_sha256=\(Policy.strict.sha256)", nil),
                (old, "", "freshness"), (old, "freshness=require", "freshness"), (old, "freshness=any", nil),
                (old, "policy=any", "freshness"),
                (lax, "", "policy"), (lax, "policy=strict", "policy"), (lax, "policy=default", "policy"),
                (lax, "policy=any", nil), (lax, "policy=tdx-cloud", nil), (lax, "policy_sha256=\(cloud)", nil),
                (lax, "policy=default&policy=tdx-cloud", nil), (lax, "freshness=any", "policy"),
            ] as [(String, String, String?)] {
                let answer = try await live.client.get(
                    "\(live.base)/v1/tokens/check?\(query)", headers: ["Authorization: Bearer \(token)"])
                #expect(answer.status == (refusal == nil ? 204 : 401), "\(query): \(answer.text)")
                if let refusal { #expect(answer.text.contains("(token.\(refusal))"), "\(query): \(answer.text)") }
                if refusal == "freshness" { #expect(try answer.value("fix")?.contains("/v1/challenges") == true) }
            }
        }
    }

    @Test("What can be read is met, or the token is refused")
    func judged() async throws {
        try await Live.run { live in
            let token = try await Self.token(live)
            let payload = try #require(Base64URL.decode(Array(token.split(separator: ".")[1].utf8)[...]))
            let claims = try JSONDocument(parsing: payload).root.member("submods")?.member("tdx")
            let measured = try #require(claims?.member("ear_attester_claims")?.member("tdx_mrtd")?.string)
            let other = String(repeating: "ab", count: 48)
            for (query, status) in [
                ("mr_td=\(measured)", 204), ("mr_td=\(other)&mr_td=\(measured)", 204), ("mr_td=\(other)", 401),
                ("mr_td=\(measured)&rtmr2=\(other)", 401), ("mr_enclave=\(Self.hash)", 401),
                ("", 204), ("max_age=3600", 204), ("max_age=9007199254740991", 204), ("client_certificate=", 204),
                ("minimum=hardware:affirming&minimum=configuration:affirming", 204), ("confirmation=off", 204),
                ("minimum=executables:affirming", 401), ("audience=models", 401), ("policy=\(Self.hash)", 401),
                ("client_certificate=none", 401), ("client_certificate=&confirmation=require", 401),
            ] {
                let answer = try await live.client.get(
                    "\(live.base)/v1/tokens/check?\(query)", headers: ["Authorization: Bearer \(token)"])
                #expect(answer.status == status, "\(query): \(answer.text)")
            }
        }
    }
}
