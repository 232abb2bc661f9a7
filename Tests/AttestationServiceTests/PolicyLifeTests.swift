import Appraisal
import DCAPFormats
import LogAudit
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import StateStore
import Testing
import Wire
import Words

@testable import AttestationService
@testable import AuditStore

/// Policies and reference sets on their way into force and out of it: what each step needs, and that the log tells of
/// every act before it has an effect.
@Suite("The life of a policy", .timeLimit(.minutes(10)))
struct PolicyLifeTests {
    private static let lab = #"{"id":"lab","version":1,"allow_debug":true}"#
    /// The default of a house, in its folder.
    private static let house = #"{"id":"house","version":1}"#
    /// Accepts nothing that binds nothing.
    private static let bound = #"{"id":"house","version":2,"require_report_data":true}"#

    private static func houseSettings() throws -> TestService.Settings {
        var settings = TestService.Settings()
        settings.policies = [try Policy(parsing: Array(house.utf8))]
        settings.standard = "house"
        return settings
    }

    @Test("Every refused step says why and leaves no entry, every accepted one is an entry")
    func way() async throws {
        try await TestService.run { assay in
            let size = assay.log.tree.size
            for (id, text, word) in [
                ("lab", "{", "POLICY_INVALID"),
                ("lab", #"{"id":"lab","version":1,"allow_debg":true}"#, "POLICY_UNKNOWN_MEMBER"),
                ("other", Self.lab, "other id"),
                ("strict", #"{"id":"strict","version":2,"allow_debug":true}"#, "POLICY_ID_RESERVED"),
            ] {
                #expect(await outcome { try await assay.put(.policy, id, text) } == word)
            }
            let unknown = MerkleHash.of("nothing")
            let cases = [try TestService.policyCase()]
            #expect(
                await outcome { _ = try await assay.policies.test(id: "lab", unknown, cases, who: "ada") }
                    == "no such version")
            #expect(
                await outcome { _ = try await assay.policies.activate(.policy, id: "lab", unknown) }
                    == "no such version"
            )
            #expect(await Self.retire(assay, unknown) == "no such version")
            #expect(assay.log.tree.size == size)

            let sha256 = try await assay.put(.policy, "lab", Self.lab)
            let again = try await assay.policies.put(.policy, id: "lab", Array(Self.lab.utf8), who: "ada")
            #expect(!again.isNew && again.version.sha256 == sha256)
            #expect(await Self.activate(assay, sha256) == "draft, not to be activated")
            #expect(await Self.retire(assay, sha256) == "draft, not to be retired")
            for cases in [[try TestService.policyCase(expecting: "reject")], []] {
                #expect(
                    await outcome { _ = try await assay.policies.test(id: "lab", sha256, cases, who: "ada") }
                        == "cases failed")
            }
            #expect(assay.log.tree.size == size + 1)
            #expect(await outcome { try await assay.attest(nil, ["lab"]) } == "unknown")

            #expect(try await assay.policies.test(id: "lab", sha256, cases, who: "ada").state.name == "tested")
            #expect(await Self.activate(assay, sha256) == "done")
            #expect(await Self.activate(assay, sha256) == "active, not to be activated")
            #expect(
                await outcome { _ = try await assay.policies.test(id: "lab", sha256, cases, who: "ada") }
                    == "active, not to be tested")
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            let result = try await assay.attest(debug, ["lab"])
            #expect(result.decision == .accept && result.policy == sha256)
            #expect(await Self.retire(assay, sha256) == "done")
            #expect(await Self.retire(assay, sha256) == "retired, not to be retired")
            #expect(await outcome { try await assay.attest(debug, ["lab"]) } == "unknown")
            #expect(
                try await assay.administrators == ["ada policy.put \(sha256.short)", "ada policy.test \(sha256.short)"])
            #expect(
                try await assay.acts.suffix(2) == ["activate lab \(sha256.short)", "retire lab \(sha256.short)"])
        }
    }

    private static func activate(_ assay: TestService, _ sha256: MerkleHash, id: String = "lab") async -> String {
        await outcome { _ = try await assay.policies.activate(.policy, id: id, sha256) }
    }

    private static func retire(_ assay: TestService, _ sha256: MerkleHash, id: String = "lab") async -> String {
        await outcome { _ = try await assay.policies.retire(.policy, id: id, sha256, who: "ada") }
    }

    @Test("A new version of the default: verdicts before and after carry their own hash, over a restart as well")
    func replacement() async throws {
        let surroundings = try Surroundings()
        let settings = try Self.houseSettings()
        let bound = MerkleHash.of(Self.bound)
        try await TestService.run(settings, in: surroundings) { assay in
            let before = try await assay.attest()
            #expect(before.decision == .accept && before.policy == .of(Self.house))
            #expect(try await assay.enforce("house", Self.bound) == bound)
            let after = try await assay.attest()
            #expect(after.policy == bound && after.reasons == ["POLICY_REPORT_DATA"])
            #expect(
                try await assay.acts.suffix(2) == [
                    "activate house \(bound.short)", "retire house \(MerkleHash.of(Self.house).short)",
                ])
            let served = assay.service.policies.current.all.map(\.sha256)
            #expect(served.contains(bound.hex) && !served.contains(MerkleHash.of(Self.house).hex))
        }
        let trust = try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await assay.attest().policy == bound)
            // Nothing else has the default's name but what lies in the folder, and that takes its place.
            #expect(await Self.retire(assay, bound, id: "house") == "done")
            #expect(try await assay.attest().policy == .of(Self.house))
            return assay.trust
        }
        // Everything was in force when it was used, as somebody from outside sees it.
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    @Test("The default policy is never without a version")
    func standard() async throws {
        let surroundings = try Surroundings()
        let first = try await TestService.run(in: surroundings) { assay in try await assay.enforce("lab", Self.lab) }
        var settings = TestService.Settings()
        settings.standard = "lab"
        try await TestService.run(settings, in: surroundings) { assay in
            #expect(await Self.retire(assay, first) == "standard would go")
            #expect(try await assay.attest().policy == first)
            let second = try await assay.enforce("lab", #"{"id":"lab","version":2,"allow_debug":true}"#)
            #expect(try await assay.attest().policy == second)
            let versions = try await assay.policies.versions(.policy)
            #expect(versions.map(\.sha256) == [first, second] && versions.map(\.state.name) == ["retired", "active"])
        }
        #expect(await outcome { try await TestService.run(settings) { _ in } } == "standard unknown")
    }

    @Test("A policy that names a set that is not there is refused until it is; without the set it accepts nothing")
    func references() async throws {
        let mrTD = Hex.encode([UInt8](repeating: 7, count: 48))
        let policy = """
            {"id":"image","version":1,"claims":[{"id":"image","claim":"mr_td","operator":"in","reference_set":"images"}]}
            """
        func set(_ end: String) -> String {
            #"{"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","valid_until":"\#(end)","values":{"mr_td":["\#(mrTD)"]}}"#
        }
        try await TestService.run { assay in
            func activate(_ sha256: MerkleHash) async -> String {
                await outcome { _ = try await assay.policies.activate(.referenceSet, id: "images", sha256) }
            }
            let sha256 = try await assay.put(.policy, "image", policy)
            let cases = [try TestService.policyCase(expecting: "reject")]
            _ = try await assay.policies.test(id: "image", sha256, cases, who: "ada")
            #expect(await Self.activate(assay, sha256, id: "image") == "missing: images")
            #expect(await outcome { try await assay.attest(nil, ["image"]) } == "unknown")

            #expect(
                await activate(try await assay.put(.referenceSet, "images", set("2026-02-01T00:00:00Z"))) == "ended")
            let new = try await assay.put(.referenceSet, "images", set("2099-01-01T00:00:00Z"))
            #expect(await activate(new) == "done")
            #expect(await Self.activate(assay, sha256, id: "image") == "done")
            let result = try await assay.attest(nil, ["image"])
            #expect(result.decision == .reject)
            #expect(try await assay.entry(of: result).references == [new])
            let registry = assay.service.policies.current
            let image = try #require(registry.all.first { $0.id == "image" })
            #expect(registry.missing(for: image).isEmpty && image.referenceSets == ["images"])
            _ = try await assay.policies.retire(.referenceSet, id: "images", new, who: "ada")
            #expect(assay.service.policies.current.missing(for: image) == ["images"])
            #expect(
                try await assay.acts.filter { $0.contains("images") } == [
                    "activate images \(new.short)", "retire images \(new.short)",
                ])
            // Without the values nothing is accepted.
            #expect(try await assay.attest(nil, ["image"]).decision == .reject)
        }
    }

    @Test("A set whose values a claim can never hold does not come in force, whichever comes first")
    func types() async throws {
        func set(_ version: Int, _ value: String) -> String {
            #"{"id":"images","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["\#(value)"]}}"#
        }
        let policy =
            #"{"id":"image","version":1,"claims":[{"id":"i","claim":"tee","operator":"in","reference_set":"images"}]}"#
        try await TestService.run { assay in
            func activate(_ text: String) async throws -> String {
                let sha256 = try await assay.put(.referenceSet, "images", text)
                return await outcome { _ = try await assay.policies.activate(.referenceSet, id: "images", sha256) }
            }
            #expect(try await activate(set(1, "TDX")) == "done")
            let image = try await assay.put(.policy, "image", policy)
            let cases = [try TestService.policyCase(expecting: "reject")]
            _ = try await assay.policies.test(id: "image", image, cases, who: "ada")
            do {
                _ = try await assay.policies.activate(.policy, id: "image", image)
                Issue.record("it is active")
            } catch let failure as ServiceFailure {
                guard case .policy(.document(let error)) = failure else {
                    Issue.record("\(failure)")
                    return
                }
                #expect(error.code == .invalid && error.field.contains("values.tee[0]"))
            }
            #expect(try await activate(set(2, "tdx")) == "done")
            #expect(await Self.activate(assay, image, id: "image") == "done")
            #expect(try await activate(set(3, "Tdx")) == "POLICY_INVALID")
            #expect(try await assay.attest(nil, ["image"]).decision == .accept)
        }
    }

    @Test("A set in the store beside one in the folder, in both orders")
    func double() async throws {
        func set(_ version: Int) -> String {
            #"{"id":"images","version":\#(version),"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["tdx"]}}"#
        }
        let surroundings = try Surroundings()
        var settings = TestService.Settings()
        settings.references = [try ReferenceSet(parsing: Array(set(1).utf8))]
        let stored = try await TestService.run(settings, in: surroundings) { assay in
            let stored = try await assay.put(.referenceSet, "images", set(2))
            do {
                _ = try await assay.policies.activate(.referenceSet, id: "images", stored)
                Issue.record("it is active")
            } catch let failure as ServiceFailure {
                #expect(failure.word == "REFERENCE_SET_DOUBLE")
                #expect(
                    failure.detail.english.contains("the folder")
                        && failure.detail.english.contains("the store"))
            }
            return stored
        }
        try await TestService.run(in: surroundings) { assay in
            _ = try await assay.policies.activate(.referenceSet, id: "images", stored)
        }
        #expect(
            await outcome { try await TestService.run(settings, in: surroundings) { _ in } } == "REFERENCE_SET_DOUBLE")
    }

    @Test("While versions change, each verdict is under the one or the other, and the log is closed under causes")
    func meanwhile() async throws {
        let surroundings = try Surroundings()
        let trust = try await TestService.run(try Self.houseSettings(), in: surroundings) { assay in
            try await assay.attest()
            let hashes = try await withThrowingTaskGroup(of: [MerkleHash].self) { group in
                for number in 0..<4 {
                    group.addTask {
                        // One policy, and two that must hold together.
                        let names = number % 2 == 0 ? ["house"] : ["house", "tdx-cloud"]
                        var hashes: [MerkleHash] = []
                        for _ in 0..<25 {
                            hashes += try await assay.attest(nil, names).judgement.verdict.policies.map {
                                MerkleHashing.sha256($0.bytes)
                            }
                        }
                        return hashes
                    }
                }
                group.addTask {
                    var hashes: [MerkleHash] = []
                    for version in 2..<6 {
                        hashes.append(try await assay.enforce("house", #"{"id":"house","version":\#(version)}"#))
                    }
                    return hashes
                }
                return try await group.reduce(into: Set<MerkleHash>()) { $0.formUnion($1) }
            }
            // Five versions of the house at most, and the one beside it.
            #expect(hashes.count <= 6)
            #expect(try await assay.attest().policy == .of(#"{"id":"house","version":5}"#))
            return assay.trust
        }
        #expect(try await surroundings.check(trusting: trust).findings == [])
    }

    @Test("What the log does not take does not happen, and is not there after a restart")
    func unrecorded() async throws {
        let surroundings = try Surroundings()
        let sha256 = try await TestService.run(in: surroundings) { assay in
            let sha256 = try await assay.put(.policy, "lab", Self.lab)
            _ = try await assay.policies.test(id: "lab", sha256, [try TestService.policyCase()], who: "ada")
            let keys = assay.keys.list(at: assay.time.now)
            // For this process there is no way back from it.
            assay.log.enter(.integrityFault("for a test"))
            let done = Tally()
            let acts: [() async throws -> Void] = [
                { _ = try await assay.policies.activate(.policy, id: "lab", sha256) },
                { try await assay.put(.policy, "other", #"{"id":"other","version":1}"#) },
                { try await assay.policies.perform("keys.rotate", on: "ES256", who: "ada") { _ = done.add() } },
            ]
            for act in acts { #expect(await outcome(act) == "not recorded: LOG_UNAVAILABLE") }
            #expect(done.count == 0)
            #expect(assay.keys.list(at: assay.time.now) == keys)
            #expect(try await assay.policies.versions(.policy).map { "\($0.id) \($0.state.name)" } == ["lab tested"])
            return sha256
        }
        try await TestService.run(in: surroundings) { assay in
            #expect(await outcome { try await assay.attest(nil, ["lab"]) } == "unknown")
            #expect(await Self.activate(assay, sha256) == "done")
        }
    }

    @Test("dcap row 253: no policy, whatever it allows, makes anything of a refusal")
    func terminal() async throws {
        /// Allows everything that a policy can allow.
        let everything = """
            {"id":"everything","version":1,"accepted_tcb_statuses":["UpToDate","SWHardeningNeeded","ConfigurationNeeded",\
            "ConfigurationAndSWHardeningNeeded","OutOfDate","OutOfDateConfigurationNeeded"],"accept_relaunch_advised":true,\
            "collateral_grace_seconds":315360000,"allow_debug":true,"allow_td_profiling":true,"allow_td_reserved_bits":true,\
            "allow_service_td":true,"accept_undefined_flags":true,"allow_event_log_mismatch":true}
            """
        try await TestService.run { assay in
            let sha256 = try await assay.enforce("everything", everything)
            let debug = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
            #expect(try await assay.attest(debug, ["everything"]).decision == .accept)
            var forged = try TestWorld.evidence().quote
            forged[700] ^= 1
            let foreign = try SimulatedWorld(seed: "somebody", time: TestWorld.today).evidence(.tdx15V5).quote
            for quote in [forged, foreign] {
                let result = try await assay.attest(quote, ["everything"])
                #expect(result.decision == .reject && result.judgement.verdict.status == .contraindicated)
                #expect(result.token == nil && result.policy == sha256)
            }
        }
    }
}
