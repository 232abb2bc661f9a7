import Appraisal
import AttestationService
import DatabaseFiles
import Foundation
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import StateStore
import Testing
import WebAPI
import Wire

@testable import AuditStore
@testable import assay

/// What an earlier program put in force and this one does not take: the service starts, nothing is judged in its place, and an
/// administrator says what comes after (dcap 6.8). Nothing weaker is in force because nobody looked.
@Suite("Stored versions that are set aside")
struct SetAsideTests {
    private static let strict = #"{"id":"strict","version":2,"allow_debug":true}"#
    private static let unanchored =
        #"{"id":"line","version":1,"claims":[{"id":"l","claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}]}"#
    private static let image =
        #"{"id":"image","version":1,"claims":[{"id":"i","claim":"tee","operator":"in","reference_set":"images"}]}"#
    private static let set =
        #"{"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["TDX"]}}"#

    /// A data folder as an earlier program left it.
    private static func folder(_ documents: [(DocumentVersion.Kind, String, String)]) async throws -> ScratchFolder {
        let folder = try ScratchFolder()
        try await Live.run(folder: folder) { _ in }
        try await store(documents, in: folder)
        return folder
    }

    private static func store(
        _ documents: [(DocumentVersion.Kind, String, String)], in folder: ScratchFolder
    ) async throws {
        let lock = try ProcessLock(folder: folder.path + "/data")
        defer { lock.release() }
        let state = try StateStore(in: lock)
        defer { state.close() }
        let versions = state.documents
        let time = Instant(seconds: 1_768_435_200)
        for (kind, id, text) in documents {
            let bytes = Array(text.utf8)
            try await versions.add(DocumentVersion(draft: kind, id: id, version: 2, bytes: bytes, created: time))
            let sha256 = MerkleHashing.sha256(bytes)
            if kind == .policy { try await versions.setTested(kind, sha256, cases: 1, at: time) }
            try await versions.activate(kind, sha256, at: time)
        }
    }

    private static func sha256(_ text: String) -> String { MerkleHashing.sha256(text.utf8).hex }

    /// What stands in for an administrator's default: asked by name, by nobody's name, and by a peer's.
    private static func isRefused(_ live: Live) async throws {
        let quote = try TestWorld.evidence().quote
        for answer in [try await live.verdict(quote), try await live.verdict(quote, [("policy", .string("strict"))])] {
            #expect(try answer.problem(503) == "NOT_READY")
            #expect(try answer.value("field") == "policy")
            #expect(answer.text.contains("POLICY_ID_RESERVED") && answer.text.contains("retire"), "\(answer.text)")
        }
        let several = try await live.verdict(
            quote, [("policy", .array([.string("tdx-cloud"), .string("strict")]))])
        #expect(try several.problem(503) == "NOT_READY")
        #expect(try await live.raw(quote).problem(503) == "NOT_READY")
        #expect(try await live.cczoo(quote).status == 503)
        #expect(try await live.trustee(quote).status == 503)
        #expect(try await live.trustee(quote, policies: ["default"]).status == 503)
        #expect(try await live.alibaba(quote).status == 503)
        #expect(try await live.verdict(quote, [("policy", .string("tdx-cloud"))]).value("verdict") == "accept")
    }

