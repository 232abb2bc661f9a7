import Appraisal
import AuditStore
import DatabaseFiles
import Foundation
import MerkleLog
import PlatformSimulator
import ServiceSupport
import StateStore
import Testing
import Wire

@testable import assay

/// What no door of a service lets in: the id of a built-in policy over other bytes, two reference sets of one id, values that
/// a claim can never hold, labelled facts without their register (dcap 6.8, 6.9, 6.11; event-logs 7.1).
@Suite("Doors of policies")
struct PolicyDoorTests {
    private static let strict = #"{"id":"strict","version":2,"allow_debug":true}"#
    private static let unanchored =
        #"{"id":"line","version":1,"claims":[{"id":"l","claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}]}"#
    private static let mistyped =
        #"{"id":"never","version":1,"claims":[{"id":"n","not":{"claim":"tee","operator":"equals","value":"TDX"}}]}"#
    private static let image =
        #"{"id":"image","version":1,"claims":[{"id":"i","claim":"tee","operator":"in","reference_set":"images"}]}"#

    private static func set(_ version: Int, _ value: String = "tdx") -> String {
        #"{"id":"images","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["\#(value)"]}}"#
    }

    private static func folder(_ files: [String: String]) throws -> (ScratchFolder, [String: String]) {
        let folder = try ScratchFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/policies/references", withIntermediateDirectories: true)
        for (name, text) in files { _ = try folder.write(text, to: "policies/\(name)") }
        return (folder, ["policies": folder.path + "/policies"])
    }

    @Test("The admin listener: nothing is stored, and no entry is written")
    func admin() async throws {
        try await Administration.run { admin in
            let size = admin.live.service.auditLog.tree.size
            for (id, text, code) in [
                ("strict", Self.strict, "POLICY_ID_RESERVED"),
                ("gn8v-tee-llm-gpu", #"{"id":"gn8v-tee-llm-gpu","version":1}"#, "POLICY_ID_RESERVED"),
                ("line", Self.unanchored, "POLICY_UNANCHORED_CLAIM"), ("never", Self.mistyped, "POLICY_INVALID"),
            ] {
                let put = try await admin.send("PUT", "/admin/v1/policies/\(id)", Array(text.utf8))
                #expect(try put.problem(400) == code)
                let tried = try await admin.send("POST", "/admin/v1/policies:simulate", Array(text.utf8))
                #expect(try tried.problem(400) == code)
            }
            #expect(admin.live.service.auditLog.tree.size == size)
            // The built-in document itself is no other.
            let own = try await admin.send("PUT", "/admin/v1/policies/strict", Policy.strict.bytes)
            #expect(own.status == 201)
        }
    }

    @Test(
        "The folder: no start, and the file is named",
        arguments: [
            (["strict.json": strict], "POLICY_ID_RESERVED"), (["line.json": unanchored], "POLICY_UNANCHORED_CLAIM"),
            (["never.json": mistyped], "POLICY_INVALID"),
            (["references/a.json": set(1), "references/b.json": set(2)], "REFERENCE_SET_DOUBLE"),
            (["image.json": image, "references/a.json": set(1, "TDX")], "POLICY_INVALID"),
        ] as [([String: String], String)])
    func folder(_ files: [String: String], _ code: String) async throws {
        let (folder, settings) = try Self.folder(files)
        do {
            try await Live.run(settings, folder: folder) { _ in }
            Issue.record("it starts")
        } catch let problem as Problem {
            #expect(problem.exitCode == 2)
            #expect(problem.message.contains(code), "\(problem.message)")
        }
    }
}
