import Foundation
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// What every answer has around it: names, traces, origins, counts; and the small documents.
@Suite("The frame of every answer")
struct FrameTests {
    @Test("Request id and traceparent: the caller's where they are well formed, on every path")
    func identity() async throws {
        try await Live.run { live in
            let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            for path in ["/healthz", "/nowhere", "/v1/verdicts"] {
                let answer = try await live.client.get(
                    live.base + path, headers: ["X-Request-ID: req_1.2-A", "traceparent: \(trace)"])
                #expect(answer.header("x-request-id") == "req_1.2-A")
                #expect(answer.header("traceparent") == trace)
            }
            for bad in [String(repeating: "a", count: 129), "a b", "<script>"] {
                let answer = try await live.client.get(live.base + "/healthz", headers: ["X-Request-ID: \(bad)"])
                let given = try #require(answer.header("x-request-id"))
                #expect(given.count == 36 && given != bad)
            }
            for bad in ["00-0-0-0", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", trace.uppercased()] {
                let answer = try await live.client.get(live.base + "/healthz", headers: ["traceparent: \(bad)"])
                #expect(answer.header("traceparent") == nil)
            }
        }
    }

    @Test("Origins: any by default and without credentials; listed ones alone where they are listed; keys always")
    func origins() async throws {
        @Sendable func allowed(_ live: Live, _ method: String, _ path: String, _ origin: String) async throws
            -> WebAnswer
        {
            try await live.client.send(
                method, live.base + path,
                headers: [
                    "Origin: \(origin)", "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: content-type",
                ])
        }
        try await Live.run { live in
            let preflight = try await allowed(live, "OPTIONS", "/v1/verdicts", "https://chat.example.cn")
            #expect(preflight.status == 204)
            #expect(preflight.header("access-control-allow-origin") == "*")
            #expect(preflight.header("access-control-allow-methods")?.contains("POST") == true)
            #expect(preflight.header("access-control-allow-headers")?.lowercased().contains("content-type") == true)
            #expect(preflight.header("access-control-allow-credentials") == nil)
            // A page must be able to read why it was refused.
            #expect(
                try await allowed(live, "GET", "/v1/verdicts", "https://a.example").header(
                    "access-control-allow-origin") == "*")
        }
        try await Live.run(["cors.origins": "https://chat.example.cn"]) { live in
            let ours = try await allowed(live, "OPTIONS", "/v1/verdicts", "https://chat.example.cn")
            #expect(ours.header("access-control-allow-origin") == "https://chat.example.cn")
            #expect(ours.header("vary") == "Origin")
            for origin in [
                "https://evil.example", "https://chat.example.cn.evil.example", "http://chat.example.cn", "null",
            ] {
                let answer = try await allowed(live, "OPTIONS", "/v1/verdicts", origin)
                #expect(answer.header("access-control-allow-origin") == nil, "\(origin)")
            }
            let keys = try await allowed(live, "GET", "/jwks.json", "https://evil.example")
            #expect(keys.header("access-control-allow-origin") == "*")
        }
    }

    @Test("Keys and discovery: cacheable, tagged, consistent under every name; and a token verifies with them")
    func keys() async throws {
        try await Live.run { live in
            let set = try await live.client.get(live.base + "/jwks.json")
            for path in ["/.well-known/jwks.json", "/jwks", "/certs"] {
                #expect(try await live.client.get(live.base + path).body == set.body)
            }
            #expect(set.header("cache-control") == "public, max-age=300")
            let tag = try #require(set.header("etag"))
            let again = try await live.client.get(live.base + "/jwks.json", headers: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(!set.text.contains("\"d\""))
            let discovery = try await live.client.get(live.base + "/.well-known/openid-configuration")
            #expect(try discovery.value("issuer") == Live.issuer)
            #expect(try discovery.value("jwks_uri") == Live.issuer + "/jwks.json")
            #expect(try discovery.value("id_token_signing_alg_values_supported")?.contains("RS256") == true)
            let head = try await live.client.send("HEAD", live.base + "/jwks.json")
            #expect(head.body.isEmpty)
            #expect(head.header("content-length") == "\(set.body.count)")
            let history = try await live.client.get(live.base + "/jwks-history.json")
            #expect(history.text.contains("\"retired\":false"))
        }
    }

    @Test("Introspection: an active token with its claims; anything else is inactive and why")
    func introspection() async throws {
        try await Live.run { live in
            func introspect(_ token: String) async throws -> WebAnswer {
                try await live.client.post(
                    live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                    Array("token_type_hint=access_token&token=\(token)".utf8))
            }
            let token = try #require(try await live.raw(try TestWorld.evidence().quote).value("token"))
            let good = try await introspect(token)
            #expect(try good.value("active") == "true")
            #expect(try good.value("iss") == Live.issuer)
            let challenge = try await live.client.send("POST", live.base + "/v1/challenges").value("challenge")
            for bad in ["x", "a.b.c", String(token.dropLast(6)) + "AAAAAA", try #require(challenge)] {
                let answer = try await introspect(bad)
                #expect(answer.status == 200)
                #expect(try answer.value("active") == "false")
                #expect(try answer.value("reason")?.isEmpty == false)
                #expect(try answer.value("iss") == nil)
            }
        }
    }

    @Test("healthz says alive, readyz what it judges with, metrics what happened, in Prometheus's text")
    func observation() async throws {
        try await Live.run { live in
            #expect(try await live.client.get(live.base + "/healthz").value("status") == "ok")
            #expect(try await live.client.get(live.base + "/readyz").value("collateral") == "")
            _ = try await live.raw(try TestWorld.evidence().quote)
            _ = try await live.raw([1])
            _ = try await live.client.get(live.base + "/nowhere/%22%7D%0A")
            let ready = try await live.client.get(live.base + "/readyz")
            #expect(ready.status == 200)
            #expect(try ready.value("status") == "ready")
            #expect(ready.text.contains("\"fmspc\":\"90c06f000000\""))
            #expect(try ready.value("trust_root_intel") == "false")
            let metrics = try await live.client.get(live.base + "/metrics")
            #expect(metrics.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            for line in [
                #"assay_verdicts_total{adapter="native",status="warning",verdict="accept"} 1"#,
                #"assay_problems_total{code="QUOTE_TRUNCATED"} 1"#, #"assay_problems_total{code="NOT_FOUND"} 1"#,
                #"assay_http_requests_total{method="POST",route="/v1/verdicts",status="200"} 1"#,
                #"assay_http_requests_total{method="GET",route="other",status="404"} 1"#,
                "assay_collateral_sets 1", #"assay_http_request_duration_seconds_count{route="/v1/verdicts"} 2"#,
            ] {
                #expect(metrics.text.contains(line + "\n"), "\(line)")
            }
            for line in metrics.text.split(separator: "\n") where !line.hasPrefix("#") {
                let parts = line.split(separator: " ")
                #expect(parts.count == 2 && Double(parts[1]) != nil, "\(line)")
            }
        }
    }

    @Test("Decoding claims nothing")
    func decode() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence(.tdxV4).quote
            let raw = try await live.client.post(live.base + "/v1/quotes/decode", "application/octet-stream", quote)
            #expect(try raw.value("verified") == "false")
            #expect(try raw.value("quote", "version") == "4")
            let json = try await live.client.post(
                live.base + "/v1/quotes/decode", .object([("quote", .string(Base64URL.encode(quote)))]))
            #expect(json.body == raw.body)
            #expect(live.pccs.requests.isEmpty)
        }
    }

    @Test("HTTPS: HTTP/2 where the client speaks it, HTTP/1.1 where not")
    func tls() async throws {
        let certificate = try LoopbackCertificate()
        let folder = try ScratchFolder()
        let authority = try folder.write(certificate.authorityPEM, to: "ca.pem")
        let settings = [
            "tls.cert": try folder.write(certificate.certificatePEM, to: "cert.pem"),
            "tls.key": try folder.write(certificate.keyPEM, to: "key.pem"),
        ]
        try await Live.run(settings) { live in
            var live = live
            live.client = WebClient(authorityFile: authority)
            let answer = try await live.raw(try TestWorld.evidence().quote)
            #expect(answer.version == "2")
            #expect(try answer.value("verdict") == "accept")
            #expect(try await live.client.get(live.base + "/nowhere").problem(404) == "NOT_FOUND")
            // What is refused unread is answered, whichever the protocol, and the connection's other requests go on.
            for _ in 0..<2 {
                let large = try await live.raw([UInt8](repeating: 0, count: 200_000))
                #expect(try large.problem(413) == "REQUEST_BODY_TOO_LARGE")
                #expect(large.version == "2")
            }
            live.client.onlyHTTP1 = true
            let older = try await live.verdict(try TestWorld.evidence().quote)
            #expect(older.version == "1.1")
            #expect(try older.value("verdict") == "accept")
            await #expect(throws: TestFailure.self) { try await WebClient().get(live.base + "/healthz") }
        }
    }
}
