import Appraisal
import AuditStore
import Foundation
import GRDB
import LogAudit
import MerkleLog
import ServiceSupport
import StateStore
import Testing
import Wire

@testable import AttestationService

/// A process that ends, or a disk that fails, between the entry in the log and the row in state.db. What the log says
/// happened has happened after the next start; what it does not say has not.
@Suite("Administration cut short", .timeLimit(.minutes(10)))
struct PolicyCrashTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    private static let second = #"{"id":"lab","version":2,"allow_debug":true}"#
    private static let set = #"""
        {"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z",\#
        "values":{"mr_td":["\#(String(repeating: "07", count: 48))"]}}
        """#

    private static func append(_ assay: TestService, _ body: LogEntryBody) async throws {
        _ = try await assay.log.append(LogEntry(timeMilliseconds: assay.time.milliseconds, body: body))
    }

    private static func policy(_ operation: PolicyEntry.Operation, _ text: String) -> LogEntryBody {
        .policy(PolicyEntry(operation: operation, policyID: "lab", policySHA256: .of(text)))
    }

    /// Handed in and tested.
    private static func prepare(_ assay: TestService, _ text: String) async throws -> MerkleHash {
        let sha256 = try await assay.put(.policy, "lab", text)
        let tested = try await assay.policies.test(id: "lab", sha256, [try TestService.policyCase()], who: "ada")
        #expect(tested.state.name == "tested")
        return sha256
    }

    private static func judge(_ assay: TestService) async throws -> MerkleHash {
        try await assay.attest(nil, ["lab"]).policy
    }

    @Test("An activation that only the log has is taken back there; the version that was in force stays")
    func activation() async throws {
        let surroundings = try Surroundings()
        let (first, second) = try await TestService.run(in: surroundings) { assay in
            let first = try await assay.enforce("lab", Self.lab)
            let second = try await Self.prepare(assay, Self.second)
            try await Self.append(assay, Self.policy(.activate, Self.second))
            return (first, second)
        }
        let trust = try await TestService.run(in: surroundings) { assay in
            #expect(try await assay.acts.last == "retire lab \(second.short)")
            #expect(try await Self.judge(assay) == first)
            // The step can be taken again.
            _ = try await assay.policies.activate(.policy, id: "lab", second)
            #expect(try await Self.judge(assay) == second)
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    @Test("A retirement that only the log has is finished at the next start, for policies and for sets")
    func retirement() async throws {
        let surroundings = try Surroundings()
        try await TestService.run(in: surroundings) { assay in
            try await assay.enforce("lab", Self.lab)
            let set = try await assay.put(.referenceSet, "images", Self.set)
            _ = try await assay.policies.activate(.referenceSet, id: "images", set)
            try await Self.append(assay, Self.policy(.retire, Self.lab))
            try await Self.append(
                assay,
                .referenceSet(ReferenceSetEntry(operation: .retire, setID: "images", setSHA256: .of(Self.set))))
            // Behind it came others' entries.
            for _ in 0..<3 { try await assay.attest() }
        }
        let trust = try await TestService.run(in: surroundings) { assay async throws in
            #expect(await outcome { _ = try await Self.judge(assay) } == "unknown")
            #expect(try await assay.acts.last { $0.contains(" lab ") }?.hasPrefix("retire ") == true)
            #expect(try await assay.acts.last { $0.contains(" images ") }?.hasPrefix("retire ") == true)
            for kind in [DocumentVersion.Kind.policy, .referenceSet] {
                #expect(try await assay.policies.versions(kind).map(\.state.name) == ["retired"])
            }
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    @Test(
        "A set on its way to the folder when the process ended: its retirement is finished, and the folder's is in force"
    )
    func retirementToTheFolder() async throws {
        let surroundings = try Surroundings()
        try await TestService.run(in: surroundings) { assay in
            let set = try await assay.put(.referenceSet, "images", Self.set)
            _ = try await assay.policies.activate(.referenceSet, id: "images", set)
            try await Self.append(
                assay,
                .referenceSet(ReferenceSetEntry(operation: .retire, setID: "images", setSHA256: .of(Self.set))))
        }
        var settings = TestService.Settings()
        settings.references = [try ReferenceSet(parsing: Array(Self.set.utf8))]
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await assay.policies.versions(.referenceSet).map(\.state.name) == ["retired"])
            #expect(assay.service.policies.current.references["images"] != nil)
        }
    }

    @Test("What is in force in state.db counts also in a log that never heard of it")
    func otherLog() async throws {
        let (surroundings, other) = (try Surroundings(), try Surroundings())
        let sha256 = try await TestService.run(in: surroundings) { assay in try await assay.enforce("lab", Self.lab) }
        try await TestService.run(in: other) { _ in }
        other.remove("state.db")
        for suffix in ["", "-wal", "-shm"] {
            let (from, to) = (Stores.state(in: surroundings.folder) + suffix, Stores.state(in: other.folder) + suffix)
            guard FileManager.default.fileExists(atPath: from) else { continue }
            try FileManager.default.copyItem(atPath: from, toPath: to)
        }
        try await TestService.run(in: other) { assay async throws in
            #expect(try await Self.judge(assay) == sha256)
            #expect(try await assay.acts.contains("activate lab \(sha256.short)"))
        }
    }

    @Test("A store that does not take the step: the caller is told, and log, service and next start agree")
    func failingStore() async throws {
        let surroundings = try Surroundings()
        let (first, second) = try await TestService.run(in: surroundings) { assay in
            let first = try await assay.enforce("lab", Self.lab)
            let second = try await Self.prepare(assay, Self.second)
            let state = try DatabaseQueue(path: Stores.state(in: surroundings.folder))
            try await state.write {
                try $0.execute(
                    sql: """
                        CREATE TRIGGER full BEFORE UPDATE ON document_version
                        BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                        """)
            }
            #expect(
                await outcome { _ = try await assay.policies.activate(.policy, id: "lab", second) } == "storage")
            #expect(
                try await assay.acts.suffix(2) == ["activate lab \(second.short)", "retire lab \(second.short)"])
            #expect(try await Self.judge(assay) == first)
            #expect(
                await outcome { _ = try await assay.policies.retire(.policy, id: "lab", first, who: "ada") }
                    == "storage")
            #expect(try await assay.acts.last == "activate lab \(first.short)")
            #expect(try await Self.judge(assay) == first)
            try await state.write { try $0.execute(sql: "DROP TRIGGER full") }
            try state.close()
            return (first, second)
        }
        let trust = try await TestService.run(in: surroundings) { assay in
            #expect(try await Self.judge(assay) == first)
            _ = try await assay.policies.activate(.policy, id: "lab", second)
            #expect(try await Self.judge(assay) == second)
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }
}
