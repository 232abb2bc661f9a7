import Appraisal
import DCAPFormats
import Testing
import Wire
import Words

/// Every rule of dcap 6.7 holding, failing, and malformed; rows 245 to 254 of dcap 7.12.
@Suite("Policy rules")
struct PolicyRuleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let rule: String
        let members: String
        var facts = FactsRecipe.td()
        var fails: PolicyCode?
        var log: EventLogRecord?
        var testDescription: String { "\(rule): \(members) → \(fails?.rawValue ?? "holds")" }

        init(
            _ rule: String, _ members: String, _ fails: PolicyCode? = nil, log: EventLogRecord? = nil,
            sgx: Bool = false, _ edit: (inout FactsRecipe) -> Void = { _ in }
        ) {
            self.rule = rule
            self.members = members
            self.fails = fails
            self.log = log
            facts = (sgx ? FactsRecipe.sgx() : .td()).with(edit)
        }
    }

    private static let zero48 = String.bytes(0, 48)
    private static let replayed = EventLogRecord(
        registers: [.replayed, .replayed, .replayed, .replayed],
        claims: [
            "kernel_cmdline": .text("root=/dev/vda1 quiet"), "llm.models": .list(["a", "b"]),
            "rtmr1.digests": .list([.bytes(1, 48), .bytes(2, 48)]),
        ])
    /// One name is composed, the other two code points; one has a K, the other a Kelvin sign. Swift's `==` holds them equal.
    private static let equivalent = EventLogRecord(
        registers: [.replayed, .replayed, .replayed, .replayed],
        claims: [
            "llm.models": .list(["caf\u{E9}"]), "aael.org.example K": .list(["\u{212A}"]),
            "aael.org.example \u{212A}": .list(["other"]),
        ])

    static let cases: [Case] = [
        Case("tcb.status", ""),
        Case("tcb.status", "", .tcbStatus) { $0.status = .swHardeningNeeded },
        Case("tcb.status", #""accepted_tcb_statuses":["UpToDate","SWHardeningNeeded"]"#) {
            $0.status = .swHardeningNeeded
        },
        // Row 248: the compound status is not its parts.
        Case("tcb.status", #""accepted_tcb_statuses":["UpToDate","ConfigurationNeeded"]"#, .tcbStatus) {
            $0.status = .configurationAndSWHardeningNeeded
        },
        Case("tcb.relaunch", "", .relaunch) { $0.status = .tdRelaunchAdvised },
        Case("tcb.relaunch", #""accept_relaunch_advised":true"#) { $0.status = .tdRelaunchAdvised },
        Case("tcb.relaunch", #""accept_relaunch_advised":true"#, .relaunch) {
            $0.status = .tdRelaunchAdvisedConfigurationNeeded
        },
        Case("tcb.current", "", .currentTCB) { $0.currentStatus = .outOfDate },
        Case("tcb.current", #""accepted_tcb_statuses":["UpToDate","OutOfDate"]"#) { $0.currentStatus = .outOfDate },
        Case("tcb.current", #""accepted_tcb_statuses":["UpToDate","OutOfDate"]"#, .currentTCB) {
            $0.currentStatus = .revoked
        },
        Case("collateral.expiry", "", .collateralExpired) { $0.collateralEnd = $0.time },
        Case("collateral.expiry", #""collateral_grace_seconds":60"#) {
            $0.collateralEnd = $0.time.advanced(bySeconds: -60)
        },
        Case("collateral.expiry", #""collateral_grace_seconds":60"#, .collateralExpired) {
            $0.collateralEnd = $0.time.advanced(bySeconds: -61)
        },
        Case("platform.grace", #""accepted_tcb_statuses":["UpToDate","OutOfDate"],"platform_grace_seconds":864000"#) {
            $0.status = .outOfDate
        },
        Case(
            "platform.grace", #""accepted_tcb_statuses":["UpToDate","OutOfDate"],"platform_grace_seconds":863999"#,
            .platformGrace
        ) { $0.status = .outOfDate },
        Case("tcb.evaluation_number", #""minimum_tcb_evaluation_number":18"#),
        Case("tcb.evaluation_number", #""minimum_tcb_evaluation_number":19"#, .evaluationNumber),
        Case("tcb.date", #""minimum_tcb_date":"2026-01-05T00:00:00Z""#),
        Case("tcb.date", #""minimum_tcb_date":"2026-01-05T00:00:01Z""#, .tcbDate),
        // What runs now counts too.
        Case("tcb.date", #""minimum_tcb_date":"2026-01-05T00:00:00Z""#, .tcbDate) {
            $0.currentTCBDate = $0.tcbDate.advanced(bySeconds: -1)
        },
        Case("tcb.advisories", #""rejected_advisory_ids":["INTEL-SA-00001"]"#) { $0.advisories = ["INTEL-SA-00002"] },
        // Row 251: advisories have no case.
        Case("tcb.advisories", #""rejected_advisory_ids":["intel-sa-00002"]"#, .advisory) {
            $0.advisories = ["INTEL-SA-00002"]
        },
        Case("tcb.advisories", #""allowed_advisory_ids":["INTEL-SA-00001"]"#, .advisory) {
            $0.advisories = ["INTEL-SA-00002"]
        },
        Case("debug", ""),
        Case("debug", "", .debug) { $0.body[FactsRecipe.TD.attributes] |= 1 },
        Case("debug", #""allow_debug":true"#) { $0.body[FactsRecipe.TD.attributes] |= 1 },
        Case("debug", "", .debug, sgx: true) { $0.body[FactsRecipe.SGX.attributes] |= 2 },
        Case("td.profiling", "", .tdProfiling) { $0.body[FactsRecipe.TD.attributes] |= 0x20 },
        Case("td.profiling", #""allow_td_profiling":true"#) { $0.body[FactsRecipe.TD.attributes] |= 0x20 },
        Case("td.reserved_bits", "", .tdReserved) { $0.body[FactsRecipe.TD.attributes + 5] = 1 },
        Case("td.reserved_bits", #""allow_td_reserved_bits":true"#) { $0.body[FactsRecipe.TD.attributes + 5] = 1 },
        Case("td.attributes", #""td_attributes":{"value":"0000001000000000","mask":"0000003000000000"}"#),
        Case("td.attributes", #""td_attributes":{"value":"0000001000000000","mask":"0000003000000000"}"#, .tdAttributes)
        {
            $0.body[FactsRecipe.TD.attributes + 3] = 0x30
        },
        Case(
            "td.attributes", #""td_attributes":{"value":"0000001000000000","mask":"0000003000000000"}"#, .tdAttributes,
            sgx: true),
        Case("td.xfam", #""xfam":{"value":"e700000000000000","mask":"ffffffffffffffff"}"#),
        Case("td.xfam", #""xfam":{"value":"0300000000000000","mask":"ffffffffffffffff"}"#, .xfam),
        Case("td.service_td", "", .serviceTD) { $0.body.fill(FactsRecipe.TD.serviceTD, 48, 9) },
        Case("td.service_td", #""allow_service_td":true"#) { $0.body.fill(FactsRecipe.TD.serviceTD, 48, 9) },
        Case("td.service_td", #""accepted_service_tds":["\#(String.bytes(9, 48))"]"#) {
            $0.body.fill(FactsRecipe.TD.serviceTD, 48, 9)
        },
        Case("td.service_td", #""accepted_service_tds":["\#(String.bytes(9, 48))"]"#, .serviceTD) {
            $0.body.fill(FactsRecipe.TD.serviceTD, 48, 8)
        },
        Case("td.mr_seam", #""accepted_mr_seams":["\#(String.bytes(0x5E, 48))"]"#),
        Case("td.mr_seam", #""accepted_mr_seams":["\#(zero48)"]"#, .mrSEAM),
        Case("td.mr_seam", #""accepted_mr_seams":["\#(zero48)"]"#, .mrSEAM, sgx: true),
        Case("sgx.identity", #""sgx_identity":{"mr_enclave":["\#(String.bytes(0xE0, 32))"]}"#, sgx: true),
        Case("sgx.identity", #""sgx_identity":{"mr_enclave":["\#(String.bytes(0xE1, 32))"]}"#, .sgxIdentity, sgx: true),
        Case("sgx.identity", #""sgx_identity":{"mr_enclave":["\#(String.bytes(0xE0, 32))"]}"#, .sgxIdentity),
        Case(
            "sgx.identity",
            #""sgx_identity":{"mr_signer":["\#(String.bytes(0xE1, 32))"],"isv_prod_id":3,"minimum_isv_svn":7}"#,
            sgx: true),
        Case(
            "sgx.identity",
            #""sgx_identity":{"mr_signer":["\#(String.bytes(0xE1, 32))"],"isv_prod_id":3,"minimum_isv_svn":8}"#,
            .sgxIdentity, sgx: true),
        Case(
            "sgx.identity",
            #""sgx_identity":{"mr_signer":["\#(String.bytes(0xE1, 32))"],"isv_prod_id":4,"minimum_isv_svn":7}"#,
            .sgxIdentity, sgx: true),
        Case(
            "sgx.identity",
            #""sgx_identity":{"mr_enclave":["\#(String.bytes(0xE0, 32))"],"attributes":{"value":"\#("05" + String.bytes(0, 15))","mask":"\#("07" + String.bytes(0, 15))"},"config_id":"\#(String.bytes(0xC1, 64))","minimum_config_svn":2,"isv_ext_prod_id":"\#(String.bytes(0, 16))","isv_family_id":"\#(String.bytes(0, 16))","misc_select":{"value":"00000000","mask":"ffffffff"}}"#,
            sgx: true),
        Case(
            "sgx.identity",
            #""sgx_identity":{"mr_enclave":["\#(String.bytes(0xE0, 32))"],"minimum_config_svn":3}"#, .sgxIdentity,
            sgx: true),
        Case("td.identity", #""td_identity":{"mr_td":["\#(zero48)","\#(String.bytes(0xA0, 48))"]}"#),
        Case("td.identity", #""td_identity":{"mr_td":["\#(zero48)"]}"#, .tdIdentity),
        Case("td.identity", #""td_identity":{"mr_td":["\#(zero48)"]}"#, .tdIdentity, sgx: true),
        Case("td.identity", #""td_identity":{"rtmr3":["\#(String.bytes(0xB3, 48))"],"mr_owner":["\#(zero48)"]}"#),
        Case(
            "td.identity",
            #""td_identity":{"rtmr3":["\#(String.bytes(0xB3, 48))"],"mr_owner":["\#(String.bytes(1, 48))"]}"#,
            .tdIdentity),
        Case("report_data", #""require_report_data":true"#, .reportData),
        Case("freshness", #""require_challenge":true"#, .freshness),
        Case("platform.type", #""accepted_sgx_types":["Scalable"]"#),
        Case("platform.type", #""accepted_sgx_types":["Standard"]"#, .platformType),
        Case("platform.type", #""allow_dynamic_platform":false"#),
        Case("platform.type", #""allow_dynamic_platform":false"#, .platformType) { $0.dynamicPlatform = true },
        // Row 252: nobody knows is not no.
        Case("platform.type", #""allow_dynamic_platform":false"#, .platformType) { $0.dynamicPlatform = nil },
        Case("platform.type", #""allow_dynamic_platform":false,"accept_undefined_flags":true"#) {
            $0.dynamicPlatform = nil
        },
        Case("platform.type", #""allow_cached_keys":false"#, .platformType) { $0.cachedKeys = true },
        Case("platform.type", #""allow_smt":false"#, .platformType),
        Case("platform.type", #""allow_smt":true"#),
        Case("platform.id", #""accepted_fmspcs":["90c06f000000"]"#),
        Case("platform.id", #""accepted_fmspcs":["00606a000000"]"#, .platformID),
        Case("platform.id", #""accepted_ppid_sha256":["\#(String.bytes(0x55, 32))"]"#),
        Case("platform.id", #""accepted_ppid_sha256":["\#(String.bytes(0x56, 32))"]"#, .platformID),
        Case("platform.id", #""accepted_ppid_sha256":["\#(String.bytes(0x55, 32))"]"#, .platformID) {
            $0.namesHost = false
        },
        Case("platform.id", #""accepted_platform_instance_ids":["\#(String.bytes(0x77, 16))"]"#),
        Case("platform.id", #""accepted_platform_instance_ids":["\#(String.bytes(0x78, 16))"]"#, .platformID),
        Case("event_log", "", log: replayed),
        Case("event_log", "", .eventLog, log: EventLogRecord(registers: [.replayed, .differs, .replayed, .reported])),
        Case(
            "event_log", "", .eventLog,
            log: EventLogRecord(failure: .init(code: "EVENTLOG_TRUNCATED", detail: "byte 12"))),
        Case("event_log", "", log: EventLogRecord(registers: [.replayed, .replayed, .replayed, .reported])),
        Case(
            "event_log", #""require_all_registers_replayed":true"#, .eventLog,
            log: EventLogRecord(registers: [.replayed, .replayed, .replayed, .reported])),
        Case("event_log", #""require_event_log":true"#, .eventLog),
        Case(
            "event_log", "", .eventLog,
            log: EventLogRecord(
                registers: [.replayed, .replayed, .replayed, .replayed], violations: ["llm.phase: no ready"])),
        Case("claim.c", claim(#""claim":"tee","operator":"equals","value":"tdx""#)),
        Case("claim.c", claim(#""claim":"tee","operator":"equals","value":"tdx""#), .claim, sgx: true),
        Case("claim.c", claim(#""claim":"mr_td","operator":"in","values":["\#(String.bytes(0xA0, 48))"]"#)),
        Case("claim.c", claim(#""claim":"mr_td","operator":"in","values":["\#(String.bytes(0xA1, 48))"]"#), .claim),
        // An upper-case value means the same bytes.
        Case(
            "claim.c", claim(#""claim":"mr_td","operator":"equals","value":"\#(String.bytes(0xA0, 48).uppercased())""#)),
        Case("claim.c", claim(#""claim":"tcb.evaluation_number","operator":"at_least","value":18"#)),
        Case("claim.c", claim(#""claim":"tcb.evaluation_number","operator":"at_least","value":19"#), .claim),
        Case("claim.c", claim(#""claim":"tcb.date","operator":"at_least","value":"2026-01-05T00:00:00Z""#)),
        Case("claim.c", claim(#""claim":"tcb.date","operator":"at_least","value":"2026-01-06T00:00:00Z""#), .claim),
        Case(
            "claim.c",
            claim(
                #""claim":"td_attributes","operator":"mask_equals","value":"0000001000000000","mask":"0000001000000000""#
            )),
        Case(
            "claim.c",
            claim(
                #""claim":"td_attributes","operator":"mask_equals","value":"0000000800000000","mask":"0000000800000000""#
            ), .claim),
        Case("claim.c", claim(#""claim":"mr_enclave","operator":"absent""#)),
        Case("claim.c", claim(#""claim":"mr_td","operator":"absent""#), .claim),
        Case("claim.c", claim(#""not":{"claim":"tee","operator":"equals","value":"sgx"}"#)),
        Case("claim.c", claim(#""not":{"claim":"tee","operator":"equals","value":"tdx"}"#), .claim),
        Case(
            "claim.c",
            claim(
                #""all":[{"claim":"tee","operator":"equals","value":"tdx"},{"claim":"quote.version","operator":"at_least","value":4}]"#
            )),
        Case(
            "claim.c",
            claim(
                #""all":[{"claim":"tee","operator":"equals","value":"tdx"},{"claim":"quote.version","operator":"at_least","value":6}]"#
            ), .claim),
        Case(
            "claim.c",
            claim(
                #""any":[{"claim":"tee","operator":"equals","value":"sgx"},{"claim":"quote.version","operator":"at_least","value":4}]"#
            )),
        Case(
            "claim.c",
            claim(
                #""any":[{"claim":"tee","operator":"equals","value":"sgx"},{"claim":"quote.version","operator":"at_least","value":6}]"#
            ), .claim),
        // A range: from 10 on, and not from 20 on.
        Case(
            "claim.c",
            claim(
                #""all":[{"claim":"tcb.evaluation_number","operator":"at_least","value":10},{"not":{"claim":"tcb.evaluation_number","operator":"at_least","value":20}}]"#
            )),
        // What is not known satisfies neither a test nor its opposite, and is not shown to be absent.
        Case(
            "claim.c",
            anchored(#""claim":"event_log.kernel_cmdline","operator":"equals","value":"root=/dev/vda1 quiet""#),
            .claim),
        Case(
            "claim.c",
            anchored(#""not":{"claim":"event_log.kernel_cmdline","operator":"equals","value":"init=/bin/sh"}"#),
            .claim),
        Case("claim.c", anchored(#""claim":"event_log.kernel_cmdline","operator":"absent""#), .claim),
        Case("claim.c", anchored(#""claim":"event_log.initrd_digest","operator":"absent""#), .claim, log: replayed),
        Case(
            "claim.c",
            anchored(#""claim":"event_log.kernel_cmdline","operator":"equals","value":"root=/dev/vda1 quiet""#),
            log: replayed),
        // A list is within a set if each of its values is; it is clear of a set if none is.
        Case(
            "claim.c", claim(#""claim":"event_log.llm.models","operator":"in","values":["a","b","c"]"#), log: replayed),
        Case(
            "claim.c", claim(#""claim":"event_log.llm.models","operator":"in","values":["a"]"#), .claim, log: replayed),
        Case(
            "claim.c", claim(#""not":{"claim":"event_log.llm.models","operator":"in","values":["b"]}"#), .claim,
            log: replayed),
        Case(
            "claim.c", claim(#""not":{"claim":"event_log.llm.models","operator":"in","values":["c"]}"#), log: replayed),
        Case("claim.c", claim(#""claim":"tcb.advisory_ids","operator":"in","values":["INTEL-SA-00001"]"#), .claim),
        // Row 262: without regard to case, of launch and of current.
        Case(
            "claim.c", claim(#""not":{"claim":"tcb.advisory_ids","operator":"in","values":["intel-sa-00837"]}"#), .claim
        ) { $0.currentAdvisories = ["INTEL-SA-00837"] },
        Case("claim.c", claim(#""claim":"tcb.advisory_ids","operator":"subset_of","values":["intel-sa-00837"]"#)) {
            $0.advisories = ["INTEL-SA-00837"]
        },
        Case("claim.c", claim(#""claim":"tcb.advisory_ids","operator":"in","values":["INTEL-SA-00001"]"#), .claim) {
            $0.advisories = ["INTEL-SA-00001"]
            $0.currentAdvisories = ["INTEL-SA-00002"]
        },
        // Row 89: the digests of a register are one list; their set is asked about by another operator.
        Case("claim.c", digests("in", [one + " " + two, two]), log: replayed),
        Case("claim.c", digests("in", [(one + " " + two).uppercased()]), log: replayed),
        Case("claim.c", digests("in", [one, two]), .claim, log: replayed),
        Case("claim.c", digests("in", [two + " " + one, one + " " + one + " " + two]), .claim, log: replayed),
        Case("claim.c", digests("subset_of", [one, two]), log: replayed),
        Case("claim.c", digests("subset_of", [one]), .claim, log: replayed),
        Case(
            "claim.c",
            claim(#""claim":"event_log.rtmr1.digests","operator":"equals","value":"\#(one) \#(two)""#), log: replayed),
        Case("claim.c", claim(#""not":{\#(digestTest("in", [one + " " + two]))}"#), .claim, log: replayed),
        Case("claim.c", claim(#""not":{\#(digestTest("in", [one]))}"#), log: replayed),
        Case("claim.c", claim(#""not":{\#(digestTest("subset_of", [two]))}"#), .claim, log: replayed),
        Case("claim.c", digests("subset_of", [one, two]), .claim),
        // Texts and names are bytes, not what a person would take for the same.
        Case(
            "claim.c", claim(#""claim":"event_log.llm.models","operator":"in","values":["caf\#u{E9}"]"#),
            log: equivalent),
        Case(
            "claim.c", claim(#""claim":"event_log.llm.models","operator":"in","values":["cafe\#u{301}"]"#), .claim,
            log: equivalent),
        Case(
            "claim.c",
            claim(#""claim":"event_log.llm.models","operator":"in","values":["caf\#u{E9}","cafe\#u{301}"]"#),
            log: equivalent),
        Case(
            "claim.c", claim(#""not":{"claim":"event_log.llm.models","operator":"in","values":["caf\#u{E9}"]}"#),
            .claim,
            log: equivalent),
        Case(
            "claim.c", claim(#""claim":"event_log.aael.org.example K","operator":"equals","value":"K""#), .claim,
            log: equivalent),
        Case(
            "claim.c",
            claim(#""claim":"event_log.aael.org.example \#u{212A}","operator":"equals","value":"other""#),
            log: equivalent),
        Case(
            "claim.c", claim(#""claim":"event_log.aael.org.example K","operator":"equals","value":"other""#), .claim,
            log: equivalent),
    ]

    private static func claim(_ expression: String) -> String { #""claims":[{"id":"c",\#(expression)}]"# }

    /// Beside the register that a labelled fact comes from.
    private static func anchored(_ expression: String) -> String {
        #""td_identity":{"rtmr2":["\#(String.bytes(0xB2, 48))"]},"# + claim(expression)
    }

    private static let one = String.bytes(1, 48)
    private static let two = String.bytes(2, 48)

    private static func digests(_ test: String, _ values: [String]) -> String { claim(digestTest(test, values)) }

    private static func digestTest(_ test: String, _ values: [String]) -> String {
        let list = values.map { #""\#($0)""# }.joined(separator: ",")
        return #""claim":"event_log.rtmr1.digests","operator":"\#(test)","values":[\#(list)]"#
    }

    @Test("A rule holds or fails, alone, with its code", arguments: cases)
    func rule(_ test: Case) throws {
        let finding = appraise(try test.facts.make(), under: try .of(test.members), eventLog: test.log)
        guard let result = finding.rules.first(where: { $0.id == test.rule }) else {
            Issue.record("no rule \(test.rule)")
            return
        }
        if let code = test.fails {
            guard case .failed(code, _) = result.outcome else {
                Issue.record("\(result.outcome)")
                return
            }
            #expect(!result.found.isEmpty)
            #expect(!result.wanted.isEmpty)
            #expect(!finding.isAccepted)
        } else {
            switch result.outcome {
            case .passed, .tolerated: break
            // `allow_smt: true` forbids nothing.
            case .notPerformed: #expect(test.members.contains("allow_smt"))
            case .failed(let code, _): Issue.record("\(code.rawValue): found \(result.found), wanted \(result.wanted)")
            }
            #expect(finding.codes.isEmpty)
        }
    }

    @Test("Every rule has a case that holds and one that fails")
    func coverage() {
        for rule in PolicyRule.allCases {
            let cases = Self.cases.filter { $0.rule == rule.rawValue }
            // Report data is tried with what is expected, below; freshness, where its tests are.
            let isElsewhere = rule == .reportData || rule == .freshness
            #expect(cases.contains { $0.fails == nil } == !isElsewhere, "\(rule.rawValue)")
            #expect(cases.contains { $0.fails != nil }, "\(rule.rawValue) never fails")
        }
        let codes = Set(Self.cases.compactMap(\.fails)).union([.referenceExpired])
        for code in PolicyCode.allCases where !code.isWarning { #expect(codes.contains(code), "\(code.rawValue)") }
    }

    @Test("Report data: the value, and the scheme that the policy names")
    func reportData() throws {
        let facts = try FactsRecipe.td().make()
        let right = ExpectedReportData(raw: [UInt8](repeating: 0xDA, count: 64))
        let wrong = ExpectedReportData(raw: [1])
        func codes(_ members: String, _ expected: ExpectedReportData?) throws -> [PolicyCode] {
            appraise(facts, under: try .of(members), expecting: expected).codes
        }
        #expect(try codes(#""require_report_data":true"#, right).isEmpty)
        #expect(try codes("", wrong) == [.reportData])
        #expect(try codes(#""report_data_schemes":["raw"]"#, right).isEmpty)
        #expect(try codes(#""report_data_schemes":["sha512"]"#, right) == [.reportData])
    }

    @Test("A grace ends on its day, stands in the verdict until then, and never covers what is contraindicated")
    func grace() throws {
        let members =
            #""graces":[{"rule":"tcb.status","until":"2026-01-16T00:00:00Z","reason":"update planned"},{"rule":"claim.c","until":"2026-01-16T00:00:00Z","reason":"x"}],"claims":[{"id":"c","not":{"claim":"mr_td","operator":"in","values":["\#(String.bytes(0xA0, 48))"]}}]"#
        let policy = try Policy.of(members)
        let before = FactsRecipe.td().with { $0.status = .outOfDate }
        let finding = appraise(try before.make(), under: policy)
        #expect(finding.codes == [.claim])
        #expect(
            finding.rules.first?.outcome
                == .tolerated(
                    .tcbStatus, until: Instant(seconds: 1_768_521_600), reason: "update planned"))
        let after = appraise(try before.with { $0.time = $0.time.advanced(bySeconds: 86_400) }.make(), under: policy)
        #expect(after.codes == [.tcbStatus, .claim])
        let short = try Policy.of(
            #""graces":[{"rule":"tcb.status","until":"2026-01-16T00:00:00Z","reason":"update planned"}]"#)
        let tolerated = appraise(try before.make(), under: short)
        let conclusion = Conclusion(try before.make(), [tolerated], nil, isFresh: true)
        #expect(conclusion.isAccepted)
        #expect(conclusion.reasons.contains(.graceInUse))
        #expect(conclusion.status == .warning)
        #expect(tolerated.expires == Instant(seconds: 1_768_521_600))
    }

    @Test("Reference values count between their dates; outside them they are a finding")
    func references() throws {
        let text = #"""
            {"id":"s","version":2,"provenance":{"source":"us","note":"n"},"valid_from":"2026-01-01T00:00:00Z",
             "valid_until":"2026-01-15T00:00:00Z","values":{"mr_td":["\#(String.bytes(0xA0, 48).uppercased())"]}}
            """#
        let library = ReferenceLibrary([try ReferenceSet(parsing: Array(text.utf8))])
        let policy = try Policy.of(#""claims":[{"id":"c","claim":"mr_td","operator":"in","reference_set":"s"}]"#)
        func codes(_ seconds: Int64, _ library: ReferenceLibrary) throws -> [PolicyCode] {
            let facts = try FactsRecipe.td().with { $0.time = $0.time.advanced(bySeconds: seconds) }.make()
            return appraise(facts, under: policy, references: library).codes
        }
        #expect(try codes(-1, library).isEmpty)
        #expect(try codes(0, library) == [.referenceExpired, .claim])
        #expect(try codes(-86_400 * 30, library) == [.referenceExpired, .claim])
        #expect(try codes(-1, .empty) == [.claim])
        #expect(requirements(of: policy).referenceSets == ["s"])
    }
}
