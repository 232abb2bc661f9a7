import Testing
import Wire

@Suite("Strict JSON")
struct JSONTests {
    @Test(
        "Refuses what RFC 8259 and dcap 4.1 do not allow",
        arguments: [
            ("", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd), ("\"a", .unexpectedEnd),
            ("{}x", .trailingBytes), ("{} {}", .trailingBytes), ("\u{FEFF}{}", .unexpectedByte),
            ("[1,]", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte),
            ("[1 2]", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("{a:1}", .unexpectedByte),
            ("// c\n{}", .unexpectedByte), ("'a'", .unexpectedByte), ("\"\u{01}\"", .unexpectedByte),
            ("nul", .unexpectedEnd), ("nulL", .unexpectedByte), ("tru e", .unexpectedByte), ("NaN", .unexpectedByte),
            ("01", .invalidNumber), ("-", .invalidNumber), ("1.", .invalidNumber), (".5", .unexpectedByte),
            ("1e", .invalidNumber), ("+1", .unexpectedByte), ("-01", .invalidNumber), ("\"\\x\"", .invalidEscape),
            ("\"\\u12G4\"", .invalidEscape), ("\"\\uD800\"", .invalidEscape), ("\"\\uDC00\"", .invalidEscape),
            ("\"\\uD800\\u0041\"", .invalidEscape), ("{\"a\":1,\"a\":2}", .duplicateMember),
            ("{\"a\":1,\"\\u0061\":2}", .duplicateMember), ("[{\"b\":{\"a\":1,\"a\":2}}]", .duplicateMember),
        ] as [(String, JSONError.Reason)])
    func refuses(_ text: String, _ reason: JSONError.Reason) {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8))
            Issue.record("\(text) was read")
        } catch {
            #expect(error.reason == reason, "\(text)")
        }
    }

    @Test(
        "Refuses bytes that are no UTF-8",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5], [0xC2], [0xE2, 0x82],
        ]
            as [[UInt8]])
    func utf8(_ bytes: [UInt8]) {
        #expect(throws: JSONError.self) { try JSONDocument(parsing: [0x22] + bytes + [0x22]) }
    }

    @Test("Depth counts the top level as 1, and hostile depth costs no stack")
    func depth() {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
        }
        #expect(throws: Never.self) { try JSONDocument(parsing: nested(16)) }
        #expect(throws: JSONError(.tooDeep, at: 16)) { try JSONDocument(parsing: nested(17)) }
        #expect(throws: JSONError(.tooDeep, at: 16)) { try JSONDocument(parsing: nested(100_000)) }
        #expect(throws: JSONError(.tooLarge, at: Limits.jsonBytes)) {
            try JSONDocument(parsing: [UInt8](repeating: 0x20, count: Limits.jsonBytes + 1))
        }
    }

    @Test("As many values as may be, containers and what is in them; one more is refused where it begins")
    func values() throws {
        let text = Array(#"{"a":[1,2,{"b":null}],"c":"d"}"#.utf8)
        #expect(try JSONDocument(parsing: text, values: 7).root.members.count == 2)
        #expect(throws: JSONError(.tooManyValues, at: 26)) { try JSONDocument(parsing: text, values: 6) }
        #expect(throws: JSONError(.tooManyValues, at: 0)) { try JSONDocument(parsing: text, values: 0) }
        func zeros(_ count: Int) -> [UInt8] {
            Array("[\([String](repeating: "0", count: count).joined(separator: ","))]".utf8)
        }
        #expect(throws: Never.self) { try JSONDocument(parsing: zeros(Limits.jsonValues - 1)) }
        #expect(throws: JSONError.self) { try JSONDocument(parsing: zeros(Limits.jsonValues)) }
    }

    @Test("Fifty thousand members are compared by hash, and a duplicate among them is found")
    func manyMembers() throws {
        let members = (0..<50_000).map { "\"m\($0)\":0" }
        let document = try JSONDocument(parsing: Array("{\(members.joined(separator: ","))}".utf8))
        #expect(document.root.members.count == 50_000)
        let doubled = members + ["\"m77\":1"]
        #expect(throws: JSONError.self) {
            try JSONDocument(parsing: Array("{\(doubled.joined(separator: ","))}".utf8))
        }
    }

    @Test(
        "Tells the forms of numbers apart",
        arguments: [
            ("0", .value(0)), ("18446744073709551615", .value(.max)), ("18446744073709551616", .outOfRange),
            ("-1", .outOfRange), ("-0", .outOfRange), ("1.0", .notAnInteger), ("1e0", .notAnInteger),
            ("\"1\"", .notAnInteger), ("null", .notAnInteger),
        ] as [(String, JSONValue.Integer)])
    func integers(_ text: String, _ integer: JSONValue.Integer) throws {
        #expect(try JSONDocument(parsing: Array(text.utf8)).root.integer == integer)
    }

    @Test("Ranges, paths and escapes")
    func access() throws {
        let text = " {\"a\\u0062\": [1, {\"c\" : \"x\\n\\uD83D\\uDE00\"}]} "
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root.range == 1..<text.utf8.count - 1)
        let inner = try #require(root.member("ab")?.elements.dropFirst().first { _ in true })
        #expect(String(decoding: inner.bytes, as: UTF8.self) == "{\"c\" : \"x\\n\\uD83D\\uDE00\"}")
        #expect(inner.member("c")?.string == "x\n😀")
        #expect(inner.member("c")?.path == ".ab[1].c")
        #expect(inner.member("c")?.plainString == nil)
        #expect(root.member("a") == nil)
    }

    @Test("Canonical form by RFC 8785: sorted by UTF-16, least escaping")
    func canonical() {
        let value = JSON.object([
            ("\u{20ac}", .string("Euro Sign")), ("\r", .string("Carriage Return")),
            ("\u{fb33}", .string("Hebrew Letter Dalet With Dagesh")), ("1", .string("One")),
            ("\u{1f600}", .string("Emoji: Grinning Face")), ("\u{80}", .string("Control")),
            ("\u{f6}", .string("Latin Small Letter O With Diaeresis")),
        ])
        #expect(
            value.canonicalText
                == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        )
        #expect(
            JSON.string("\u{20ac}$\u{F}\nA'B\"\\\\\"/").canonicalText
                == "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"")
        #expect(JSON.array([.null, .bool(true), .integer(-7), .object([])]).canonicalText == "[null,true,-7,{}]")
        #expect(
            JSON.object([("b", .array([.integer(1)])), ("a", .null)]).prettyText
                == "{\n  \"b\": [\n    1\n  ],\n  \"a\": null\n}")
    }
}
