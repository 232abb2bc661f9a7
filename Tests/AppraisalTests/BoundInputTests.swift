import Appraisal
import Testing
import Wire
import Words

/// What is bound has one reading, nothing empty binds anything, and what is short or old makes nothing fresh
/// (wire-formats 2.9 R1 to R3).
@Suite("Bound input")
struct BoundInputTests {
    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 + 1) } }

    struct Refused: Sendable, CustomTestStringConvertible {
        let name: String
        let input: BoundInput
        let field: String
        var testDescription: String { name }

        init(_ name: String, _ input: BoundInput, _ field: String) {
            self.name = name
            self.input = input
            self.field = field
        }
    }

    static let wrong: [Refused] = {
        var rows = ["raw", "sha256", "sha384", "sha512", "maa"].map { (scheme: String) in
            Refused("R1: no runtime data, \(scheme)", BoundInput(runtimeData: [], scheme: scheme), "runtime_data")
        }
        rows += ExpectedReportData.Scheme.allCases.map {
            Refused("R1: nothing at all, \($0)", BoundInput(scheme: $0.rawValue), "nonce")
        }
        rows += [
            Refused("R1: an empty nonce", BoundInput(nonce: [], runtimeData: bytes(20), scheme: "sha256"), "nonce"),
            Refused(
                "R1: empty data beside a nonce", BoundInput(nonce: bytes(16), runtimeData: [], scheme: "sha256"),
                "runtime_data"),
            Refused("R1: an empty key", BoundInput(scheme: "spki", key: []), "key"),
            Refused(
                "R1: an empty key beside a nonce", BoundInput(nonce: bytes(16), scheme: "assay", key: []), "key"),
            Refused("R1: zeros", BoundInput(runtimeData: [0, 0, 0]), "runtime_data"),
            Refused("no scheme of ours", BoundInput(nonce: bytes(16), scheme: "assay-v1"), "scheme"),
            Refused("a nonce that is not bound", BoundInput(nonce: bytes(16), scheme: "maa"), "nonce"),
            Refused(
                "a key that is not bound", BoundInput(runtimeData: bytes(16), scheme: "raw", key: bytes(32)), "key"),
            Refused("the issue of no nonce", BoundInput(nonceIssued: bytes(3)), "nonce_issued"),
            Refused("raw over 64 bytes", BoundInput(nonce: bytes(40), runtimeData: bytes(25)), "nonce"),
        ]
        for count in [1, 8, 15, 65] {
            rows += ["raw", "sha256", "sha384", "sha512", "assay"].map { (scheme: String) in
                Refused("R3: a nonce of \(count), \(scheme)", BoundInput(nonce: bytes(count), scheme: scheme), "nonce")
            }
        }
        for count in [1, 31, 33, 64] {
            rows.append(
                Refused(
                    "a key of \(count)", BoundInput(nonce: bytes(32), scheme: "assay", key: bytes(count)), "key"))
        }
        return rows
    }()

    @Test("Refused, and the member is named", arguments: wrong)
    func refused(_ row: Refused) {
        #expect { try row.input.expected() } throws: { ($0 as? BoundInput.Defect)?.field == row.field }
    }

    @Test(
        "Raw bytes that bind nothing, or do not fit: the advice is about what is wrong",
        arguments: [
            (BoundInput(nonce: [UInt8](repeating: 0, count: 32)), "nonce", "random bytes"),
            (BoundInput(runtimeData: [0, 0, 0], scheme: "raw"), "runtime_data", "random bytes"),
            (BoundInput(nonce: bytes(40), runtimeData: bytes(25)), "nonce", "sha512"),
            (BoundInput(runtimeData: [UInt8](repeating: 0, count: 65)), "runtime_data", "sha512"),
        ])
    func advice(_ input: BoundInput, _ field: String, _ words: String) throws {
        let defect = try #require(throws: BoundInput.Defect.self) { try input.expected() }
        #expect(defect.field == field)
        #expect(try #require(defect.fix).english.contains(words), "\(defect)")
        #expect(defect.sentence.english.contains("zero,") == (words == "random bytes"), "\(defect.sentence)")
    }

    @Test("Without a scheme, an empty value was not sent")
    func absent() throws {
        #expect(try BoundInput(nonce: [], runtimeData: [], scheme: "", key: []).expected() == nil)
        #expect(try BoundInput(nonce: Self.bytes(16), runtimeData: [], key: []).expected()?.scheme == .raw)
        #expect(try BoundInput(nonce: Self.bytes(16), key: Self.bytes(32)).expected()?.scheme == .assay)
        #expect(try BoundInput(key: Self.bytes(91)).expected()?.scheme == .spki)
        // What is recorded is what was bound.
        #expect(BoundInput(runtimeData: [1], key: []).recorded == [1])
        #expect(BoundInput(nonce: [1], runtimeData: []).recorded == nil)
    }

    static let spki = Hex.decode("302a300506032b6570032100") ?? []
    private static let p256 = Hex.decode("3059301306072a8648ce3d020106082a8648ce3d030107034200") ?? []
    private static let webKey = #"{"crv":"P-256","kty":"EC","x":"AAAA","y":"AAAA"}"#
    private static let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----\n"
    /// As a JSON string.
    private static func quoted(_ text: String) -> String { JSON.string(text).compactText }
    /// The outline of a certificate: body, algorithm, signature.
    private static let certificate: [UInt8] = [
        0x30, 0x0E, 0x30, 0x04, 0x02, 0x02, 1, 2, 0x30, 0x00, 0x03, 0x04, 0, 1, 2, 3,
    ]

    static let novelties: [(String, [UInt8], ExpectedReportData.Novelty)] = [
        ("15 bytes", bytes(15), .short), ("16 bytes", bytes(16), .possible),
        ("an Ed25519 SubjectPublicKeyInfo of 44 bytes", spki + bytes(32), .key),
        ("an Ed25519 SubjectPublicKeyInfo that ends in zeros", spki + bytes(30) + [0, 0], .key),
        ("a P-256 SubjectPublicKeyInfo of 91 bytes (row 267c)", p256 + [4] + bytes(64), .key),
        ("a SubjectPublicKeyInfo and a byte", spki + bytes(32) + [1], .possible),
        ("a certificate", certificate, .key), ("two certificates", certificate + certificate, .key),
        ("a PEM key", Array(pem.utf8), .key), ("a PEM chain", Array((pem + "\n" + pem).utf8), .key),
        ("PEM and more", Array((pem + "nonce").utf8), .possible),
        ("a JWK", Array(webKey.utf8), .key), ("a JWK set", Array(#"{"keys":[\#(webKey)]}"#.utf8), .key),
        ("a key in an object", Array(#" {"tee-pubkey":\#(webKey)}"#.utf8), .key),
        (
            "a PEM key in an object",
            Array(#"{"key":"-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"}"#.utf8), .key
        ),
        ("a JWK as text in an object", Array(#"{"tee-pubkey":\#(quoted(webKey))}"#.utf8), .key),
        ("a JWK set as text", Array(#"{"keys":\#(quoted(#"{"keys":[\#(webKey)]}"#))}"#.utf8), .key),
        (
            "a JWK as text in a text",
            Array(#"{"k":\#(quoted(#"{"tee-pubkey":\#(quoted(webKey))}"#))}"#.utf8), .key
        ),
        ("PEM and a JWK as texts", Array(#"{"a":\#(quoted(pem)),"b":\#(quoted(webKey))}"#.utf8), .key),
        ("a JWK as text, and a NUL in it", Array(#"{"tee-pubkey":\#(quoted(webKey).dropLast())\u0000"}"#.utf8), .key),
        ("a JWK as text and a nonce", Array(#"{"nonce":"n","tee-pubkey":\#(quoted(webKey))}"#.utf8), .possible),
        ("a text that only begins as a JWK", Array(#"{"tee-pubkey":\#(quoted(webKey + "n"))}"#.utf8), .possible),
        ("a text of no key in an object", Array(#"{"tee-pubkey":"sixteen bytes or more"}"#.utf8), .possible),
        ("a key and a nonce", Array(#"{"nonce":"n","tee-pubkey":\#(webKey)}"#.utf8), .possible),
        ("a JWK with a member of its own", Array(#"{"kty":"EC","made":"0123456789abcdef"}"#.utf8), .key),
        ("a key beside an empty nonce", Array(#"{"nonce":"","tee-pubkey":\#(webKey)}"#.utf8), .key),
        ("a key beside nothing", Array(#"{"nonce":null,"data":{},"tee-pubkey":\#(webKey)}"#.utf8), .key),
        ("a JWK behind a byte order mark", [0xEF, 0xBB, 0xBF] + Array(webKey.utf8), .key),
        ("a SubjectPublicKeyInfo and a NUL", p256 + [4] + bytes(64) + [0], .key),
    ]

    @Test("R2: what makes an answer fresh, and what cannot", arguments: novelties)
    func novelty(_ name: String, _ value: [UInt8], _ novelty: ExpectedReportData.Novelty) throws {
        for scheme in ["sha256", "sha384", "sha512", "maa"] {
            let expected = try #require(try BoundInput(runtimeData: value, scheme: scheme).expected())
            #expect(expected.novelty == novelty, "\(scheme)")
            #expect(expected.isFresh == (novelty == .possible))
            #expect(expected.origin == nil)
        }
        let key = try #require(try BoundInput(scheme: "spki", key: value).expected())
        #expect(!key.isFresh)
    }

    @Test("R2: the same as raw bytes; zeros behind a key make it no nonce", arguments: novelties)
    func noveltyOfRaw(_ name: String, _ value: [UInt8], _ novelty: ExpectedReportData.Novelty) throws {
        let (raw, padded) = (BoundInput(runtimeData: value), BoundInput(runtimeData: value + [0, 0]))
        if value.count <= 64 {
            #expect(try #require(try raw.expected()).novelty == novelty)
        } else {
            #expect(throws: BoundInput.Defect.self) { try raw.expected() }
        }
        if value.count <= 62 {
            // 17 bytes of which the last two are zero may be somebody's nonce.
            #expect(try #require(try padded.expected()).isFresh == (novelty != .key))
        } else {
            #expect(throws: BoundInput.Defect.self) { try padded.expected() }
        }
    }

    @Test("R2: a key that ends in zeros, as raw bytes without them: report_data is that of the key")
    func keyWithoutItsZeros() throws {
        for count in 30...32 {
            let key = Self.spki + Self.bytes(30) + [UInt8](repeating: 0, count: count - 30)
            #expect(try BoundInput(runtimeData: key).expected()?.novelty == .key, "\(count)")
        }
    }

    @Test("R2: raw bytes that are zero behind the eighth are the padding of a shorter value", arguments: 1...64)
    func padding(_ count: Int) throws {
        for length in count...64 {
            let value = Self.bytes(count) + [UInt8](repeating: 0, count: length - count)
            let expected = try #require(ExpectedReportData(raw: value))
            #expect(expected.isFresh == (length >= 16 && count > 8), "\(count) of \(length)")
        }
    }

    @Test("A challenge is fresh in every scheme that binds it, a nonce is the caller's, data is nobody's nonce")
    func origins() throws {
        for scheme in ["raw", "sha256", "sha384", "sha512", "assay"] {
            var input = BoundInput(nonce: Self.bytes(32), scheme: scheme)
            #expect(try input.expected()?.origin == .nonce)
            input.origin = .challenge
            #expect(try input.expected()?.origin == .challenge)
            #expect(try input.expected()?.isFresh == true)
        }
        #expect(try BoundInput(runtimeData: Self.bytes(32)).expected()?.origin == nil)
    }
}
