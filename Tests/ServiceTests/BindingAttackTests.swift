import AuditStore
import Crypto
import Foundation
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import assay

/// Ways to have a key confirmed, or bytes repeated, that no quote binds; each over HTTP, with what must come of it.
@Suite("Bindings that nobody made")
struct BindingAttackTests {
    private static let thumbprint = (1...32).map { UInt8($0) }

    private static func bytes(_ text: String?) throws -> [UInt8] {
        try #require(text.flatMap { Base64URL.decode(Array($0.utf8)[...]) })
    }

    private static func text(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }

    /// `fresh` demands a challenge or a nonce, `own` a challenge; `keys` takes nothing but `spki`.
    private static func settings(_ folder: ScratchFolder) throws -> [String: String] {
        let policies = folder.path + "/policies"
        try FileManager.default.createDirectory(atPath: policies, withIntermediateDirectories: true)
        for (name, member) in [
            ("fresh", #""require_challenge":true"#), ("own", #""require_challenge":"service""#),
            ("keys", #""report_data_schemes":["spki"]"#),
        ] { try folder.write(Array(#"{"id":"\#(name)","version":1,\#(member)}"#.utf8), to: "policies/\(name).json") }
        return ["policies": policies]
    }

    private static func run(_ body: @escaping @Sendable (Live) async throws -> Void) async throws {
        let folder = try ScratchFolder()
        try await Live.run(try settings(folder), folder: folder, body)
    }

    private static func confirmation(_ answer: WebAnswer) throws -> String? {
        try TokenParts(try #require(try answer.value("token"), "\(answer.text.prefix(400))")).claims.text("cnf", "jkt")
    }

    @Test("A keyless guest's quote over nonce ‖ thumbprint, of either version of the scheme, confirms no key")
    func twoReadings() async throws {
        try await Self.run { live in
            let asked = try await live.client.send("POST", live.base + "/v1/challenges")
            let nonce = try Self.bytes(try asked.value("nonce"))
            let both = nonce + Self.thumbprint
            for reportData in [
                Binding.sha512(Array("assay-v1".utf8) + both), Binding.assay(nonce: both, thumbprint: []),
                Binding.assay(nonce: nonce, thumbprint: []),
            ] {
                let answer = try await live.verdict(
                    try TestWorld.quote(binding: reportData),
                    [
                        ("nonce", Self.text(nonce)), ("scheme", .string("assay")),
                        ("key", Self.text(Self.thumbprint)),
                    ])
                #expect(try answer.value("reasons") == "POLICY_REPORT_DATA")
                #expect(try answer.value("token") == nil)
            }
            let quote = try TestWorld.quote(binding: Binding.assay(nonce: nonce, thumbprint: Self.thumbprint))
            let answer = try await live.verdict(
                quote,
                [
                    ("challenge", .string(try #require(try asked.value("challenge")))),
                    ("scheme", .string("assay")), ("key", Self.text(Self.thumbprint)),
                ])
            #expect(try Self.confirmation(answer) == Base64URL.encode(Self.thumbprint))
        }
    }

    @Test("The hash of a nonce that is somebody's public key confirms it only where the policy leaves no other scheme")
    func acrossSchemes() async throws {
        let key = Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)
        let spki = (Hex.decode("302a300506032b6570032100") ?? []) + key
        try await Self.run { live in
            let quote = try TestWorld.quote(binding: Binding.sha256(spki))
            let named: [(String, JSON)] = [("key", Self.text(spki)), ("scheme", .string("spki"))]
            let callers = try await live.verdict(quote, named)
            #expect(try callers.value("verdict") == "accept")
            #expect(try Self.confirmation(callers) == nil)
            #expect(try callers.value("reasons")?.contains("NOT_FRESH") == true)
            let fixed = try await live.verdict(quote, named + [("policy", .string("keys"))])
            #expect(try Self.confirmation(fixed) != nil)
            // One of two policies leaves it open, the other does not.
            let several = try await live.verdict(
                quote, named + [("policy", .array([.string("strict"), .string("keys")]))])
            #expect(try Self.confirmation(several) != nil)
            let nonce = try await live.verdict(quote, [("nonce", Self.text(spki)), ("scheme", .string("sha256"))])
            #expect(try nonce.value("reasons")?.contains("NOT_FRESH") == true)
            #expect(try Self.confirmation(nonce) == nil)
        }
    }

    @Test("Empty input binds nothing, though some quote holds the hash of it")
    func empty() async throws {
        try await Self.run { live in
            let size = live.service.auditLog.tree.size
            for (scheme, reportData) in [
                ("sha256", Binding.sha256([])), ("sha384", Binding.sha384([])), ("sha512", Binding.sha512([])),
                ("maa", Binding.sha256([])),
            ] {
                let quote = try TestWorld.quote(binding: reportData)
                let answer = try await live.verdict(
                    quote, [("scheme", .string(scheme)), ("runtime_data", .string(""))])
                #expect(try answer.problem(400) == "REQUEST_MEMBER_INVALID")
                #expect(try answer.value("field") == "runtime_data")
                let raw = try await live.raw(quote, query: "?scheme=\(scheme)&runtime_data=")
                #expect(try raw.problem(400) == "REQUEST_MEMBER_INVALID")
            }
            let hash = Binding.sha384(Array("{}".utf8))
            for data in [JSON.object([("structured", .object([]))]), .object([("raw", .string(""))])] {
                let quote = try TestWorld.quote(binding: hash)
                for answer in [
                    try await live.trustee(quote, [("runtime_data", data)]),
                    try await live.alibaba(quote, [("runtime_data", data)]),
                ] { #expect(try answer.problem(400) == "AS.REQUEST.INVALID_ARGUMENT") }
            }
            #expect(live.service.auditLog.tree.size == size, "what is refused is not in the log")
        }
    }

    @Test("A quote's own report_data sent along: said to rest on the caller's choice, and no challenge")
    func echo() async throws {
        let reportData = (0..<64).map { UInt8($0 + 1) }
        let text = "fresh if these bytes were chosen for this answer"
        try await Self.run { live in
            let quote = try TestWorld.quote(binding: reportData)
            let data = ("runtime_data", Self.text(reportData))
            let nonce = ("nonce", Self.text(reportData))
            let plain = try await live.verdict(quote, [data])
            #expect(try plain.value("verdict") == "accept" && plain.text.contains(text))
            for policy in ["fresh", "own"] {
                let answer = try await live.verdict(quote, [data, ("policy", .string(policy))])
                #expect(try answer.value("reasons") == "POLICY_NOT_FRESH", "\(policy)")
            }
            // As a nonce it stands in the token, for the relying party to find that it is not its own.
            let claimed = try await live.verdict(quote, [nonce, ("policy", .string("fresh"))])
            #expect(try claimed.value("verdict") == "accept" && claimed.text.contains(text))
            #expect(
                try TokenParts(try #require(try claimed.value("token"))).claims.text("eat_nonce")
                    == Base64URL.encode(reportData))
            let own = try await live.verdict(quote, [nonce, ("policy", .string("own"))])
            #expect(try own.value("reasons") == "POLICY_NOT_FRESH")
            let asked = try await live.client.send("POST", live.base + "/v1/challenges")
            let bytes = try Self.bytes(try asked.value("nonce"))
            let challenged = try await live.verdict(
                try TestWorld.quote(binding: bytes),
                [
                    ("challenge", .string(try #require(try asked.value("challenge")))),
                    ("policy", .string("own")),
                ])
            #expect(try challenged.value("verdict") == "accept", "\(challenged.text.prefix(400))")
            #expect(!challenged.text.contains(text))
        }
    }

    @Test("Row 267: 15 bytes through an adapter are compared and not fresh; as a native nonce they are refused")
    func short() async throws {
        let short = (1...15).map { UInt8($0) }
        try await Self.run { live in
            let quote = try TestWorld.quote(binding: short)
            let data: [(String, JSON)] = [("runtime_data", .object([("raw", Self.text(short))]))]
            #expect(try await live.trustee(quote, data).status == 200)
            let answer = try await live.trustee(quote, policies: ["fresh"], data)
            #expect(try answer.problem(422) == "AS.EVIDENCE.VERIFICATION_FAILED")
            #expect(try answer.value("reasons") == "POLICY_NOT_FRESH")
            #expect(
                try await live.verdict(quote, [("nonce", Self.text(short))]).problem(400) == "REQUEST_MEMBER_INVALID")
        }
    }

    @Test("Bytes behind the 64 that are compared are refused in every peer's shape, and stand in no token")
    func extra() async throws {
        let bound = [UInt8](repeating: 0x52, count: 64)
        try await Self.run { live in
            let quote = try TestWorld.quote(binding: bound)
            for count in [0, 1, 32] {
                let raw = bound + [UInt8](repeating: 0x58, count: count)
                let data: [(String, JSON)] = [("runtime_data", .object([("raw", Self.text(raw))]))]
                for answer in [try await live.trustee(quote, data), try await live.alibaba(quote, data)] {
                    guard count > 0 else {
                        #expect(answer.status == 200, "\(answer.text.prefix(300))")
                        continue
                    }
                    #expect(try answer.problem(400) == "AS.REQUEST.INVALID_ARGUMENT")
                    #expect(try answer.value("field")?.hasSuffix("runtime_data.raw") == true)
                }
            }
        }
    }
}
