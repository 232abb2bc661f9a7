import Appraisal
import AuditStore
import Crypto
import DCAPFormats
import Foundation
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Testing
import Wire

@testable import assay

/// Several policies in one request, policies with reference sets and event logs, over HTTP; and such verdicts judged again.
@Suite("Policies over HTTP")
struct PolicyRequestTests {
    private static let token = "an auditor's token"

    private static func settings(_ folder: ScratchFolder) throws -> [String: String] {
        let digest = Hex.encode(Array(SHA256.hash(data: Array(token.utf8))))
        let policies = folder.path + "/policies"
        try FileManager.default.createDirectory(
            atPath: policies + "/references", withIntermediateDirectories: true)
        for (name, text) in [
            ("fresh", #"{"id":"fresh","version":1,"require_report_data":true}"#),
            (
                "two-tee",
                #"{"id":"two-tee","version":3,"claims":[{"id":"t","claim":"tee","operator":"in","values":["tdx","sgx"]}]}"#
            ),
        ] { try folder.write(Array(text.utf8), to: "policies/\(name).json") }
        return [
            "policies": policies,
            "audit.tokens_file": try folder.write(
                Array("anna audit:read,audit:evidence \(digest)\n".utf8), to: "auditors"),
        ]
    }

    private static func policies(_ names: String...) -> (String, JSON) {
        ("policy", .array(names.map { .string($0) }))
    }

    @Test("A policy without a name is refused, and the answer says what to do")
    func nameless() async throws {
        try await Live.run { live in
            let quote = try TestWorld.evidence().quote
            let answers = [
                try await live.verdict(quote, [("policy", .string(""))]),
                try await live.verdict(quote, [Self.policies("strict", "")]),
                try await live.verdict(quote, [Self.policies()]),
                try await live.verdict(quote, [("policy", .null)]),
                try await live.raw(quote, query: "?policy="),
            ]
            for answer in answers {
                #expect(answer.status == 400)
                #expect(try answer.value("field") == "policy")
                #expect(try answer.value("fix") == "Name a policy, or leave policy out for the default one.")
            }
            #expect(try answers[0].value("detail") == "found an empty name, wanted a policy's id or an array of ids")
        }
    }

    @Test("Several policies: every one is evaluated, one that fails rejects, and the token names all")
    func several() async throws {
        let folder = try ScratchFolder()
        try await Live.run(try Self.settings(folder), folder: folder) { live in
            let quote = try TestWorld.evidence().quote
            let good = try await live.verdict(quote, [Self.policies("strict", "two-tee")])
            #expect(try good.value("verdict") == "accept", "\(good.text.prefix(400))")
            let listed = try #require(try good.json().member("policies")).elements.map { $0.member("id")?.string }
            #expect(listed == ["strict", "two-tee"])
            let claims = try TokenParts(try #require(try good.value("token"))).claims
            guard case .array(let named)? = claims["submods"]?["tdx"]?["ear_appraisal_policy_ids"] else {
                Issue.record("no policies in the token")
                return
            }
            #expect(named.count == 2)
            let raw = try await live.raw(quote, query: "?policy=strict,two-tee")
            #expect(try raw.value("verdict") == "accept")
            // The order does not matter, and neither does who comes first.
            for names in [("strict", "fresh"), ("fresh", "strict")] {
                let bad = try await live.verdict(quote, [Self.policies(names.0, names.1)])
                #expect(try bad.value("verdict") == "reject")
                #expect(try bad.value("reasons") == "POLICY_REPORT_DATA")
                #expect(try bad.value("token") == nil)
                #expect(try #require(try bad.json().member("policies")).elements.map { _ in true }.count == 2)
            }
            let both = try await live.verdict(
                try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 },
                [
                    Self.policies("strict", "fresh")
                ])
            #expect(
                Set(try #require(try both.value("reasons")).split(separator: ","))
                    == ["POLICY_DEBUG", "POLICY_REPORT_DATA"])
            let unknown = try await live.verdict(quote, [Self.policies("strict", "nobody")])
            #expect(try unknown.problem(400) == "POLICY_UNKNOWN")
            try await Self.reverify(live, folder)
        }
    }

    /// The policy set of each bundle is judged again; and no other set is as good.
    private static func reverify(_ live: Live, _ folder: ScratchFolder) async throws {
        let key = live.service.log.key
        let trust = try folder.write(Array("log \(key.text)\nquorum none\n".utf8), to: "trust")
        let arguments = ["--trust-policy", trust, "--trust-root", folder.path + "/root.pem"]
        var sets = 0
        for index in 0..<live.service.log.tree.size {
            let answer = try await live.client.get(
                live.base + "/audit/v1/bundle/\(index)", headers: ["Authorization: Bearer \(token)"])
            guard answer.status == 200 else { continue }
            let bundle = try EvidenceBundle(parsing: answer.body)
            guard let policies = bundle.files["policy.bin"].flatMap(Self.setSize) else { continue }
            sets += 1
            #expect(bundle.files.keys.filter({ name in name.hasPrefix("policies/") }).count == policies)
            let file = try folder.write(answer.body, to: "set-\(index).tar")
            let good = try await ProgramRun.run("assay", ["audit", "reverify", file] + arguments)
            #expect(good.exitCode == 0, "\(good.output)\(good.error)")
            // Another policy in the place of one of them, and one left out.
            for change in ["altered", "missing"] {
                var files = bundle.files
                let name = try #require(files.keys.filter({ name in name.hasPrefix("policies/") }).min())
                files[name] = change == "missing" ? nil : files[name].map { $0.dropLast() + [0x20, 0x7D] }
                var other = EvidenceBundle(
                    entry: try #require(files["entry.json"]), proof: bundle.proof)
                for (name, bytes) in files where !["entry.json", "proof.tlog-proof"].contains(name) {
                    other.add(name, bytes)
                }
                let path = try folder.write(other.archive, to: "\(change)-\(index).tar")
                let bad = try await ProgramRun.run("assay", ["audit", "reverify", path] + arguments)
                #expect([2, 4].contains(bad.exitCode), "\(change): \(bad.output)")
            }
        }
        #expect(sets >= 4)
    }

    /// How many policies a recorded set names; `nil` for one policy.
    private static func setSize(_ bytes: [UInt8]) -> Int? {
        guard let root = try? JSONDocument(parsing: bytes).root, root.member("kind")?.string == "policy-set" else {
            return nil
        }
        return root.member("policies")?.elements.map { $0 }.count
    }

    @Test(
        "A model server's boot with its event log, under the shipped policy: accepted as vouched for, and not otherwise"
    )
    func eventLog() async throws {
        let folder = try ScratchFolder()
        let settings = try Self.settings(folder)
        let nonce = [UInt8](repeating: 0x42, count: 32)
        @Sendable func boot(_ variation: BootVariation) throws -> (quote: [UInt8], log: [UInt8]) {
            let log = variation.log(seed: "gn8v")
            let quote = try TestWorld.quote {
                $0.setRegisters(after: log)
                $0.quote.td?.reportData = Binding.assay(nonce: nonce, thumbprint: [])
            }
            return (quote, log.bytes)
        }
        let healthy = try boot(.healthy)
        let set = Boot(of: try Quote(parsing: healthy.quote), log: healthy.log).referenceSet(
            id: "gn8v-tee-llm", version: 1, source: "a simulated boot",
            validFrom: TestWorld.today.advanced(bySeconds: -86_400), validUntil: nil,
            manifests: [Base64.encode(SimulatedModel(seed: "gn8v").manifest)])
        try folder.write(Array(set.prettyText.utf8), to: "policies/references/gn8v.json")
        try await Live.run(settings, folder: folder) { live in
            func judge(_ quote: [UInt8], _ log: [UInt8]?) async throws -> WebAnswer {
                let policy: (String, JSON) = ("policy", .string("gn8v-tee-llm"))
                let bound: [(String, JSON)] = [
                    ("nonce", .string(Base64URL.encode(nonce))), ("scheme", .string("assay")),
                ]
                return try await live.verdict(
                    quote, [policy] + bound + (log.map { [("event_log", .string(Base64URL.encode($0)))] } ?? []))
            }
            let good = try await judge(healthy.quote, healthy.log)
            #expect(try good.value("verdict") == "accept", "\(good.text.prefix(900))")
            #expect(try good.value("event_log", "rtmr") == "replayed,replayed,replayed,replayed")
            for variation in [BootVariation.model, .commandLine, .openWebUI] {
                let other = try boot(variation)
                let bad = try await judge(other.quote, other.log)
                #expect(try bad.value("verdict") == "reject", "\(variation)")
                #expect(try bad.value("reasons")?.contains("POLICY_CLAIM") == true, "\(variation)")
            }
            // The log of another boot, one that ends in the middle of its last event, and none.
            let end = (healthy.log.lastIndex { $0 != 0 && $0 != 0xFF } ?? 0) - 10
            let cut = Array(healthy.log[..<end])
            let foreign = try await judge(healthy.quote, try boot(.kernel).log)
            #expect(try foreign.value("reasons")?.contains("POLICY_EVENT_LOG") == true, "\(foreign.text.prefix(400))")
            #expect(
                try await judge(healthy.quote, cut).value("verdict")
                    == "reject")
            #expect(try await judge(healthy.quote, nil).value("verdict") == "reject")
        }
    }
}
