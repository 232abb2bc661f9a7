import Appraisal
import DCAPFormats
import Testing
import Wire

/// Whatever is drawn: one more restriction never turns a rejection into an accept.
@Suite("Restrictions only restrict")
struct MonotonicityTests {
    /// SplitMix64: the same cases from the same seed, everywhere.
    struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var word = state
            word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
            word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
            return word ^ (word >> 31)
        }
    }

    /// Members of a policy that only take away, about things that the drawn facts sometimes have and sometimes have not.
    static let restrictions: [(member: String, value: String)] = [
        ("minimum_tcb_evaluation_number", "18"), ("minimum_tcb_evaluation_number", "19"),
        ("minimum_tcb_date", #""2026-01-05T00:00:00Z""#), ("rejected_advisory_ids", #"["INTEL-SA-00001"]"#),
        ("allowed_advisory_ids", #"["INTEL-SA-00002"]"#),
        ("td_attributes", #"{"value":"0000001000000000","mask":"0000003000000000"}"#),
        ("xfam", #"{"value":"e700000000000000","mask":"ffffffffffffffff"}"#),
        ("accepted_mr_seams", #"["\#(String.bytes(0x5E, 48))"]"#),
        ("sgx_identity", #"{"mr_enclave":["\#(String.bytes(0xE0, 32))"]}"#),
        ("td_identity", #"{"mr_td":["\#(String.bytes(0xA0, 48))"]}"#), ("require_report_data", "true"),
        ("require_challenge", "true"), ("require_challenge", #""service""#),
        ("report_data_schemes", #"["raw"]"#), ("accepted_sgx_types", #"["Scalable"]"#),
        ("allow_dynamic_platform", "false"), ("allow_cached_keys", "false"), ("allow_smt", "false"),
        ("accepted_fmspcs", #"["90c06f000000"]"#), ("accepted_ppid_sha256", #"["\#(String.bytes(0x55, 32))"]"#),
        ("accepted_platform_instance_ids", #"["\#(String.bytes(0x77, 16))"]"#),
        ("require_event_log", "true"), ("require_all_registers_replayed", "true"),
        ("claims", #"[{"id":"c","claim":"tee","operator":"equals","value":"tdx"}]"#),
        ("claims", #"[{"id":"c","not":{"claim":"mr_td","operator":"in","values":["\#(String.bytes(0xA0, 48))"]}}]"#),
        (
            "claims",
            #"[{"id":"c","all":[{"claim":"rtmr2","operator":"equals","value":"\#(String.bytes(0xB2, 48))"},{"claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}]}]"#
        ),
        (
            "claims",
            #"[{"id":"c","any":[{"claim":"tee","operator":"equals","value":"sgx"},{"claim":"rtmr1","operator":"absent"}]}]"#
        ),
    ]

    static let permissions: [(member: String, value: String)] = [
        ("accepted_tcb_statuses", #"["UpToDate","SWHardeningNeeded","OutOfDate"]"#),
        ("accept_relaunch_advised", "true"),
        ("allow_debug", "true"), ("allow_td_profiling", "true"), ("allow_td_reserved_bits", "true"),
        ("allow_service_td", "true"), ("accept_undefined_flags", "true"),
        (
            "graces",
            #"[{"rule":"tcb.date","until":"2026-02-01T00:00:00Z","reason":"r"},{"rule":"tcb.status","until":"2026-02-01T00:00:00Z","reason":"r"}]"#
        ),
    ]

    static func facts(_ random: inout Generator) -> FactsRecipe {
        var facts = Bool.random(using: &random) ? FactsRecipe.td() : .sgx()
        func often() -> Bool { Int.random(in: 0..<4, using: &random) > 0 }
        if !often() {
            facts.status =
                [.swHardeningNeeded, .outOfDate, .tdRelaunchAdvised].randomElement(using: &random) ?? .upToDate
        }
        if !often() { facts.currentStatus = .outOfDate }
        if !often() { facts.evaluationNumber = 17 }
        if !often() { facts.advisories = ["INTEL-SA-0000\(Int.random(in: 1...2, using: &random))"] }
        if !often() { facts.collateralEnd = facts.time }
        if !often() { facts.dynamicPlatform = [true, nil].randomElement(using: &random) ?? nil }
        if !often() { facts.smtEnabled = false }
        if !often() { facts.namesHost = false }
        if !often() { facts.tcbDate = facts.time.advanced(bySeconds: -86_400 * 300) }
        if !often() {
            let offset = facts.bodyType == .sgx ? FactsRecipe.SGX.attributes : FactsRecipe.TD.attributes
            facts.body[offset + Int.random(in: 0..<4, using: &random)] ^= 1 << UInt8.random(in: 0..<7, using: &random)
        }
        if !often(), facts.bodyType != .sgx { facts.body.fill(FactsRecipe.TD.mrTD, 48, 0x11) }
        return facts
    }

    @Test("5,000 drawn policies and facts", arguments: 0..<10)
    func drawn(_ seed: Int) throws {
        var random = Generator(state: UInt64(seed) &* 7_919 &+ 1)
        var (accepts, rejects, turned) = (0, 0, 0)
        for _ in 0..<500 {
            let facts = try Self.facts(&random).make()
            let log: EventLogRecord? =
                [
                    nil,
                    EventLogRecord(
                        registers: [.replayed, .replayed, .replayed, .reported],
                        claims: ["kernel_cmdline": .text("quiet")]),
                    EventLogRecord(registers: [.replayed, .differs, .replayed, .replayed]),
                ].randomElement(using: &random) ?? nil
            let expected =
                Bool.random(using: &random) ? ExpectedReportData(raw: [UInt8](repeating: 0xDA, count: 64)) : nil
            var members: [String: String] = [:]
            for entry in Self.permissions where Int.random(in: 0..<3, using: &random) == 0 {
                members[entry.member] = entry.value
            }
            for entry in Self.restrictions where Int.random(in: 0..<12, using: &random) == 0 {
                members[entry.member] = entry.value
            }
            func judge(_ members: [String: String]) throws -> Conclusion {
                let text = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
                let finding = appraise(facts, under: try .of(text), eventLog: log, expecting: expected)
                return Conclusion(facts, [finding], log, isFresh: expected?.isFresh ?? false)
            }
            let before = try judge(members)
            guard let added = Self.restrictions.randomElement(using: &random), members[added.member] == nil else {
                continue
            }
            let after = try judge(members.merging([added.member: added.value]) { $1 })
            if !after.isAccepted { #expect(after.status != .affirming) }
            guard !before.isAccepted else {
                accepts += 1
                turned += after.isAccepted ? 0 : 1
                continue
            }
            // What failed goes on failing, and nothing that was refused is let in.
            rejects += 1
            #expect(!after.isAccepted, "\(members) and \(added)")
            #expect(Set(before.reasons).isSubset(of: after.reasons), "\(members) and \(added)")
        }
        // The draw says something only if all of them happen often.
        #expect(accepts > 20)
        #expect(rejects > 100)
        #expect(turned > 5)
    }

    @Test("Several policies: all must accept, in any order, and each is shown")
    func several() throws {
        let facts = try FactsRecipe.td().with { $0.evaluationNumber = 17 }.make()
        let findings = [
            appraise(facts, under: .strict), appraise(facts, under: try .of(#""minimum_tcb_evaluation_number":18"#)),
        ]
        #expect(findings.map(\.isAccepted) == [true, false])
        for order in [findings, findings.reversed()] {
            let conclusion = Conclusion(facts, order, nil, isFresh: true)
            #expect(!conclusion.isAccepted)
            #expect(conclusion.reasons == [.evaluationNumber])
        }
    }
}
