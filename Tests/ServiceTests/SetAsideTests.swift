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

    @Test(
        "Refused through every door, said by readyz and to administrators; retired, what comes with the program counts")
    func standard() async throws {
        let folder = try await Self.folder([
            (.policy, "strict", Self.strict), (.policy, "line", Self.unanchored), (.policy, "image", Self.image),
            (.referenceSet, "images", Self.set),
        ])
        let hash = Self.sha256(Self.strict)
        try await Administration.run(folder: folder) { admin in
            let live = admin.live
            try await Self.isRefused(live)
            #expect(
                try await live.verdict(try TestWorld.evidence().quote, [("policy", .string("line"))]).problem(503)
                    == "NOT_READY")
            let ready = try await live.client.get(live.base + "/readyz")
            #expect(ready.status == 503)
            #expect(try ready.value("status") == "not_ready")
            #expect(ready.text.contains(hash) && ready.text.contains("POLICY_ID_RESERVED"), "\(ready.text)")
            let served = try await live.client.get(live.base + "/v1/policies")
            #expect(try served.value("default") == "strict")
            #expect(!served.text.contains(Policy.strict.sha256))
            let wanted = try await live.client.get(live.base + "/v1/policies/strict/requirements")
            #expect(try wanted.problem(503) == "NOT_READY")
            for (collection, id, code) in [
                ("policies", "line", "POLICY_UNANCHORED_CLAIM"), ("reference-sets", "images", "POLICY_INVALID"),
            ] {
                #expect(ready.text.contains(code), "\(ready.text)")
                let listed = try await admin.send("GET", "/admin/v1/\(collection)/\(id)")
                #expect(try listed.value("set_aside", "code") == code, "\(listed.text)")
            }
            let listed = try await admin.send("GET", "/admin/v1/policies/strict")
            #expect(try listed.value("set_aside", "sha256") == hash)
            #expect(try listed.value("set_aside", "code") == "POLICY_ID_RESERVED")
            #expect(try listed.value("in_force") == nil)
            #expect(try listed.value("default") == "true")
            #expect(try listed.value("versions")?.contains(#""state":"active""#) == true, "\(listed.text)")
            for (collection, id, text) in [
                ("policies", "strict", Self.strict), ("policies", "line", Self.unanchored),
                ("reference-sets", "images", Self.set),
            ] {
                let retired = try await admin.step(collection, id, Self.sha256(text), "retire")
                #expect(try retired.value("state") == "retired", "\(retired.text)")
            }
            #expect(try await admin.send("GET", "/admin/v1/policies/strict").value("set_aside") == nil)
            let judged = try await live.raw(try TestWorld.evidence().quote)
            #expect(try judged.value("policy", "sha256") == Policy.strict.sha256)
            let after = try await live.client.get(live.base + "/readyz")
            #expect(after.status == 200 && !after.text.contains("set_aside"), "\(after.text)")
        }
    }
}
