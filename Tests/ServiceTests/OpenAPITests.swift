import Appraisal
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// The OpenAPI document, walked against the live server: everything in it is there, nothing else is, and answers are what
/// it says they are.
@Suite("OpenAPI")
struct OpenAPITests {
    private static func document(_ live: Live) async throws -> JSON {
        try #require(JSON(document: try await live.client.get(live.base + "/openapi.json").json()))
    }

    private static func members(_ value: JSON?) -> [(String, JSON)] {
        if case .object(let members)? = value { members } else { [] }
    }

    private static func names(_ value: JSON?) -> [String] {
        guard case .array(let elements)? = value else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    @Test("Every path and method is there; every other method and every undocumented path is refused")
    func paths() async throws {
        try await Live.run { live in
            let document = try await Self.document(live)
            #expect(document.text("openapi") == "3.1.0")
            let paths = Self.members(document["paths"])
            #expect(paths.count == 72)
            for (path, operations) in paths {
                let documented = Set(Self.members(operations).map { $0.0.uppercased() })
                let options = try await live.client.send("OPTIONS", live.base + path)
                let allowed = Set((options.header("allow") ?? "").split(separator: ",").map { $0.filter { $0 != " " } })
                #expect(allowed.subtracting(["HEAD", "OPTIONS"]) == documented, "\(path)")
                // A stream that never ends has tests of its own.
                for method in documented where path != "/v1/events" {
                    let answer = try await live.client.send(
                        method, live.base + path, body: method == "POST" ? [] : nil)
                    // A template's own text names nothing that is there: 404 may be said of it, where it is documented.
                    #expect(answer.status != 404 || path.contains("{"), "\(method) \(path)")
                    #expect(answer.status != 405 && answer.status != 500, "\(method) \(path)")
                    try check(answer, Self.members(operations).first?.1, "\(method) \(path)", document)
                }
                for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] where !documented.contains(method) {
                    let answer = try await live.client.send(method, live.base + path, body: method == "GET" ? nil : [])
                    #expect(try answer.problem(405) == "METHOD_NOT_ALLOWED", "\(method) \(path)")
                }
            }
            for path in ["/", "/v1", "/v1/policies", "/admin", "/openapi.yaml", "/.env"]
            where !paths.contains(where: { $0.0 == path }) {
                #expect(try await live.client.get(live.base + path).problem(404) == "NOT_FOUND")
            }
        }
    }

    /// Status and media type are documented ones, and the required members are there.
    private func check(_ answer: WebAnswer, _ operation: JSON?, _ name: String, _ document: JSON) throws {
        let responses = Self.members(operation?["responses"])
        let documented = responses.first { $0.0 == "\(answer.status)" }?.1 ?? operation?["responses"]?["default"]
        let type = String((answer.header("content-type") ?? "").prefix { $0 != ";" })
        let content = Self.members(documented?["content"]).first { $0.0.prefix { $0 != ";" } == type[...] }?.1
        #expect(content != nil, "\(name): \(answer.status) \(type)")
        // Lines of JSON are not one document.
        guard type == "application/json" || type.hasSuffix("+json"), let schema = content?["schema"] else { return }
        try conforms(try #require(JSON(document: try answer.json())), schema, document, name)
    }

    /// As much of JSON Schema as the document uses.
    private func conforms(_ value: JSON, _ schema: JSON, _ document: JSON, _ place: String) throws {
        if let reference = schema.text("$ref") {
            let name = String(reference.split(separator: "/").last ?? "")
            let target = try #require(document["components"]?["schemas"]?[name], "\(reference)")
            return try conforms(value, target, document, place)
        }
        switch (schema.text("type"), value) {
        case ("object", .object(let members)):
            for name in Self.names(schema["required"]) { #expect(value[name] != nil, "\(place) lacks \(name)") }
            let properties = schema["properties"]
            for (name, member) in members {
                if let known = properties?[name] {
                    try conforms(member, known, document, "\(place).\(name)")
                } else {
                    #expect(
                        schema["additionalProperties"] != .bool(false), "\(place) has \(name), which is not documented")
                }
            }
        case ("array", .array(let elements)):
            if let items = schema["items"] {
                for element in elements { try conforms(element, items, document, place + "[]") }
            }
        case ("string", .string(let text)):
            let allowed = Self.names(schema["enum"])
            #expect(allowed.isEmpty || allowed.contains(text), "\(place): \(text)")
        case ("integer", .integer), ("boolean", .bool), ("null", .null), (nil, _): break
        default: Issue.record("\(place): \(value.compactText.prefix(80)) is no \(schema.text("type") ?? "")")
        }
    }

    @Test("Verdicts, challenges, introspections and problems have the members that are promised, and no others")
    func answers() async throws {
        try await Live.run { live in
            let document = try await Self.document(live)
            func operation(_ path: String) -> JSON? { Self.members(document["paths"]?[path]).first?.1 }
            let quote = try TestWorld.evidence().quote
            var broken = quote
            broken[80] ^= 1
            let accept = try await live.verdict(quote)
            let verdicts = [
                accept, try await live.verdict(broken), try await live.raw(try TestWorld.evidence(.sgxV3).quote),
                try await live.verdict(try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }),
                try await live.verdict(quote, [("nonce", .string(Base64.encode(Array("1234567890123456".utf8))))]),
                try await live.raw(Array(quote.prefix(100))),
            ]
            for answer in verdicts {
                try check(answer, operation("/v1/verdicts"), "verdict \(answer.status)", document)
            }
            let challenge = try await live.client.send("POST", live.base + "/v1/challenges")
            try check(challenge, operation("/v1/challenges"), "challenge", document)
            let token = try #require(try accept.value("token"))
            for text in [token, "x"] {
                let answer = try await live.client.post(
                    live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                    Array("token=\(text)".utf8))
                try check(answer, operation("/v1/tokens/introspect"), "introspection", document)
            }
            try check(try await live.alibaba(quote), operation("/v1/attestation"), "alibaba", document)
            try check(try await live.trustee(quote), operation("/attestation"), "trustee", document)
            try check(try await live.cczoo(quote), operation("/tdx_attest"), "cczoo", document)
            try check(try await live.alibaba(broken), operation("/v1/attestation"), "alibaba, refused", document)
        }
    }
}
