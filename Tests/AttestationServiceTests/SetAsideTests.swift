import Appraisal
import AuditStore
import MerkleLog
import Records
import ServiceSupport
import StateStore
import Testing
import Wire

@testable import AttestationService

/// What an earlier program put in force and this one does not take: the service starts, nothing is judged in its place, and
/// an administrator says what comes after (dcap 6.8).
@Suite("Stored versions that are set aside", .timeLimit(.minutes(10)))
struct SetAsideTests {
    private static let strict = #"{"id":"strict","version":2,"allow_debug":true}"#
    private static let unanchored =
        #"{"id":"line","version":1,"claims":[{"id":"l","claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}]}"#
    private static let image =
        #"{"id":"image","version":1,"claims":[{"id":"i","claim":"tee","operator":"in","reference_set":"images"}]}"#
    private static let set =
        #"{"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":["TDX"]}}"#

    /// What an earlier program left: a service's data, and documents in force that this one would not take in.
    private static func surroundings(
        _ documents: [(DocumentVersion.Kind, String, String)]
    ) async throws -> Surroundings {
        let surroundings = try Surroundings()
        try await TestService.run(in: surroundings) { assay in try await store(documents, assay.stores.versions) }
        return surroundings
    }

    private static func store(
        _ documents: [(DocumentVersion.Kind, String, String)], _ versions: DocumentVersions
    ) async throws {
        let time = Instant(seconds: 1_768_435_200)
        for (kind, id, text) in documents {
            let bytes = Array(text.utf8)
            try await versions.add(DocumentVersion(draft: kind, id: id, version: 2, bytes: bytes, created: time))
            if kind == .policy { try await versions.setTested(kind, .of(text), cases: 1, at: time) }
            try await versions.activate(kind, .of(text), at: time)
        }
    }

