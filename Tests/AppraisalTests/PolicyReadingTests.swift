import DCAPFormats
import Testing
import Wire
import Words

@testable import Appraisal

/// Policies and reference sets that are not: each is refused with a code, the member and the byte (dcap 6.7 rule 3).
@Suite("Reading policies")
struct PolicyReadingTests {
    struct Broken: CustomTestStringConvertible, Sendable {
        let members: String
        let field: String
        let code: PolicyError.Code
        var testDescription: String { members }

        init(_ members: String, _ field: String, isUnknown: Bool = false) {
            self.init(members, field, isUnknown ? .unknownMember : .invalid)
        }

        init(_ members: String, _ field: String, _ code: PolicyError.Code) {
            self.members = members
            self.field = field
            self.code = code
        }
    }

    static let broken: [Broken] = [
        // Row 246.
        Broken(#""allow_dynamic_plaform":false"#, "allow_dynamic_plaform", isUnknown: true),
        // Row 247.
        Broken(#""accepted_tcb_statuses":["OutOfDate"]"#, "accepted_tcb_statuses"),
        Broken(#""accepted_tcb_statuses":[]"#, "accepted_tcb_statuses"),
        Broken(#""accepted_tcb_statuses":"UpToDate""#, "accepted_tcb_statuses"),
        Broken(#""accepted_tcb_statuses":["UpToDate","Revoked"]"#, "accepted_tcb_statuses[1]"),
        Broken(#""accepted_tcb_statuses":["UpToDate","TDRelaunchAdvised"]"#, "accepted_tcb_statuses[1]"),
        Broken(#""accepted_tcb_statuses":["UpToDate","UpToDate"]"#, "accepted_tcb_statuses[1]"),
        Broken(#""accepted_tcb_statuses":["uptodate"]"#, "accepted_tcb_statuses[0]"),
        // Rows 249 and 250.
        Broken(#""minimum_tcb_evaluation_number":16,"collateral_grace_seconds":1"#, "minimum_tcb_evaluation_number"),
        Broken(
            #""accepted_tcb_statuses":["UpToDate","OutOfDate"],"minimum_tcb_evaluation_number":16,"platform_grace_seconds":1"#,
            "minimum_tcb_evaluation_number"),
        Broken(
            #""accepted_tcb_statuses":["UpToDate","OutOfDate"],"collateral_grace_seconds":1,"platform_grace_seconds":1"#,
            "platform_grace_seconds"),
        Broken(#""platform_grace_seconds":1"#, "platform_grace_seconds"),
        Broken(#""collateral_grace_seconds":-1"#, "collateral_grace_seconds"),
        Broken(#""collateral_grace_seconds":1.0"#, "collateral_grace_seconds"),
        Broken(#""collateral_grace_seconds":99999999999"#, "collateral_grace_seconds"),
        Broken(#""collateral_grace_seconds":"60""#, "collateral_grace_seconds"),
        Broken(#""accept_relaunch_advised":1"#, "accept_relaunch_advised"),
        Broken(#""minimum_tcb_date":"2026-01-05""#, "minimum_tcb_date"),
        Broken(#""rejected_advisory_ids":[]"#, "rejected_advisory_ids"),
        Broken(#""rejected_advisory_ids":[1]"#, "rejected_advisory_ids[0]"),
        Broken(
            #""rejected_advisory_ids":["INTEL-SA-00001"],"allowed_advisory_ids":["intel-sa-00001"]"#,
            "allowed_advisory_ids"),
        Broken(#""rejected_advisory_ids":["SA-00615"]"#, "rejected_advisory_ids"),
        Broken(#""rejected_advisory_ids":["INTEL-SA-615"]"#, "rejected_advisory_ids"),
        Broken(#""allowed_advisory_ids":["INTEL-SA-00001","INTEL-SA-000615"]"#, "allowed_advisory_ids"),
        Broken(#""allow_debug":"yes""#, "allow_debug"),
        Broken(#""allow_td_profiling":0"#, "allow_td_profiling"),
        Broken(#""allow_td_reserved_bits":null"#, "allow_td_reserved_bits"),
        // Row 254.
        Broken(#""td_attributes":{"value":"0000001000000000","mask":"00000030000000"}"#, "td_attributes.mask"),
        Broken(#""td_attributes":{"value":"0000004000000000","mask":"0000003000000000"}"#, "td_attributes.value"),
        Broken(#""td_attributes":{"value":"0000000000000000","mask":"0000000000000000"}"#, "td_attributes.value"),
        Broken(#""td_attributes":{"value":"0000001000000000"}"#, "td_attributes.mask"),
        Broken(
            #""td_attributes":{"value":"0000001000000000","mask":"0000003000000000","x":1}"#, "td_attributes.x",
            isUnknown: true),
        Broken(#""xfam":{"value":"zz","mask":"ff"}"#, "xfam.value"),
        Broken(#""allow_service_td":"no""#, "allow_service_td"),
        Broken(#""accepted_service_tds":["00"]"#, "accepted_service_tds[0]"),
        Broken(#""allow_service_td":true,"accepted_service_tds":["\#(String.bytes(1, 48))"]"#, "accepted_service_tds"),
        Broken(#""accepted_mr_seams":[]"#, "accepted_mr_seams"),
        Broken(#""sgx_identity":{}"#, "sgx_identity.mr_enclave"),
        Broken(#""sgx_identity":{"mr_signer":["\#(String.bytes(1, 32))"]}"#, "sgx_identity.isv_prod_id"),
        Broken(
            #""sgx_identity":{"mr_signer":["\#(String.bytes(1, 32))"],"isv_prod_id":1}"#, "sgx_identity.minimum_isv_svn"
        ),
        Broken(#""sgx_identity":{"mr_enclave":["\#(String.bytes(1, 31))"]}"#, "sgx_identity.mr_enclave[0]"),
        Broken(
            #""sgx_identity":{"mr_enclaves":["\#(String.bytes(1, 32))"]}"#, "sgx_identity.mr_enclaves", isUnknown: true),
        Broken(#""td_identity":{}"#, "td_identity"),
        Broken(#""td_identity":{"mr_td":["\#(String.bytes(1, 32))"]}"#, "td_identity.mr_td[0]"),
        Broken(#""td_identity":{"rtmr4":["\#(String.bytes(1, 48))"]}"#, "td_identity.rtmr4", isUnknown: true),
        Broken(#""require_report_data":"nonce""#, "require_report_data"),
        Broken(#""require_challenge":"yes""#, "require_challenge"),
        Broken(#""require_challenge":"Service""#, "require_challenge"),
        Broken(#""require_challenge":1"#, "require_challenge"),
        Broken(#""report_data_schemes":["md5"]"#, "report_data_schemes[0]"),
        Broken(#""accepted_sgx_types":["scalable"]"#, "accepted_sgx_types"),
        Broken(#""allow_dynamic_platform":"no""#, "allow_dynamic_platform"),
        Broken(#""allow_cached_keys":0"#, "allow_cached_keys"),
        Broken(#""allow_smt":[true]"#, "allow_smt"),
        Broken(#""accept_undefined_flags":"true""#, "accept_undefined_flags"),
        Broken(#""accepted_fmspcs":["90c06f"]"#, "accepted_fmspcs[0]"),
        Broken(#""accepted_ppid_sha256":["\#(String.bytes(1, 16))"]"#, "accepted_ppid_sha256[0]"),
        Broken(#""accepted_platform_instance_ids":[]"#, "accepted_platform_instance_ids"),
        Broken(#""require_event_log":1"#, "require_event_log"),
        Broken(#""allow_event_log_mismatch":"yes""#, "allow_event_log_mismatch"),
        Broken(
            #""allow_event_log_mismatch":true,"require_all_registers_replayed":true"#, "require_all_registers_replayed"),
        Broken(#""claims":[]"#, "claims"),
        Broken(#""claims":[{"claim":"tee","operator":"equals","value":"tdx"}]"#, "claims[0].id"),
        Broken(#""claims":[{"id":"A","claim":"tee","operator":"equals","value":"tdx"}]"#, "claims[0].id"),
        Broken(#""claims":[{"id":"a"}]"#, "claims[0]"),
        Broken(#""claims":[{"id":"a","all":[]}]"#, "claims[0].all"),
        Broken(#""claims":[{"id":"a","claim":"mrtd","operator":"equals","value":"x"}]"#, "claims[0].claim"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"==","value":"x"}]"#, "claims[0].operator"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"equals"}]"#, "claims[0].value"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"equals","value":1}]"#, "claims[0].value"),
        Broken(#""claims":[{"id":"a","claim":"mr_td","operator":"equals","value":"ab"}]"#, "claims[0].value"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"in"}]"#, "claims[0].values"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"in","values":["tdx","tdx"]}]"#, "claims[0].values[1]"),
        Broken(
            #""claims":[{"id":"a","claim":"tee","operator":"in","values":["tdx"],"value":"tdx"}]"#, "claims[0].value"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"at_least","value":"tdx"}]"#, "claims[0].operator"),
        Broken(#""claims":[{"id":"a","claim":"tcb.date","operator":"at_least","value":"soon"}]"#, "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"tee","operator":"mask_equals","value":"00","mask":"00"}]"#,
            "claims[0].operator"),
        Broken(
            #""claims":[{"id":"a","claim":"xfam","operator":"mask_equals","value":"0000000000000000","mask":"03"}]"#,
            "claims[0].mask"),
        Broken(#""claims":[{"id":"a","claim":"tee","operator":"absent","value":"x"}]"#, "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","not":{"claim":"tee","operator":"equals","value":"tdx"},"value":"y"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","not":{"claim":"tee","operator":"equals","value":"tdx","note":"n"}}]"#,
            "claims[0].not.note", isUnknown: true),
        Broken(
            #""claims":[{"id":"a","claim":"tee","operator":"equals","value":"tdx"},{"id":"a","claim":"tee","operator":"equals","value":"tdx"}]"#,
            "claims[1]"),
        // Row 261: a value that the claim can never hold would load, and its `not` would never deny.
        Broken(
            #""claims":[{"id":"a","not":{"claim":"tee","operator":"equals","value":"TDX"}}]"#, "claims[0].not.value"),
        Broken(
            #""claims":[{"id":"a","claim":"tcb.status","operator":"in","values":["uptodate"]}]"#, "claims[0].values[0]"),
        Broken(
            #""claims":[{"id":"a","claim":"platform.sgx_type","operator":"equals","value":"scalable"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"tcb.status","operator":"equals","value":"Revoked"}]"#, "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"tcb.current","operator":"equals","value":"TDRelaunchAdvised"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"tcb.qe","operator":"equals","value":"SWHardeningNeeded"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","not":{"claim":"tcb.advisory_ids","operator":"in","values":["INTEL-SA-837"]}}]"#,
            "claims[0].not.values[0]"),
        Broken(
            #""claims":[{"id":"a","claim":"event_log.rtmr3.status","operator":"equals","value":"starts elsewhere"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"event_log.llm.level.m","operator":"equals","value":"Complete"}]"#,
            "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","claim":"service_td","operator":"equals","value":"zero"}]"#, "claims[0].value"),
        Broken(
            #""claims":[{"id":"a","not":{"claim":"event_log.dstack.compose_hash","operator":"in","values":["0x\#(String.bytes(1, 31))"]}}]"#,
            "claims[0].not.values[0]"),
        Broken(
            #""claims":[{"id":"a","not":{"claim":"event_log.dstack.app-id","operator":"absent"}}]"#,
            "claims[0].not.claim"),
        Broken(
            #""claims":[{"id":"a","claim":"event_log.rtmr1.digests","operator":"in","values":["\#(String.bytes(1, 48))  \#(String.bytes(1, 48))"]}]"#,
            "claims[0].values[0]"),
        Broken(
            #""claims":[{"id":"a","claim":"event_log.rtmr1.digests","operator":"subset_of","values":["\#(String.bytes(1, 48)) \#(String.bytes(2, 48))"]}]"#,
            "claims[0].values[0]"),
        Broken(
            #""claims":[{"id":"a","claim":"mr_td","operator":"subset_of","values":["\#(String.bytes(1, 48))"]}]"#,
            "claims[0].operator"),
        // Row 87.
        Broken(
            #""claims":[{"id":"a","claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}]"#,
            "claims[0]",
            .unanchoredClaim),
        Broken(#""graces":[{"rule":"debug","until":"2026-02-01T00:00:00Z","reason":"x"}]"#, "graces[0].rule"),
        Broken(#""graces":[{"rule":"claim.none","until":"2026-02-01T00:00:00Z","reason":"x"}]"#, "graces[0].rule"),
        Broken(#""graces":[{"rule":"tcb.status","reason":"x"}]"#, "graces[0].until"),
        Broken(#""graces":[{"rule":"tcb.status","until":"2026-02-01T00:00:00Z"}]"#, "graces[0].reason"),
        Broken(#""description":1"#, "description"), Broken(#""notes":"one""#, "notes"),
        Broken(#""id":"twice""#, ""),
    ]

    @Test("Every member of a policy has a malformed case")
    func coverage() {
        // Those of the document itself are tried below; the first is for editors.
        for member in Policy.members.map({ "\($0)" }) where !["$schema", "id", "version"].contains(member) {
            #expect(
                Self.broken.contains {
                    $0.field == member || $0.field.hasPrefix(member + "[") || $0.field.hasPrefix(member + ".")
                },
                "\(member)")
        }
    }

    @Test("A broken policy is refused, with the member and its place", arguments: broken)
    func refuses(_ test: Broken) {
        do throws(PolicyError) {
            _ = try Policy.reading(test.members)
            Issue.record("accepted")
        } catch {
            #expect(error.code == test.code)
            #expect(error.field == test.field)
            #expect(error.offset != nil)
            #expect(!error.wanted.english.isEmpty && !error.wanted.chinese.isEmpty)
        }
    }

    @Test(
        "Documents that are no policy",
        arguments: ["", "[]", "{}", #"{"id":"a"}"#, #"{"id":"a","version":0}"#, #"{"id":"../a","version":1}"#])
    func noPolicy(_ text: String) {
        #expect(throws: PolicyError.self) { try Policy(parsing: Array(text.utf8)) }
        #expect(throws: PolicyError.self) { try ReferenceSet(parsing: Array(text.utf8)) }
    }

    @Test(
        "Reference sets that are none",
        arguments: [
            (#""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","values":{}"#, "values"),
            (#""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","values":{"a":[]}"#, "values.a"),
            (#""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","values":{"a":[1]}"#, "values.a[0]"),
            (#""provenance":{},"valid_from":"2026-01-01T00:00:00Z","values":{"a":["x"]}"#, "provenance.source"),
            (#""provenance":{"source":"s"},"values":{"a":["x"]}"#, "valid_from"),
            (
                #""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","valid_until":"2026-01-01T00:00:00Z","values":{"a":["x"]}"#,
                "valid_until"
            ),
            (#""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","vals":{"a":["x"]}"#, "vals"),
            (
                #""provenance":{"source":"s","note":"n"},"valid_from":"2026-01-01T00:00:00Z","root_integrity":"Verity","values":{"a":["x"]}"#,
                "root_integrity"
            ),
            // Nobody declares it without saying why.
            (
                #""provenance":{"source":"s"},"valid_from":"2026-01-01T00:00:00Z","root_integrity":"verity","values":{"a":["x"]}"#,
                "provenance.note"
            ),
        ])
    func brokenReferences(_ members: String, _ field: String) {
        do throws(PolicyError) {
            _ = try ReferenceSet(parsing: Array((#"{"id":"s","version":1,"# + members + "}").utf8))
            Issue.record("accepted")
        } catch {
            #expect(error.field == field)
        }
    }

    @Test("The shipped policies load, and the default is the first")
    func builtIn() {
        #expect(
            Policy.builtIn.map(\.id) == ["strict", "sgx-production", "tdx-cloud", "degraded-read-only", "gn8v-tee-llm"])
        #expect(Policy.strict == Policy.builtIn.first)
    }

    @Test("A policy that says nothing is as strict as strict")
    func defaults() throws {
        for status in ["OutOfDate", "SWHardeningNeeded"] {
            let facts = try FactsRecipe.td().with { $0.status = .init(rawValue: status) ?? .revoked }.make()
            #expect(appraise(facts, under: try .of("")).codes == appraise(facts, under: .strict).codes)
        }
    }
}

extension Policy {
    fileprivate static func reading(_ members: String) throws(PolicyError) -> Policy {
        try Policy(parsing: Array((#"{"id":"test","version":1,"# + members + "}").utf8))
    }
}
