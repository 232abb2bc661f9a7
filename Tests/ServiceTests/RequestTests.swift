import Foundation
import Glibc
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// Bad input: each piece with its status and code; nothing hangs, and the service goes on.
@Suite("Bad requests")
struct RequestTests {
    struct Row: Sendable {
        let name: String
        var method = "POST"
        var path = "/v1/verdicts"
        var type: String? = "application/json"
        var body: @Sendable () throws -> [UInt8]? = { nil }
        let status: Int
        let code: String
    }

    private static func text(_ text: String) -> @Sendable () throws -> [UInt8]? { { Array(text.utf8) } }

    private static func quoted(_ rest: String) -> @Sendable () throws -> [UInt8]? {
        { Array("{\"quote\":\"\(Base64.encode(try TestWorld.evidence().quote))\"\(rest)}".utf8) }
    }

    private static let megabytes: @Sendable () throws -> [UInt8]? = { [UInt8](repeating: 0x41, count: 10 << 20) }

    static let rows: [Row] = [
        Row(name: "empty", body: text(""), status: 400, code: "REQUEST_BODY_EMPTY"),
        Row(
            name: "empty, raw", type: "application/octet-stream", body: text(""), status: 400,
            code: "REQUEST_BODY_EMPTY"),
        Row(name: "10 MiB of JSON", body: megabytes, status: 413, code: "REQUEST_BODY_TOO_LARGE"),
        Row(
            name: "10 MiB raw", type: "application/octet-stream", body: megabytes, status: 413,
            code: "REQUEST_BODY_TOO_LARGE"),
        Row(name: "10 MiB of hex", path: "/tdx_attest", body: megabytes, status: 413, code: "REQUEST_BODY_TOO_LARGE"),
        Row(
            name: "10 MiB of token", path: "/v1/tokens/introspect", type: "application/x-www-form-urlencoded",
            body: megabytes, status: 413, code: "REQUEST_BODY_TOO_LARGE"),
        Row(name: "another type", type: "text/plain", body: text("quote"), status: 415, code: "REQUEST_MEDIA_TYPE"),
        Row(
            name: "a form", type: "multipart/form-data; boundary=x", body: text("--x"), status: 415,
            code: "REQUEST_MEDIA_TYPE"),
        Row(name: "no type", type: nil, body: text("{}"), status: 415, code: "REQUEST_MEDIA_TYPE"),
        Row(name: "no JSON", body: text("{\"quote\":"), status: 400, code: "REQUEST_JSON_INVALID"),
        Row(name: "two JSONs", body: text("{}{}"), status: 400, code: "REQUEST_JSON_INVALID"),
        Row(name: "an array", body: text("[]"), status: 400, code: "REQUEST_JSON_INVALID"),
        Row(
            name: "a byte order mark", body: { [0xEF, 0xBB, 0xBF] + Array("{}".utf8) }, status: 400,
            code: "REQUEST_JSON_INVALID"),
        Row(
            name: "no UTF-8", body: { Array("{\"quote\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8) }, status: 400,
            code: "REQUEST_JSON_INVALID"),
        Row(
            name: "very deep", body: text(String(repeating: "[", count: 50_000)), status: 400,
            code: "REQUEST_JSON_INVALID"),
        Row(name: "the quote twice", body: quoted(",\"quote\":\"AAAA\""), status: 400, code: "REQUEST_JSON_INVALID"),
        Row(
            name: "a member that nobody reads", body: quoted(",\"nonse\":\"AAAA\""), status: 400,
            code: "REQUEST_MEMBER_UNKNOWN"),
        Row(name: "no quote", body: text("{}"), status: 400, code: "REQUEST_MEMBER_MISSING"),
        Row(name: "null as quote", body: text("{\"quote\":null}"), status: 400, code: "REQUEST_MEMBER_MISSING"),
        Row(name: "a number as quote", body: text("{\"quote\":1}"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(name: "no base64", body: text("{\"quote\":\"*\"}"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "base64 with unused bits", body: text("{\"quote\":\"AB==\"}"), status: 400,
            code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "base64 with a blank", body: text("{\"quote\":\"AA AA\"}"), status: 400,
            code: "REQUEST_MEMBER_INVALID"),
        Row(name: "an empty quote", body: text("{\"quote\":\"\"}"), status: 400, code: "QUOTE_EMPTY"),
        Row(name: "no policy's name", body: quoted(",\"policy\":\"\""), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(name: "null as policy", body: quoted(",\"policy\":null"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(name: "no policies", body: quoted(",\"policy\":[]"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "a policy without a name among others", body: quoted(",\"policy\":[\"strict\",\"\"]"), status: 400,
            code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "no policy's name, raw", path: "/v1/verdicts?policy=", type: "application/octet-stream",
            body: text("x"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "a policy without a name among others, raw", path: "/v1/verdicts?policy=strict,",
            type: "application/octet-stream", body: text("x"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "a policy that is a number", body: quoted(",\"policy\":7"), status: 400,
            code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "a parameter that nobody reads", path: "/v1/verdicts?nonse=x", type: "application/octet-stream",
            body: text("x"), status: 400, code: "REQUEST_MEMBER_UNKNOWN"),
        Row(
            name: "a parameter twice", path: "/v1/verdicts?policy=strict&policy=strict",
            type: "application/octet-stream", body: text("x"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "a bad escape", path: "/v1/verdicts?policy=%ZZ", type: "application/octet-stream", body: text("x"),
            status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(name: "another method", method: "GET", status: 405, code: "METHOD_NOT_ALLOWED"),
        Row(name: "PUT", method: "PUT", body: text("{}"), status: 405, code: "METHOD_NOT_ALLOWED"),
        Row(name: "a method of WebDAV", method: "PROPFIND", status: 405, code: "METHOD_NOT_ALLOWED"),
        Row(
            name: "POST where there is only GET", path: "/healthz", body: text("{}"), status: 405,
            code: "METHOD_NOT_ALLOWED"),
        Row(name: "no such path", path: "/v1/verdict", body: text("{}"), status: 404, code: "NOT_FOUND"),
        Row(name: "a path with a slash more", path: "/v1/verdicts/", body: text("{}"), status: 404, code: "NOT_FOUND"),
        Row(
            name: "a path out of the house", path: "/v1/..%2f..%2fetc/passwd", body: text("{}"), status: 404,
            code: "NOT_FOUND"),
        Row(
            name: "Alibaba: no JSON", path: "/v1/attestation", body: text("{"), status: 400,
            code: "AS.REQUEST.INVALID_JSON"),
        Row(
            name: "Alibaba: empty", path: "/v1/attestation", body: text(""), status: 400,
            code: "AS.REQUEST.INVALID_JSON"),
        Row(
            name: "Alibaba: no tee", path: "/v1/attestation", body: text("{\"evidence\":\"e30\"}"), status: 400,
            code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "Alibaba: no evidence", path: "/v1/attestation", body: text("{\"tee\":\"tdx\"}"), status: 400,
            code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "Alibaba: another TEE", path: "/v1/attestation",
            body: text("{\"tee\":\"nvgpu\",\"evidence\":\"e30\"}"), status: 400, code: "AS.REQUEST.UNSUPPORTED_TEE"),
        Row(
            name: "Alibaba: no base64", path: "/v1/attestation", body: text("{\"tee\":\"tdx\",\"evidence\":\"*\"}"),
            status: 400, code: "AS.EVIDENCE.INVALID_ENCODING"),
        Row(
            name: "Alibaba: evidence without quote", path: "/v1/attestation",
            body: text("{\"tee\":\"tdx\",\"evidence\":\"e30\"}"), status: 400, code: "AS.EVIDENCE.INVALID_FORMAT"),
        Row(
            name: "Alibaba: init_data", path: "/v1/attestation",
            body: text("{\"tee\":\"tdx\",\"evidence\":\"eyJxdW90ZSI6IiJ9\",\"init_data\":{\"a\":\"b\"}}"), status: 400,
            code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "Alibaba: 10 MiB", path: "/v1/attestation", body: megabytes, status: 413,
            code: "REQUEST_BODY_TOO_LARGE"),
        Row(
            name: "Trustee: no requests", path: "/attestation", body: text("{\"policy_ids\":[]}"), status: 400,
            code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "Trustee: an empty list", path: "/attestation", body: text("{\"verification_requests\":[]}"),
            status: 400, code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "Trustee: two requests", path: "/attestation", body: text("{\"verification_requests\":[{},{}]}"),
            status: 400, code: "AS.REQUEST.INVALID_ARGUMENT"),
        Row(
            name: "CCZoo: no hex", path: "/tdx_attest", body: text("{\"raw_quote_data\":\"0g\"}"), status: 400,
            code: "REQUEST_MEMBER_INVALID"),
        Row(name: "CCZoo: nothing", path: "/tdx_attest", body: text("{}"), status: 400, code: "REQUEST_MEMBER_MISSING"),
        Row(
            name: "introspection of nothing", path: "/v1/tokens/introspect", type: "application/x-www-form-urlencoded",
            body: text("t=x"), status: 400, code: "REQUEST_MEMBER_MISSING"),
        Row(
            name: "introspection of two", path: "/v1/tokens/introspect", type: "application/x-www-form-urlencoded",
            body: text("token=x&token=y"), status: 400, code: "REQUEST_MEMBER_INVALID"),
        Row(
            name: "introspection in JSON", path: "/v1/tokens/introspect", body: text("{}"), status: 415,
            code: "REQUEST_MEDIA_TYPE"),
        Row(
            name: "decode of nothing", path: "/v1/quotes/decode", body: text("{}"), status: 400,
            code: "REQUEST_MEMBER_MISSING"),
        Row(
            name: "decode of no quote", path: "/v1/quotes/decode", type: "application/octet-stream", body: text("AAAA"),
            status: 400, code: "QUOTE_VERSION_UNSUPPORTED"),
    ]

    @Test("The table: status and code of each, and a healthy quote is still judged afterwards")
    func table() async throws {
        try await Live.run { live in
            for row in Self.rows {
                let (headers, body) = (row.type.map { ["Content-Type: \($0)"] } ?? [], try row.body())
                // Of a body that nobody wants 64 kB are taken, and who goes on sending may lose the answer: curl asks first.
                let answer = try await live.client.send(
                    row.method, live.base + row.path,
                    headers: headers + ((body?.count ?? 0) > 65_536 ? ["Expect: 100-continue"] : []), body: body)
                #expect(try answer.problem(row.status) == row.code, "\(row.name): \(answer.text.prefix(300))")
                if row.status == 405 { #expect(answer.header("allow")?.contains("OPTIONS") == true, "\(row.name)") }
            }
            #expect(try await live.raw(try TestWorld.evidence().quote).value("verdict") == "accept")
            #expect(live.pccs.requests.count == 6, "bad requests cost no fetch")
        }
    }

    @Test("A client that sends its body byte by byte is told so and let go; one that says nothing too")
    func slowClients() async throws {
        try await Live.run { live in
            let port = live.port
            async let trickling = OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n"
                )
                for _ in 0..<200 where !connection.hears(withinMilliseconds: 150) { connection.send("{") }
                return connection.readToEnd()
            }
            async let silent = OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send(
                    "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
                )
                return connection.readToEnd()
            }
            async let half = OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send("POST /v1/verd")
                return connection.readToEnd()
            }
            // Meanwhile others are served.
            #expect(try await live.raw(try TestWorld.evidence().quote).status == 200)
            let answer = try await trickling
            #expect(answer.contains("408") && answer.contains("REQUEST_TIMEOUT"), "\(answer)")
            // Each of these ended: the connection was closed on it.
            _ = try await (silent, half)
            #expect(try await live.client.get(live.base + "/healthz").status == 200)
        }
    }

    @Test("What is no HTTP, or is too long, is told so in a problem document, after the answers before it")
    func malformedAnswers() async throws {
        let table: [(text: String, status: Int, code: String)] = [
            ("hello\r\n\r\n", 400, "REQUEST_MALFORMED"),
            ("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n", 400, "REQUEST_MALFORMED"),
            ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", 400, "REQUEST_MALFORMED"),
            ("GET / HTTP/9.9\r\n\r\n", 400, "REQUEST_MALFORMED"),
            (
                "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400,
                "REQUEST_MALFORMED"
            ),
            ("GET /healthz HTTP/1.1\r\nHost: a\r\nBad Header: 1\r\n\r\n", 400, "REQUEST_MALFORMED"),
            (
                "GET /healthz HTTP/1.1\r\nX-Long: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431,
                "REQUEST_HEADERS_TOO_LARGE"
            ),
        ]
        try await Live.run { live in
            let port = live.port
            for before in ["", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"] {
                for row in table {
                    let answer = try await OwnThread.run {
                        let connection = try RawConnection(port: port)
                        connection.send(before + row.text)
                        return connection.readToEnd()
                    }
                    let answers = answer.components(separatedBy: "HTTP/1.1 ").dropFirst()
                    #expect(answers.count == (before.isEmpty ? 1 : 2), "\(row.text.prefix(40)): \(answer)")
                    let last = answers.last ?? ""
                    let parts = last.components(separatedBy: "\r\n\r\n")
                    let head = (parts.first ?? "").lowercased()
                    #expect(head.hasPrefix("\(row.status) "), "\(row.text.prefix(40)): \(answer)")
                    #expect(head.contains("content-type: application/problem+json"))
                    #expect(head.contains("connection: close"))
                    let body = Array((parts.last ?? "").utf8)
                    #expect(head.contains("content-length: \(body.count)"))
                    let root = try JSONDocument(parsing: body).root
                    #expect(root.member("code")?.string == row.code, "\(row.text.prefix(40))")
                    #expect(root.member("status")?.integer == .value(UInt64(row.status)))
                    #expect(root.member("request_id")?.string.map { head.contains("x-request-id: \($0)") } == true)
                }
            }
            let metrics = try await live.client.get(live.base + "/metrics")
            #expect(metrics.text.contains(#"assay_problems_total{code="REQUEST_HEADERS_TOO_LARGE"} 3"#))
        }
    }

    @Test(
        "A client that sends a body that is far too large, and reads afterwards, is answered and let go before all is sent"
    )
    func deafClient() async throws {
        try await Live.run { live in
            let port = live.port
            // More than the sockets hold between them: it can only be sent if somebody takes it, and nobody does.
            let count = 24 << 20
            for connection in ["", "Connection: close\r\n"] {
                let answer = try await OwnThread.run {
                    let client = try RawConnection(port: port)
                    client.send(
                        "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\n\(connection)Content-Type: application/octet-stream\r\n"
                            + "Content-Length: \(count)\r\n\r\n")
                    let isSent = client.send([UInt8](repeating: 0, count: count))
                    return (isSent, client.readToEnd())
                }
                #expect(!answer.0)
                #expect(
                    answer.1.contains("413") && answer.1.contains("REQUEST_BODY_TOO_LARGE"), "\(answer.1.prefix(200))")
            }
        }
    }

    @Test("What is no HTTP, and two requests in one, end a connection and nothing else")
    func malformed() async throws {
        try await Live.run { live in
            let port = live.port
            for bytes in [
                "\u{16}\u{3}\u{1}", "GET / HTTP/9.9\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET /healthz HTTP/1.1\r\n"
                    + String(repeating: "X-Long: \(String(repeating: "a", count: 8_000))\r\n", count: 40) + "\r\n",
                "POST /v1/verdicts HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",
            ] {
                let answer = try await OwnThread.run {
                    let connection = try RawConnection(port: port)
                    connection.send(bytes)
                    connection.send("\r\n\r\n")
                    return connection.readToEnd()
                }
                #expect(!answer.contains("assay_http_requests_total"), "\(bytes.prefix(40))")
            }
            #expect(try await live.client.get(live.base + "/healthz").status == 200)
        }
    }

    @Test("A request without Host, or with two, is 400, and its connection ends")
    func hosts() async throws {
        try await Live.run { live in
            let port = live.port
            for (fields, text) in [
                ("", "found no Host"), ("Host:\r\n", "found no Host"), ("Host: a\r\nHost: b\r\n", "found several Host"),
                ("Host: a\r\nHost: a\r\n", "found several Host"), ("Host: a\r\nHOST: a\r\n", "found several Host"),
            ] {
                let answer = try await OwnThread.run {
                    let connection = try RawConnection(port: port)
                    connection.send("GET /healthz HTTP/1.1\r\n\(fields)\r\n")
                    return connection.readToEnd()
                }
                #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("REQUEST_MALFORMED"), "\(answer)")
                #expect(answer.contains(text) && answer.lowercased().contains("connection: close"), "\(answer)")
            }
        }
    }

    @Test("Expect: 100-continue gets leave at once, and no leave for a body that is refused for its length")
    func leave() async throws {
        try await Live.run { live in
            let port = live.port
            @Sendable func head(_ length: Int) -> String {
                "POST /v1/tokens/introspect HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\nExpect: 100-continue\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
            }
            let (leave, answer) = try await OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send(head(9))
                let leave = connection.read(until: "\r\n\r\n")
                connection.send("token=abc")
                return (leave, connection.readToEnd())
            }
            #expect(leave.hasPrefix("HTTP/1.1 100 "), "\(leave)")
            #expect(answer.contains("HTTP/1.1 200") && answer.contains("\"active\":false"), "\(answer)")
            let refusal = try await OwnThread.run {
                let connection = try RawConnection(port: port)
                connection.send(head(1 << 30))
                return connection.read(until: "\r\n\r\n")
            }
            #expect(refusal.hasPrefix("HTTP/1.1 413"), "\(refusal)")
        }
    }
}
