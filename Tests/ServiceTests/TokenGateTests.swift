import PlatformSimulator
import ServiceSupport
import Testing

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
        ("policy=", "policy"), ("policy=strict", "policy"), ("policy=\(hash)0", "policy"),
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
                    let isUnknown = field == "age" || query == "max_age=300&max_age=300"
                    #expect(code == (isUnknown ? "REQUEST_MEMBER_UNKNOWN" : "REQUEST_MEMBER_INVALID"), "\(query)")
                    #expect(try answer.value("field") == field, "\(query): \(answer.text)")
                    #expect(try answer.value("fix")?.isEmpty == false, "\(query): \(answer.text)")
                }
            }
        }
    }

    @Test("What can be read is met, or the token is refused")
    func judged() async throws {
        try await Live.run { live in
            let token = try #require(try await live.verdict(try TestWorld.evidence().quote).value("token"))
            for (query, status) in [
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
