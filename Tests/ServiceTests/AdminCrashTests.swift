import Foundation
import GRDB
import LogAudit
import MerkleLog
import PlatformSimulator
import ServiceSupport
import Testing
import Wire

@testable import AuditStore
@testable import assay

/// A process that ends, or a disk that fails, between the entry in the log and the row in state.db. What the log says
/// happened has happened after the next start; what it does not say has not.
@Suite("Administration cut short")
struct AdminCrashTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    private static let second = #"{"id":"lab","version":2,"allow_debug":true}"#
    private static let set = #"""
        {"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z",\#
        "values":{"mr_td":["\#(String(repeating: "07", count: 48))"]}}
        """#

    private static func append(_ admin: Administration, _ body: LogEntryBody) async throws {
        let now = assay.Service.clock()
        _ = try await admin.live.service.auditLog.append(LogEntry(timeMilliseconds: now, body: body))
    }

    private static func policy(_ operation: PolicyEntry.Operation, _ text: String) -> LogEntryBody {
        .policy(PolicyEntry(operation: operation, policyID: "lab", policySHA256: MerkleHashing.sha256(text.utf8)))
    }

    private static func judge(_ admin: Administration) async throws -> WebAnswer {
        try await admin.live.verdict(try TestWorld.evidence().quote, [("policy", .string("lab"))])
    }

    /// Somebody from outside finds nothing wrong in the log.
    private static func check(_ folder: ScratchFolder, _ trust: TrustPolicy) async throws {
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        #expect(try await FileSystemCheck(database, trusting: trust).run().findings == [])
    }

    @Test("An activation that only the log has is taken back there; the version that was in force stays")
    func activation() async throws {
        let folder = try ScratchFolder()
        let first = try await Administration.run(folder: folder) { admin in
            let first = try await admin.enforce("lab", Self.lab, try Administration.cases())
            let sha256 = try await admin.put("policies", "lab", Self.second)
            #expect(try await admin.step("policies", "lab", sha256, "test").value("state") == "tested")
            try await Self.append(admin, Self.policy(.activate, Self.second))
            return first
        }
        let trust = try await Administration.run(folder: folder) { admin async throws in
            let second = MerkleHashing.sha256(Self.second.utf8).hex
            #expect(try await admin.acts("policy").last == "retire lab \(second.prefix(8))")
            #expect(try await Self.judge(admin).value("policy", "sha256") == first)
            // The step can be taken again.
            #expect(try await admin.step("policies", "lab", second, "activate").value("state") == "active")
            #expect(try await Self.judge(admin).value("policy", "sha256") == second)
            return TrustPolicy(log: admin.live.service.auditLog.key)
        }
        try await Self.check(folder, trust)
    }

    @Test("A retirement that only the log has is finished at the next start, for policies and for sets")
    func retirement() async throws {
        let folder = try ScratchFolder()
        try await Administration.run(folder: folder) { admin in
            _ = try await admin.enforce("lab", Self.lab, try Administration.cases())
            let set = try await admin.put("reference-sets", "images", Self.set)
            #expect(try await admin.step("reference-sets", "images", set, "activate").value("state") == "active")
            try await Self.append(admin, Self.policy(.retire, Self.lab))
            try await Self.append(
                admin,
                .referenceSet(
                    ReferenceSetEntry(
                        operation: .retire, setID: "images", setSHA256: MerkleHashing.sha256(Self.set.utf8))))
            // Behind it came others' entries.
            for _ in 0..<3 { _ = try await admin.live.raw(try TestWorld.evidence().quote) }
        }
        let trust = try await Administration.run(folder: folder) { admin async throws in
            #expect(try await Self.judge(admin).problem(400) == "POLICY_UNKNOWN")
            #expect(try await admin.acts("policy").last?.hasPrefix("retire lab ") == true)
            #expect(try await admin.acts("reference_set").last?.hasPrefix("retire images ") == true)
            for (collection, id) in [("policies", "lab"), ("reference-sets", "images")] {
                let list = try await admin.send("GET", "/admin/v1/\(collection)/\(id)")
                #expect(list.text.contains(#""state":"retired""#) && !list.text.contains(#""state":"active""#))
            }
            return TrustPolicy(log: admin.live.service.auditLog.key)
        }
        try await Self.check(folder, trust)
    }

    @Test("What is in force in state.db counts also in a log that never heard of it")
    func otherLog() async throws {
        let (folder, other) = (try ScratchFolder(), try ScratchFolder())
        let sha256 = try await Administration.run(folder: folder) { admin in
            try await admin.enforce("lab", Self.lab, try Administration.cases())
        }
        try await Administration.run(folder: other) { _ in }
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            let (from, to) = (folder.path + "/data/" + name, other.path + "/data/" + name)
            try? FileManager.default.removeItem(atPath: to)
            if FileManager.default.fileExists(atPath: from) {
                try FileManager.default.copyItem(atPath: from, toPath: to)
            }
        }
        try await Administration.run(folder: other) { admin async throws in
            #expect(try await Self.judge(admin).value("policy", "sha256") == sha256)
            #expect(try await admin.acts("policy").contains("activate lab \(sha256.prefix(8))"))
        }
    }

    @Test("A store that does not take the step: the caller is told, and log, service and next start agree")
    func failingStore() async throws {
        let folder = try ScratchFolder()
        let (first, second) = try await Administration.run(folder: folder) { admin in
            let first = try await admin.enforce("lab", Self.lab, try Administration.cases())
            let second = try await admin.put("policies", "lab", Self.second)
            #expect(try await admin.step("policies", "lab", second, "test").value("state") == "tested")
            let state = try DatabaseQueue(path: folder.path + "/data/state.db")
            try await state.write {
                try $0.execute(
                    sql: """
                        CREATE TRIGGER full BEFORE UPDATE ON document_version
                        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                        """)
            }
            let activated = try await admin.step("policies", "lab", second, "activate")
            #expect(try activated.problem(503) == "LOG_UNAVAILABLE", "\(activated.text)")
            #expect(
                try await admin.acts("policy").suffix(2) == [
                    "activate lab \(second.prefix(8))", "retire lab \(second.prefix(8))",
                ])
            #expect(try await Self.judge(admin).value("policy", "sha256") == first)
            let retired = try await admin.step("policies", "lab", first, "retire")
            #expect(try retired.problem(503) == "LOG_UNAVAILABLE", "\(retired.text)")
            #expect(try await admin.acts("policy").last == "activate lab \(first.prefix(8))")
            #expect(try await Self.judge(admin).value("policy", "sha256") == first)
            try await state.write { try $0.execute(sql: "DROP TRIGGER full") }
            return (first, second)
        }
        let trust = try await Administration.run(folder: folder) { admin async throws in
            #expect(try await Self.judge(admin).value("policy", "sha256") == first)
            #expect(try await admin.step("policies", "lab", second, "activate").value("state") == "active")
            return TrustPolicy(log: admin.live.service.auditLog.key)
        }
        try await Self.check(folder, trust)
    }
}
