import Crypto
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

/// report_data in every scheme of wire-formats 2.9, given natively and through the peers' requests.
@Suite("Bindings over HTTP")
struct BindingTests {
    private static let nonce = Array("a nonce of mine!".utf8)
    private static let issued = Array("2026-11-24T00:00:00Z".utf8)
    private static let data = Array("{\"model\":\"deepseek-r1\"}".utf8)
    private static let key = P256.Signing.PrivateKey()
    private static let thumbprint = [UInt8](repeating: 0x5A, count: 32)

    private static var spki: [UInt8] { Array(key.publicKey.derRepresentation) }

    struct Row: Sendable {
        let scheme: String
        let members: [(String, JSON)]
        let reportData: [UInt8]
        /// What the token confirms, if anything.
        var confirmation: [UInt8]?
        var isFresh = true
    }

    private static func text(_ bytes: [UInt8]) -> JSON { .string(Base64.encode(bytes)) }

    /// RFC 7638, written here once more.
    private static var keyThumbprint: [UInt8] {
        let point = key.publicKey.rawRepresentation
        let text =
            #"{"crv":"P-256","kty":"EC","x":"\#(Base64URL.encode(Array(point.prefix(32))))","y":"\#(Base64URL.encode(Array(point.suffix(32))))"}"#
        return Array(SHA256.hash(data: Array(text.utf8)))
    }

    static let rows: [Row] = {
        let nonceMember = ("nonce", text(nonce))
        let dataMember = ("runtime_data", text(data))
        func scheme(_ name: String) -> (String, JSON) { ("scheme", .string(name)) }
        return [
            Row(scheme: "raw", members: [nonceMember], reportData: Binding.padded(nonce)),
            Row(scheme: "raw", members: [dataMember, scheme("raw")], reportData: Binding.padded(data)),
            Row(scheme: "raw", members: [nonceMember, dataMember], reportData: Binding.padded(nonce + data)),
            Row(
                scheme: "sha256", members: [nonceMember, dataMember, scheme("sha256")],
                reportData: Binding.sha256(nonce + data)),
            Row(scheme: "sha384", members: [dataMember, scheme("sha384")], reportData: Binding.sha384(data)),
            Row(scheme: "sha512", members: [nonceMember, scheme("sha512")], reportData: Binding.sha512(nonce)),
            Row(
                scheme: "ita", members: [nonceMember, dataMember, ("nonce_issued", text(issued)), scheme("ita")],
                reportData: Binding.sha512(nonce + issued + data)),
            Row(
                scheme: "maa", members: [dataMember, scheme("maa")],
                reportData: Array(Binding.sha256(data).prefix(32)) + [UInt8](repeating: 7, count: 32)),
            // The caller's word for the scheme confirms no key (R4).
            Row(scheme: "spki", members: [("key", text(spki))], reportData: Binding.sha256(spki), isFresh: false),
            Row(
                scheme: "spki", members: [("key", text(spki)), scheme("spki")],
                reportData: Binding.sha512(Array("ratls-cert:".utf8) + spki), isFresh: false),
            Row(
                scheme: "raw", members: [("nonce_hex", .string("0x" + Hex.encode(nonce)))],
                reportData: Binding.padded(nonce)),
            Row(
                scheme: "raw", members: [("runtime_data", text(Array(data.prefix(15))))],
                reportData: Binding.padded(Array(data.prefix(15))), isFresh: false),
            // Row 267c.
            Row(
                scheme: "sha256", members: [("runtime_data", text(spki)), scheme("sha256")],
                reportData: Binding.sha256(spki), isFresh: false),
            Row(
                scheme: "assay", members: [nonceMember, scheme("assay")],
                reportData: Binding.assay(nonce: nonce, thumbprint: [])),
            Row(
                scheme: "assay", members: [nonceMember, ("key", text(thumbprint))],
                reportData: Binding.assay(nonce: nonce, thumbprint: thumbprint), confirmation: thumbprint),
        ]
    }()