    @Test("The default: nothing is judged under its id, over restarts, until an administrator retires the version")
    func standard() async throws {
        let surroundings = try await Self.surroundings([(.policy, "strict", Self.strict)])
        let hash = MerkleHash.of(Self.strict)
        for _ in 0..<2 {
            try await TestService.run(in: surroundings) { assay async throws in
                for names in [[], ["strict"], ["tdx-cloud", "strict"]] {
                    #expect(await outcome { try await assay.attest(nil, names) } == "set aside: POLICY_ID_RESERVED")
                }
                #expect(try await assay.attest(nil, ["tdx-cloud"]).decision == .accept)
                let readiness = assay.service.readiness
                #expect(!readiness.isReady && readiness.document.text("status") == "not_ready")
                let text = readiness.document.compactText
                #expect(text.contains(hash.hex) && text.contains("POLICY_ID_RESERVED"))
                let registry = assay.service.policies.current
                #expect(registry.standard == "strict" && !registry.all.contains(Policy.strict))
                #expect(registry.setAside(policy: "strict")?.sha256 == hash)
            }
        }
        try await TestService.run(in: surroundings) { assay in
            #expect(try await assay.policies.versions(.policy).map(\.state.name) == ["active"])
            #expect(try await assay.acts.filter { $0.contains("activate strict") }.count == 1)
            let retired = try await assay.policies.retire(.policy, id: "strict", hash, who: "ada")
            #expect(retired.state.name == "retired")
            #expect(try await assay.administrators == ["ada policy.retire \(hash.short)"])
            #expect(try await assay.acts.last == "activate strict \(Policy.strict.sha256.prefix(8))")
            #expect(try await assay.attest().policy.hex == Policy.strict.sha256)
            let readiness = assay.service.readiness
            #expect(readiness.isReady && !readiness.document.compactText.contains("set_aside"))
        }
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(try await assay.attest().decision == .accept)
        }
    }

    @Test("Another version in its place is a way out too")
    func replaced() async throws {
        let surroundings = try await Self.surroundings([(.policy, "strict", Self.strict)])
        try await TestService.run(in: surroundings) { assay async throws in
            let own = String(decoding: Policy.strict.bytes, as: UTF8.self)
            #expect(try await assay.enforce("strict", own).hex == Policy.strict.sha256)
            #expect(try await assay.attest().decision == .accept)
            #expect(assay.service.policies.current.setAside.isEmpty)
        }
    }

    @Test("A token that was given under it is revoked: nobody can say that it would be given now")
    func tokens() async throws {
        let surroundings = try Surroundings()
        let token = try await TestService.run(in: surroundings) { assay in
            let before = assay.service.policies.current
            let own = try Policy(parsing: Array(Self.strict.utf8))
            try await assay.stores.recorder.archive.store(
                [EvidenceItem(.policy, own.bytes)], owner: "", at: assay.time.milliseconds)
            try await assay.log.announce(
                .policy(PolicyEntry(operation: .activate, policyID: "strict", policySHA256: .of(Self.strict))))
            assay.service.policies.replace(
                PolicyRegistry(before.all.filter { $0.id != "strict" } + [own], standard: before.standard))
            let token = try await assay.token()
            try await Self.store([(.policy, "strict", Self.strict)], assay.stores.versions)
            return token
        }
        try await TestService.run(in: surroundings) { assay in
            try await assay.follow()
            #expect(try assay.introspect(token).revocation?.reasons == ["POLICY_RETIRED"])
            // In the log it stays in force, as in state.db, until an administrator says otherwise.
            let short = MerkleHash.of(Self.strict).short
            #expect(try await assay.acts.filter { $0.contains(short) } == ["activate strict \(short)"])
            _ = try await assay.policies.retire(.policy, id: "strict", .of(Self.strict), who: "ada")
            #expect(try await assay.acts.contains("retire strict \(short)"))
            #expect(try await assay.administrators == ["ada policy.retire \(short)"])
        }
    }

    @Test("A policy that does not load, and a set whose values a claim can never hold: what names them is refused")
    func others() async throws {
        let surroundings = try await Self.surroundings([
            (.policy, "line", Self.unanchored), (.policy, "image", Self.image), (.referenceSet, "images", Self.set),
        ])
        try await TestService.run(in: surroundings) { assay in
            #expect(assay.service.readiness.isReady)
            let aside = assay.service.policies.current.setAside.map { "\($0.kind.rawValue) \($0.id) \($0.code)" }
            #expect(
                Set(aside) == ["policy line POLICY_UNANCHORED_CLAIM", "reference_set images POLICY_INVALID"])
            for code in ["POLICY_UNANCHORED_CLAIM", "POLICY_INVALID"] {
                #expect(assay.service.readiness.document.compactText.contains(code))
            }
            #expect(try await assay.attest().decision == .accept)
            #expect(
                await outcome { try await assay.attest(nil, ["line"]) } == "set aside: POLICY_UNANCHORED_CLAIM")
            #expect(try await assay.attest(nil, ["image"]).decision == .reject)
            for (kind, id, text) in [
                (DocumentVersion.Kind.policy, "line", Self.unanchored), (.referenceSet, "images", Self.set),
            ] {
                let retired = try await assay.policies.retire(kind, id: id, .of(text), who: "ada")
                #expect(retired.state.name == "retired")
            }
            #expect(await outcome { try await assay.attest(nil, ["line"]) } == "unknown")
        }
    }

    /// What may go, so that the set is taken again: the policy that its values contradict.
    enum WayBack: CaseIterable { case retired, replaced }

    @Test("A set that is taken again verdicts rest on at once, and after a restart", arguments: WayBack.allCases)
    func setTakenAgain(_ way: WayBack) async throws {
        let surroundings = try Surroundings()
        let set = #"""
            {"id":"images","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z",\#
            "values":{"tee":["TDX"],"tcb.status":["UpToDate"]}}
            """#
        let other =
            #"{"id":"other","version":2,"claims":[{"id":"o","claim":"tcb.status","operator":"in","reference_set":"images"}]}"#
        try await TestService.run(in: surroundings) { assay in
            let documents: [(DocumentVersion.Kind, String, String)] = [
                (.policy, "image", Self.image), (.policy, "other", other), (.referenceSet, "images", set),
            ]
            try await Self.store(documents, assay.stores.versions)
            for version in try await [
                assay.policies.versions(.policy), assay.policies.versions(.referenceSet),
            ].joined() {
                try await assay.log.announce(version.entry(.activate))
            }
        }
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(assay.service.policies.current.setAside.map(\.id) == ["images"])
            #expect(try await assay.attest(nil, ["other"]).decision == .reject)
            switch way {
            case .retired: _ = try await assay.policies.retire(.policy, id: "image", .of(Self.image), who: "ada")
            case .replaced: try await assay.enforce("image", #"{"id":"image","version":3}"#)
            }
            #expect(try await assay.attest(nil, ["other"]).decision == .accept)
        }
        try await TestService.run(in: surroundings) { assay async throws in
            #expect(try await assay.policies.versions(.referenceSet).map(\.state.name) == ["active"])
            #expect(try await assay.attest(nil, ["other"]).decision == .accept)
        }
    }

    @Test("The folder's policy of that name does not take its place either; a default without another is not retired")
    func folderAndDefault() async throws {
        let reserved = #"{"id":"gn8v-tee-llm-gpu","version":1}"#
        let surroundings = try await Self.surroundings([
            (.policy, "line", Self.unanchored), (.policy, "gn8v-tee-llm-gpu", reserved),
        ])
        var settings = TestService.Settings()
        settings.policies = [try Policy(parsing: Array(#"{"id":"line","version":9}"#.utf8))]
        settings.standard = "gn8v-tee-llm-gpu"
        try await TestService.run(settings, in: surroundings) { assay in
            #expect(await outcome { try await assay.attest() } == "set aside: POLICY_ID_RESERVED")
            #expect(
                await outcome { try await assay.attest(nil, ["line"]) } == "set aside: POLICY_UNANCHORED_CLAIM")
            #expect(
                await outcome {
                    _ = try await assay.policies.retire(.policy, id: "gn8v-tee-llm-gpu", .of(reserved), who: "ada")
                } == "standard would go")
            _ = try await assay.policies.retire(.policy, id: "line", .of(Self.unanchored), who: "ada")
            #expect(try await assay.attest(nil, ["line"]).decision == .accept)
        }
    }
}