    @Test("The default: nothing is judged under its id, over restarts, until an administrator retires the version")
    func standard() async throws {
        let folder = try await Self.folder([(.policy, "strict", Self.strict)])
        let hash = Self.sha256(Self.strict)
        for start in 0..<2 {
            try await Live.run(folder: folder) { live in
                try await Self.isRefused(live)
                let ready = try await live.client.get(live.base + "/readyz")
                #expect(ready.status == 503)
                #expect(try ready.value("status") == "not_ready")
                #expect(
                    ready.text.contains(hash) && ready.text.contains("POLICY_ID_RESERVED"), "\(start): \(ready.text)")
                let listed = try await live.client.get(live.base + "/v1/policies")
                #expect(try listed.value("default") == "strict")
                #expect(!listed.text.contains(Policy.strict.sha256))
                let wanted = try await live.client.get(live.base + "/v1/policies/strict/requirements")
                #expect(try wanted.problem(503) == "NOT_READY")
            }
        }
        try await Administration.run(folder: folder) { admin in
            let listed = try await admin.send("GET", "/admin/v1/policies/strict")
            #expect(try listed.value("set_aside", "sha256") == hash)
            #expect(try listed.value("set_aside", "code") == "POLICY_ID_RESERVED")
            #expect(try listed.value("in_force") == nil)
            #expect(try listed.value("default") == "true")
            #expect(try listed.value("versions")?.contains(#""state":"active""#) == true, "\(listed.text)")
            #expect(try await admin.acts("policy").filter { $0.contains("activate strict") }.count == 1)
            let retired = try await admin.step("policies", "strict", hash, "retire")
            #expect(try retired.value("state") == "retired")
            #expect(try await admin.acts("admin") == ["ada policy.retire \(hash.prefix(8))"])
            #expect(try await admin.acts("policy").last == "activate strict \(Policy.strict.sha256.prefix(8))")
            let judged = try await admin.live.raw(try TestWorld.evidence().quote)
            #expect(try judged.value("policy", "sha256") == Policy.strict.sha256)
            let ready = try await admin.live.client.get(admin.live.base + "/readyz")
            #expect(ready.status == 200 && !ready.text.contains("set_aside"), "\(ready.text)")
        }
        try await Live.run(folder: folder) { live in
            let judged = try await live.raw(try TestWorld.evidence().quote)
            #expect(try judged.value("verdict") == "accept")
        }
    }

    @Test("Another version in its place is a way out too")
    func replaced() async throws {
        let folder = try await Self.folder([(.policy, "strict", Self.strict)])
        try await Administration.run(folder: folder) { admin in
            let own = try await admin.send("PUT", "/admin/v1/policies/strict", Policy.strict.bytes)
            #expect(own.status == 201)
            let path = "/admin/v1/policies/strict/versions/\(Policy.strict.sha256)/"
            #expect(
                try await admin.send("POST", path + "test", try Administration.cases()).value("state") == "tested")
            #expect(try await admin.send("POST", path + "activate").value("state") == "active")
            let judged = try await admin.live.raw(try TestWorld.evidence().quote)
            #expect(try judged.value("verdict") == "accept")
            let listed = try await admin.send("GET", "/admin/v1/policies/strict")
            #expect(try listed.value("set_aside") == nil)
        }
    }

    @Test("A token that was given under it is revoked: nobody can say that it would be given now")
    func tokens() async throws {
        let folder = try ScratchFolder()
        let token = try await Live.run(folder: folder) { live in
            let before = live.service.policies.current
            let own = try Policy(parsing: Array(Self.strict.utf8))
            try await live.service.evidenceArchive.store(
                [EvidenceItem(.policy, own.bytes)], owner: "", at: TestWorld.now.seconds * 1_000)
            let entry = PolicyEntry(
                operation: .activate, policyID: "strict", policySHA256: MerkleHashing.sha256(own.bytes))
            try await live.service.log.announce(.policy(entry))
            live.service.policies.replace(
                PolicyRegistry(before.all.filter { $0.id != "strict" } + [own], standard: before.standard))
            return try #require(try await live.verdict(try TestWorld.evidence().quote).value("token"))
        }
        try await Self.store([(.policy, "strict", Self.strict)], in: folder)
        try await Administration.run(folder: folder) { admin in
            let live = admin.live
            var answer: WebAnswer?
            for _ in 0..<600 where try answer?.value("active") != "false" {
                try await Task.sleep(for: .milliseconds(50))
                answer = try await live.client.post(
                    live.base + "/v1/tokens/introspect", "application/x-www-form-urlencoded",
                    Array("token=\(token)".utf8))
            }
            #expect(try answer?.value("revoked", "reasons") == "POLICY_RETIRED")
            // The log says so before: nothing is judged by it any more.
            let acts = try await admin.acts("policy").filter { $0.contains(Self.sha256(Self.strict).prefix(8)) }
            #expect(acts.map { $0.prefix(8) } == ["activate", "retire s"])
        }
    }

    @Test(
        "A policy that does not load, and a set whose values a claim can never hold: what names them is refused, or rejects"
    )
    func others() async throws {
        let folder = try await Self.folder([
            (.policy, "line", Self.unanchored), (.policy, "image", Self.image), (.referenceSet, "images", Self.set),
        ])
        try await Administration.run(folder: folder) { admin in
            let quote = try TestWorld.evidence().quote
            let ready = try await admin.live.client.get(admin.live.base + "/readyz")
            #expect(ready.status == 200)
            for (collection, id, code) in [
                ("policies", "line", "POLICY_UNANCHORED_CLAIM"), ("reference-sets", "images", "POLICY_INVALID"),
            ] {
                #expect(ready.text.contains(code), "\(ready.text)")
                let listed = try await admin.send("GET", "/admin/v1/\(collection)/\(id)")
                #expect(try listed.value("set_aside", "code") == code, "\(listed.text)")
            }
            #expect(try await admin.live.raw(quote).value("verdict") == "accept")
            #expect(try await admin.live.verdict(quote, [("policy", .string("line"))]).problem(503) == "NOT_READY")
            #expect(try await admin.live.verdict(quote, [("policy", .string("image"))]).value("verdict") == "reject")
            for (collection, id, text) in [
                ("policies", "line", Self.unanchored), ("reference-sets", "images", Self.set),
            ] {
                let retired = try await admin.step(collection, id, Self.sha256(text), "retire")
                #expect(try retired.value("state") == "retired", "\(retired.text)")
            }
            #expect(try await admin.live.verdict(quote, [("policy", .string("line"))]).problem(400) == "POLICY_UNKNOWN")
        }
    }

    @Test("The folder's policy of that name does not take its place either; a default without another is not retired")
    func folderAndDefault() async throws {
        let folder = try await Self.folder([
            (.policy, "line", Self.unanchored),
            (.policy, "gn8v-tee-llm-gpu", #"{"id":"gn8v-tee-llm-gpu","version":1}"#),
        ])
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies", withIntermediateDirectories: true)
        _ = try folder.write(#"{"id":"line","version":9}"#, to: "policies/line.json")
        let settings = ["policies": folder.path + "/policies", "policy": "gn8v-tee-llm-gpu"]
        try await Administration.run(settings, folder: folder) { admin in
            let quote = try TestWorld.evidence().quote
            #expect(try await admin.live.raw(quote).problem(503) == "NOT_READY")
            #expect(try await admin.live.verdict(quote, [("policy", .string("line"))]).problem(503) == "NOT_READY")
            let standard = try await admin.step(
                "policies", "gn8v-tee-llm-gpu", Self.sha256(#"{"id":"gn8v-tee-llm-gpu","version":1}"#), "retire")
            #expect(try standard.problem(409) == "POLICY_IS_DEFAULT")
            #expect(standard.text.contains("configure another default"))
            _ = try await admin.step("policies", "line", Self.sha256(Self.unanchored), "retire")
            #expect(try await admin.live.verdict(quote, [("policy", .string("line"))]).value("verdict") == "accept")
        }
    }
}
