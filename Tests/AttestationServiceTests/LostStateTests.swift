import Appraisal
import AuditStore
import DatabaseFiles
import Foundation
import KeyCustody
import LogAudit
import MerkleLog
import ServiceSupport
import StateStore
import Testing
import Wire

@testable import AttestationService

/// `state.db` is lost, or an older one lies in its place: where log and state.db disagree the log wins, and no policy goes
/// without somebody saying so (transparency-log B-8).
@Suite("A state.db that is lost or older", .timeLimit(.minutes(10)))
struct LostStateTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    private static let second = #"{"id":"lab","version":2,"allow_debug":true}"#
    private static let set = #"""
        {"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z",\#
        "values":{"mr_td":["\#(String(repeating: "07", count: 48))"]}}
        """#

    enum Loss: String, CaseIterable, Sendable, CustomTestStringConvertible {
        /// Nothing is there any more.
        case everything
        /// The copy knows neither document.
        case beforeBoth
        /// The copy has the first version in force, and never heard of the second.
        case beforeSecond
        /// The copy has the second version, tested and not active, and other acts came after.
        case beforeActivation
        var testDescription: String { rawValue }
    }

    private static func copy(_ surroundings: Surroundings, _ name: String) throws {
        let path = Stores.state(in: surroundings.folder)
        try FileManager.default.copyItem(atPath: path, toPath: surroundings.folder.path + "/" + name)
    }

    @Test(
        "The service does not start, and names what is missing; restored by its hash, it is in force again",
        arguments: Loss.allCases)
    func lost(_ loss: Loss) async throws {
        let surroundings = try Surroundings()
        try await TestService.run(in: surroundings) { _ in }
        try Self.copy(surroundings, "beforeBoth")
        try await TestService.run(in: surroundings) { assay in
            try await assay.enforce("lab", Self.lab)
            let set = try await assay.put(.referenceSet, "images", Self.set)
            _ = try await assay.policies.activate(.referenceSet, id: "images", set)
        }
        try Self.copy(surroundings, "beforeSecond")
        try await TestService.run(in: surroundings) { assay in
            let second = try await assay.put(.policy, "lab", Self.second)
            _ = try await assay.policies.test(id: "lab", second, [try TestService.policyCase()], who: "ada")
        }
        try Self.copy(surroundings, "beforeActivation")
        let (second, size) = try await TestService.run(in: surroundings) { assay in
            _ = try await assay.policies.activate(.policy, id: "lab", .of(Self.second))
            try await assay.put(.policy, "other", #"{"id":"other","version":1}"#)
            #expect(try await assay.attest(nil, ["lab"]).policy == .of(Self.second))
            return (MerkleHash.of(Self.second), assay.log.tree.size)
        }
        surroundings.remove("state.db")
        let copy = surroundings.folder.path + "/" + loss.rawValue
        if FileManager.default.fileExists(atPath: copy) {
            try FileManager.default.moveItem(atPath: copy, toPath: Stores.state(in: surroundings.folder))
        }
        for _ in 1...2 {
            #expect(await outcome { try await TestService.run(in: surroundings) { _ in } } == "lost")
        }
        try await Stores.opened(in: surroundings.folder, surroundings.time, origin: "attest.example.cn/log") { stores in
            // Two starts that failed, and their own entries alone.
            let base = PolicyBase(policies: [], references: ReferenceLibrary.empty, standard: "strict")
            _ = size
            let archive = try EvidenceReader(path: surroundings.folder.path + "/data/evidence.db")
            let restored = try await PolicyAdministration.restore(
                base, stores.versions, from: stores.recorder.log, archive, [], at: surroundings.time.now)
            #expect(restored.contains { $0.sha256 == second })
            #expect(
                try await PolicyAdministration.restore(
                    base, stores.versions, from: stores.recorder.log, archive, [], at: surroundings.time.now
                ).isEmpty)
        }
        let trust = try await TestService.run(in: surroundings) { assay in
            #expect(try await assay.attest(nil, ["lab"]).policy == second)
            #expect(assay.service.policies.current.references["images"] != nil)
            let retired = try await assay.policies.versions(.policy).filter { $0.sha256 == .of(Self.lab) }
            #expect(retired.allSatisfy { $0.state.name == "retired" })
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    @Test("A policy of the folder that is taken from there is no loss: the log retires it")
    func folder() async throws {
        let surroundings = try Surroundings()
        var settings = TestService.Settings()
        settings.policies = [try Policy(parsing: Array(Self.lab.utf8))]
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await assay.attest(nil, ["lab"]).policy == .of(Self.lab))
        }
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(try await assay.acts.last == "retire lab \(MerkleHash.of(Self.lab).short)")
        }
    }

    @Test("Neither the archive nor the operator has the bytes: the document is named, and nothing is put in its place")
    func noBytes() async throws {
        let surroundings = try Surroundings()
        _ = try await TestService.run(in: surroundings) { assay in try await assay.enforce("lab", Self.lab) }
        surroundings.remove("state.db")
        try await Stores.opened(in: surroundings.folder, surroundings.time, origin: "attest.example.cn/log") { stores in
            let base = PolicyBase(policies: [], references: ReferenceLibrary.empty, standard: "strict")
            let log = stores.recorder.log
            #expect(
                await outcome {
                    _ = try await PolicyAdministration.restore(
                        base, stores.versions, from: log, nil, [Array(Self.second.utf8)], at: surroundings.time.now)
                } == "lost")
            let given = try await PolicyAdministration.restore(
                base, stores.versions, from: log, nil, [Array(Self.second.utf8), Array(Self.lab.utf8)],
                at: surroundings.time.now)
            #expect(given.map(\.sha256) == [.of(Self.lab)])
        }
    }

    @Test("Challenges of before are refused, the ones after are taken once")
    func challenges() async throws {
        let surroundings = try Surroundings()
        let time = surroundings.time.now
        try await Stores.opened(in: surroundings.folder, surroundings.time, origin: "attest.example.cn/log") { stores in
            let challenges = Challenges(
                keys: try stores.keys.challengeKeys(at: time, overlapSeconds: 120), issuer: "https://a.example",
                lifetimeSeconds: 120, spent: stores.spent, knownFrom: time)
            for (seconds, expected) in [(Int64(-119), "spent"), (0, "spent"), (1, "done")] {
                let at = (time.seconds + seconds) * 1_000
                let challenge = challenges.issue(atMilliseconds: at)
                let opened = try challenges.open(challenge.token, at: time)
                #expect(await outcome { try await challenges.spend(opened, at: time.seconds * 1_000) } == expected)
            }
        }
    }
}
