import AuditStore
import Crypto
import Foundation
import MerkleLog
import PlatformSimulator
import ServiceSupport
import Testing
import WebAPI
import Wire

@testable import assay

/// One caller asks for too much, over HTTP: it is told so, and nobody else notices.
@Suite("Callers over HTTP")
struct CallerTests {
    @Test(
        "The budget: 429 before anything is verified, with its headers; each client behind a trusted proxy has its own")
    func budget() async throws {
        let folder = try ScratchFolder()
        let digest = Hex.encode(Array(SHA256.hash(data: Array("secret".utf8))))
        let callers = try folder.write(Array("anna 600,100 \(digest)  # the gateway\n".utf8), to: "callers")
        let settings = [
            "limits.caller_per_minute": "1", "limits.caller_burst": "7", "limits.callers_file": callers,
            "trusted_proxies": "127.0.0.1",
        ]
        try await Live.run(settings) { live in
            let quote = try TestWorld.evidence().quote
            func post(_ path: String, _ type: String, _ body: [UInt8], _ headers: [String]) async throws -> WebAnswer {
                try await live.client.send(
                    "POST", live.base + path, headers: ["Content-Type: \(type)"] + headers, body: body)
            }
            func raw(_ headers: String...) async throws -> WebAnswer {
                try await post("/v1/verdicts", "application/octet-stream", quote, headers)
            }
            /// Asked until it is too much, because a slow machine gives a budget time to fill.
            func refused(_ what: String, _ ask: () async throws -> WebAnswer) async throws -> WebAnswer {
                for _ in 0..<100 {
                    let size = live.service.auditLog.tree.size
                    let answer = try await ask()
                    guard answer.status == 429 else { continue }
                    #expect(live.service.auditLog.tree.size == size, "\(what): never an entry")
                    #expect(try answer.problem(429) == "CALLER_BUDGET", "\(what)")
                    return answer
                }
                throw TestFailure("\(what): never refused")
            }
            // 5, because collateral is fetched; 1, and 1.
            for _ in 0..<3 { #expect(try await raw("X-Forwarded-For: 2001:db8::1").status == 200) }
            let answer = try await refused("a quote") { try await raw("X-Forwarded-For: 2001:db8::ffff") }
            let seconds = try #require(answer.header("retry-after").flatMap { Int($0) })
            #expect((1...60).contains(seconds))
            #expect(answer.header("ratelimit-policy") == #""caller";q=1;w=60"#)
            #expect(answer.header("ratelimit") == #""caller";r=0;t=\#(seconds)"#)
            // Every door has the same budget, and what is no quote costs as well.
            for (path, type, body) in [
                ("/v1/attestation", "application/json", "{}"), ("/attestation", "application/json", "{}"),
                ("/tdx_attest", "application/json", "{}"), ("/v1/verdicts", "text/plain", "x"),
                ("/v1/quotes/decode", "application/json", "{}"), ("/v1/collateral", "text/plain", "x"),
            ] {
                _ = try await refused(path) {
                    try await post(path, type, Array(body.utf8), ["X-Forwarded-For: 2001:db8::2"])
                }
            }
            _ = try await refused("a query of the log") {
                try await live.client.get(live.base + "/audit/v1/entries", headers: ["X-Forwarded-For: 2001:db8::1"])
            }
            // Others, and who has a key, go on. A token that nobody gave out names nobody.
            #expect(try await raw("X-Forwarded-For: 2001:db8:0:1::1").status == 200)
            #expect(try await raw("X-Forwarded-For: 2001:db8::1", "Authorization: Bearer secret").status == 200)
            _ = try await refused("a token that nobody gave out") {
                try await raw("X-Forwarded-For: 2001:db8::1", "Authorization: Bearer sekret")
            }
            let metrics = try await live.client.get(live.base + "/metrics")
            #expect(metrics.text.contains(#"assay_problems_total{code="CALLER_BUDGET"} 9"#))
        }
    }

    @Test(
        "The file of callers: each line that is wrong is named",
        arguments: [
            ("anna 60", "wanted a name"), ("anna x HASH", "verdicts a minute"),
            ("anna 1,2,3 HASH", "verdicts a minute"),
            ("anna -1 HASH", "verdicts a minute"), ("anna 60 00", "64 hexadecimal"),
            ("anna 60 HASH\nbert 60 HASH", "stands above"), ("anna 60 HASH\nanna 61 OTHER", "another rate"),
        ])
    func file(text: String, wanted: String) throws {
        let text = text.replacingOccurrences(of: "HASH", with: String(repeating: "0a", count: 32))
            .replacingOccurrences(of: "OTHER", with: String(repeating: "0b", count: 32))
        do throws(Callers.Defect) {
            _ = try Callers(parsing: "# callers\n\n" + text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.sentence.contains(wanted) && error.sentence.contains("line"), "\(error.sentence)")
        }
    }
}