    @Test("Each scheme: what is bound passes and is confirmed, anything else rejects, zeros are never fresh")
    func schemes() async throws {
        try await Live.run { live in
            let unbound = try TestWorld.evidence().quote
            let zero = try TestWorld.quote(binding: [])
            for row in Self.rows {
                let bound = try await live.verdict(try TestWorld.quote(binding: row.reportData), row.members)
                #expect(try bound.value("verdict") == "accept", "\(row.scheme) \(bound.text.prefix(400))")
                #expect(try bound.value("binding", "scheme") == row.scheme)
                #expect(try bound.value("binding", "outcome") == "passed")
                #expect(
                    try bound.value("reasons") == "NO_REFERENCE_VALUES" + (row.isFresh ? "" : ",NOT_FRESH"),
                    "\(row.members)")
                #expect(bound.text.contains("fresh if these bytes were chosen for this answer") == row.isFresh)
                #expect(try bound.value("status") != "affirming")
                let token = try TokenParts(try #require(try bound.value("token")))
                #expect(
                    token.claims.text("cnf", "jkt") == row.confirmation.map { Base64URL.encode($0) }, "\(row.scheme)")
                for quote in [unbound, zero] {
                    let answer = try await live.verdict(quote, row.members)
                    #expect(try answer.value("verdict") == "reject", "\(row.scheme)")
                    #expect(try answer.value("status") == "contraindicated")
                    #expect(try answer.value("reasons") == "POLICY_REPORT_DATA")
                    #expect(try answer.value("token") == nil)
                }
            }
            // Without a nonce: never affirming, and zeros are named.
            let answer = try await live.verdict(zero)
            #expect(try answer.value("status") == "warning")
            #expect(try answer.value("reasons")?.contains("NOT_FRESH") == true)
            #expect(answer.text.contains("report_data is all zero"))
        }
    }

    @Test("Raw bodies take the same as query parameters")
    func query() async throws {
        try await Live.run { live in
            let quote = try TestWorld.quote(binding: Binding.sha512(Self.nonce))
            let nonce = Base64URL.encode(Self.nonce)
            let answer = try await live.raw(
                quote, query: "?nonce=\(nonce)&scheme=sha512&audience=https%3A%2F%2Fchat.example.cn")
            #expect(try answer.value("binding", "outcome") == "passed")
            let token = try TokenParts(try #require(try answer.value("token")))
            #expect(token.claims.text("aud") == "https://chat.example.cn")
            #expect(token.claims.text("eat_nonce") == nonce)
            #expect(token.claims["submods"]?["tdx"]?.text("eat_nonce") == nonce)
        }
    }

    @Test("What is given and would not be bound is refused: nobody shall believe that it was")
    func misuse() async throws {
        let text = Self.text
        let table: [([(String, JSON)], String, String)] =
            [
                ([("nonce", text([1, 2, 3]))], "REQUEST_MEMBER_INVALID", "nonce"),
                ([("nonce", text([UInt8](repeating: 1, count: 65)))], "REQUEST_MEMBER_INVALID", "nonce"),
                ([("nonce", text([UInt8](repeating: 0, count: 16)))], "REQUEST_MEMBER_INVALID", "nonce"),
                ([("nonce", text(Self.nonce)), ("scheme", .string("sha1"))], "REQUEST_MEMBER_INVALID", "scheme"),
                ([("scheme", .string("sha256"))], "REQUEST_MEMBER_MISSING", "nonce"),
                ([("nonce", text(Self.nonce)), ("scheme", .string("maa"))], "REQUEST_MEMBER_INVALID", "nonce"),
                (
                    [("runtime_data", text(Self.data)), ("nonce", text(Self.nonce)), ("scheme", .string("assay"))],
                    "REQUEST_MEMBER_INVALID", "runtime_data"
                ),
                (
                    [("nonce", text(Self.nonce)), ("key", text(Self.spki)), ("scheme", .string("assay"))],
                    "REQUEST_MEMBER_INVALID", "key"
                ),
                ([("nonce", text(Self.nonce)), ("scheme", .string("ita"))], "REQUEST_MEMBER_MISSING", "nonce_issued"),
                (
                    [("nonce", text(Self.nonce)), ("nonce_issued", text(Self.issued))], "REQUEST_MEMBER_INVALID",
                    "nonce_issued"
                ),
                ([("runtime_data", text([UInt8](repeating: 1, count: 65)))], "REQUEST_MEMBER_INVALID", "runtime_data"),
                ([("nonce", text(Self.nonce)), ("challenge", .string("x.y.z"))], "REQUEST_MEMBER_INVALID", "nonce"),
                (
                    [("nonce", text(Self.nonce)), ("nonce_hex", .string(Hex.encode(Self.nonce)))],
                    "REQUEST_MEMBER_INVALID", "nonce"
                ),
                ([("nonce_hex", .string(Hex.encode(Self.nonce.dropLast())))], "REQUEST_MEMBER_INVALID", "nonce_hex"),
                ([("nonce_hex", .string("xyz"))], "REQUEST_MEMBER_INVALID", "nonce_hex"),
                ([("challenge", .string("x.y.z"))], "CHALLENGE_INVALID", "challenge"),
                ([("key", text(Self.spki)), ("scheme", .string("raw"))], "REQUEST_MEMBER_INVALID", "key"),
                ([("nonce", text(Array(Self.nonce.dropLast())))], "REQUEST_MEMBER_INVALID", "nonce"),
                (
                    [("nonce", text(Self.nonce)), ("key", text([])), ("scheme", .string("assay"))],
                    "REQUEST_MEMBER_INVALID", "key"
                ),
                ([("nonce", text([])), ("scheme", .string("assay"))], "REQUEST_MEMBER_INVALID", "nonce"),
                ([("challenge", .string("")), ("scheme", .string("raw"))], "CHALLENGE_INVALID", "challenge"),
            ]
            + ["raw", "sha256", "sha384", "sha512", "maa"].map {
                ([("runtime_data", text([])), ("scheme", .string($0))], "REQUEST_MEMBER_INVALID", "runtime_data")
            }
        try await Live.run { live in
            let quote = try TestWorld.evidence().quote
            for (members, code, field) in table {
                let answer = try await live.verdict(quote, members)
                #expect(try answer.problem(code.hasPrefix("CHALLENGE") ? 401 : 400) == code)
                #expect(try answer.value("field") == field, "\(answer.text)")
            }
        }
    }

    @Test("Trustee's runtime_data: raw as it is; structured hashed over its canonical JSON, in each digest")
    func trustee() async throws {
        let structured = JSON.object([
            ("nonce", .string("n-1")), ("a", .object([("z", .integer(1)), ("b", .bool(true))])),
        ])
        let canonical = Array(#"{"a":{"b":true,"z":1},"nonce":"n-1"}"#.utf8)
        let raw: [(String, JSON)] = [("runtime_data", .object([("raw", .string(Base64URL.encode(Self.nonce)))]))]
        @Sendable func digest(_ name: String?) -> [(String, JSON)] {
            [("runtime_data", .object([("structured", structured)]))]
                + (name.map { [("runtime_data_hash_algorithm", .string($0))] } ?? [])
        }
        let table: [([(String, JSON)], [UInt8])] = [
            (raw, Binding.padded(Self.nonce)), (digest(nil), Binding.sha384(canonical)),
            (digest("sha256"), Binding.sha256(canonical)), (digest("sha384"), Binding.sha384(canonical)),
            (digest("sha512"), Binding.sha512(canonical)),
        ]
        try await Live.run { live in
            for (members, reportData) in table {
                let bound = try TestWorld.quote(binding: reportData)
                let answer = try await live.trustee(bound, members)
                #expect(answer.status == 200, "\(answer.text.prefix(400))")
                let policyClaims = try TokenParts(answer.text).claims["submods"]?["cpu0"]?["ear.veraison.policy-claims"]
                #expect(policyClaims?.text("binding") == "passed")
                #expect(
                    try await live.trustee(try TestWorld.evidence().quote, members).problem(422)
                        == "AS.EVIDENCE.BINDING_MISMATCH")
            }
            let alibaba = try await live.alibaba(try TestWorld.quote(binding: Self.nonce), raw)
            #expect(alibaba.status == 200)
            let quote = try TestWorld.evidence().quote
            for bad in [
                JSON.object([("raw", .string("*"))]), .object([("raw", .string("AAAA"))]), .string("x"),
                .object([("raw", .string("QQ")), ("structured", .object([]))]),
                .object([("raw", .string(""))]), .object([("structured", .object([]))]),
                .object([("structured", .string("x"))]), .object([("other", .string("QQ"))]),
                .object([("structured", .object([("x", .integer(1 << 60))]))]),
                .object([("structured", .object([("\u{E9}", .integer(1))]))]),
            ] {
                let answer = try await live.trustee(quote, [("runtime_data", bad)])
                #expect(try answer.problem(400) == "AS.REQUEST.INVALID_ARGUMENT", "\(bad.compactText)")
                #expect(try answer.value("field")?.contains("runtime_data") == true)
            }
            for name in ["md5", "sm3"] {
                for data in [digest(name), raw + [("runtime_data_hash_algorithm", .string(name))]] {
                    #expect(try await live.trustee(quote, data).problem(400) == "AS.REQUEST.INVALID_ARGUMENT")
                }
            }
            // What is empty was not sent, but where an algorithm says that something is bound.
            for empty in [JSON.object([]), .null, .string("")] {
                #expect(try await live.trustee(quote, [("runtime_data", empty)]).status == 200)
                let named = try await live.trustee(
                    quote, [("runtime_data", empty), ("runtime_data_hash_algorithm", .string("sha256"))])
                #expect(try named.problem(400) == "AS.REQUEST.INVALID_ARGUMENT")
            }
        }
    }
}
