import Testing
import Wire
import Words

@testable import Appraisal

/// What `assay policy lint` warns of; each with a policy that it must not warn of.
@Suite("Warnings about policies")
struct PolicyLintTests {
    private static func rule(_ expression: String) -> String { #""claims":[{"id":"c",\#(expression)}]"# }
    private static func equals(_ claim: String, _ value: String) -> String {
        #""claim":"\#(claim)","operator":"equals","value":"\#(value)""#
    }
    private static let a0 = String.bytes(0xA0, 48)
    private static let schemes = #","report_data_schemes":["raw"]"#
    private static let everything =
        #""accepted_tcb_statuses":["UpToDate","SWHardeningNeeded","ConfigurationNeeded","ConfigurationAndSWHardeningNeeded","OutOfDate","OutOfDateConfigurationNeeded"],"accept_relaunch_advised":true,"allow_debug":true,"allow_td_profiling":true,"allow_td_reserved_bits":true,"allow_service_td":true"#

    private static func rules(_ expressions: String...) -> String {
        let rules = expressions.enumerated().map { #"{"id":"r\#($0)",\#($1.dropFirst())"# }
        return #""claims":[\#(rules.joined(separator: ","))]"#
    }
    private static func not(_ part: String) -> String { #"{"not":\#(part)}"# }
    private static func least(_ number: Int) -> String {
        #""claim":"tcb.evaluation_number","operator":"at_least","value":\#(number)"#
    }
    private static func services(_ words: String...) -> String {
        #""claim":"service_td","operator":"in","values":[\#(words.map { "\"\($0)\"" }.joined(separator: ","))]"#
    }
    private static let x = "{" + equals("mr_td", a0) + "}"
    private static let y = "{" + equals("rtmr0", a0) + "}"
    private static let anything = #""allow_service_td":true,"#
    private static let listed = #"{"claim":"platform.sgx_type","operator":"in","reference_set":"s"}"#
    private static let masked =
        #""claim":"xfam","operator":"mask_equals","value":"0100000000000000","mask":"0100000000000000""#
    private static let complete = #""claim":"event_log.llm.complete","operator":"equals","value":true"#
    private static let advisory = #"{"claim":"tcb.advisory_ids","operator":"in","values":["INTEL-SA-00001"]}"#

    static let cases: [(String, Set<PolicyWarning.Kind>)] = [
        ("", []),
        // No evidence can meet it.
        (
            #""td_identity":{"mr_td":["\#(a0)"]},"sgx_identity":{"mr_enclave":["\#(String.bytes(1, 32))"]}"# + schemes,
            [.neverMet]
        ),
        (
            #""td_attributes":{"value":"0000001000000000","mask":"0000001000000000"},"# + rule(equals("tee", "sgx")),
            [.neverMet]
        ),
        (#""require_event_log":true,"# + rule(equals("tee", "sgx")), [.neverMet]),
        (#""require_event_log":true,"# + rule(equals("tee", "tdx")), []),
        (rule(#""all":[{\#(equals("tee", "tdx"))},{\#(equals("tee", "sgx"))}]"#), [.neverMet]),
        (rule(#""not":{"claim":"tee","operator":"in","values":["tdx","sgx"]}"#), [.neverMet]),
        (rule(#""all":[{\#(equals("mr_td", a0))},{"not":{\#(equals("mr_td", a0))}}]"#) + schemes, [.neverMet]),
        (rule(#""all":[{\#(equals("mr_td", a0))},{\#(equals("mr_td", .bytes(1, 48)))}]"#) + schemes, [.neverMet]),
        (rule(#""all":[{\#(equals("mr_enclave", .bytes(1, 32)))},{\#(equals("mr_td", a0))}]"#) + schemes, [.neverMet]),
        (rule(equals("tcb.status", "OutOfDate")), [.neverMet]),
        (#""accepted_tcb_statuses":["UpToDate","OutOfDate"],"# + rule(equals("tcb.status", "OutOfDate")), []),
        (rule(equals("service_td", "bound")), [.neverMet]),
        (#""allow_service_td":true,"# + rule(equals("service_td", "bound")), []),
        (rule(#""claim":"quote.version","operator":"at_least","value":6"#), [.neverMet]),
        (rule(#""claim":"quote.version","operator":"at_least","value":5"#), []),
        (
            rule(
                #""all":[{"claim":"tcb.evaluation_number","operator":"equals","value":17},{"claim":"tcb.evaluation_number","operator":"at_least","value":18}]"#
            ), [.neverMet]
        ),
        (rule(#""claim":"mr_td","operator":"absent""#), []),
        (rule(#""all":[{"claim":"mr_td","operator":"absent"},{\#(equals("tee", "tdx"))}]"#), [.neverMet]),
        (
            rule(#""any":[{\#(equals("tcb.status", "OutOfDate"))},{\#(equals("service_td", "changed"))}]"#), [.neverMet]
        ),
        (rule(#""any":[{\#(equals("tcb.status", "OutOfDate"))},{\#(equals("tee", "sgx"))}]"#), []),
        (rule(#""not":{"any":[{\#(equals("tee", "tdx"))},{\#(equals("tee", "sgx"))}]}"#), [.neverMet]),
        (rule(#""not":{"any":[{\#(equals("tee", "tdx"))},{\#(equals("platform.ca", "processor"))}]}"#), []),
        (rules(#"{"any":[\#(x),\#(y)]}"#, not(#"{"any":[\#(x),\#(y)]}"#)) + schemes, [.neverMet]),
        (rules(#"{"any":[\#(not(x)),\#(y)]}"#, x, not(y)) + schemes, [.neverMet]),
        (rules(#"{"any":[\#(not(x)),\#(y)]}"#, x) + schemes, []),
        (rules(not(not(x)), not(x)) + schemes, [.neverMet]),
        (rules(listed, not(listed)), [.neverMet]),
        (rule(#""all":[{\#(least(5))},{"not":{\#(least(4))}}]"#), [.neverMet]),
        (rule(#""all":[{\#(least(4))},{"not":{\#(least(5))}}]"#), []),
        (rule(#""claim":"mr_service_td","operator":"absent""#), []),
        (rules(#"{"claim":"mr_service_td","operator":"absent"}"#, x) + schemes, [.neverMet]),
        (rule(#""claim":"tcb.date","operator":"absent""#), [.neverMet]),
        // Everything meets it.
        (everything, [.alwaysMet]), (everything + #","minimum_tcb_evaluation_number":1"#, []),
        (rule(#""claim":"tee","operator":"in","values":["tdx","sgx"]"#), [.alwaysMet]),
        (rule(#""any":[{\#(equals("tee", "tdx"))},{\#(equals("tee", "sgx"))}]"#), [.alwaysMet]),
        (rule(#""claim":"tcb.evaluation_number","operator":"at_least","value":0"#), [.alwaysMet]),
        (rule(#""claim":"tcb.evaluation_number","operator":"at_least","value":1"#), []),
        (rule(#""not":{"claim":"tee","operator":"in","reference_set":"s"}"#), []),
        (everything + "," + rule(#""claim":"tee","operator":"in","values":["tdx","sgx"]"#), [.alwaysMet]),
        (rule(#""not":{"claim":"tee","operator":"absent"}"#), [.alwaysMet]),
        (rule(#""not":{"all":[{\#(equals("tee", "tdx"))},{\#(equals("tee", "sgx"))}]}"#), [.alwaysMet]),
        (rule(#""any":[{\#(least(4))},{"not":{\#(least(5))}}]"#), [.alwaysMet]),
        (rule(#""any":[{\#(least(5))},{"not":{\#(least(4))}}]"#), []),
        // Whatever its value.
        (anything + rule(services("none", "bound", "inconsistent", "changed", "unsayable")), [.alwaysMet]),
        (anything + rule(services("none", "bound", "inconsistent", "unsayable")), []),
        (rules(#"{"any":[\#(x),\#(not(x))]}"#) + schemes, [.alwaysMet]),
        (rules(#"{"any":[\#(x),\#(not(y))]}"#) + schemes, []),
        (rules(not(#"{"all":[\#(x),\#(not(x))]}"#)) + schemes, [.alwaysMet]),
        (rules(#"{"any":[\#(x),{"all":[\#(not(x)),{"any":[\#(y),\#(not(y))]}]}]}"#) + schemes, [.alwaysMet]),
        (rules(#"{"any":[\#(listed),\#(not(listed))]}"#), [.alwaysMet]),
        (rule(#""claim":"isv_svn","operator":"at_least","value":0"#), [.alwaysMet]),
        (rules(#"{"any":[{\#(masked)},{"not":{\#(masked)}}]}"#), [.alwaysMet]),
        (rules(#"{"any":[{\#(complete)},{"not":{\#(complete)}}]}"#), [.alwaysMet, .unattributed]),
        // Of a list that holds a forbidden value among others neither is true; and whether it is there is a question.
        (rules(#"{"any":[\#(advisory),\#(not(advisory))]}"#), []),
        (rule(#""not":{"claim":"isv_svn","operator":"absent"}"#), []),
        (
            rules(
                #"{"any":[{"claim":"isv_svn","operator":"absent"},{"claim":"isv_svn","operator":"at_least","value":1}]}"#
            ), []
        ),
        // R5.
        (#""td_identity":{"mr_td":["\#(a0)"]}"#, [.schemesOpen]), (rule(equals("mr_td", a0)), [.schemesOpen]),
        (#""sgx_identity":{"mr_enclave":["\#(String.bytes(1, 32))"]}"#, [.schemesOpen]),
        (rule(equals("mr_td", a0)) + schemes, []),
        // A body of TDX 1.0 cannot say it.
        (rule(equals("service_td", "none")), [.serviceTDUnsayable]),
        (rule(#""claim":"service_td","operator":"in","values":["none","unsayable"]"#), []),
        (rule(complete), [.unattributed]),
    ]

    @Test("Each policy has its warnings and no other, in both languages", arguments: cases)
    func warnings(_ members: String, _ kinds: Set<PolicyWarning.Kind>) throws {
        let warnings = try Policy.of(members).warnings
        #expect(Set(warnings.map(\.kind)) == kinds, "\(members)")
        for warning in warnings { #expect(warning.text.english != warning.text.chinese) }
    }

    @Test("Every kind of warning has a policy, and no shipped policy has one")
    func coverage() {
        #expect(Set(Self.cases.flatMap(\.1)) == Set(PolicyWarning.Kind.allCases))
        for policy in Policy.builtIn { #expect(policy.warnings.isEmpty, "\(policy.id): \(policy.warnings)") }
    }

    @Test("explain and requirements say what rules on RTMR3 cannot show")
    func explained() throws {
        let policy = try #require(Policy.builtIn.last)
        #expect(policy.id == "gn8v-tee-llm")
        for language in Language.allCases {
            #expect(policy.explanation(language).contains(RootFinding.sentence.text(language)))
            #expect(!Policy.strict.explanation(language).contains(RootFinding.sentence.text(language)))
        }
        #expect(requirements(of: policy).restsOnRTMR3)
        #expect(!requirements(of: .strict).restsOnRTMR3)
        let words = String(decoding: policy.bytes, as: UTF8.self)
        #expect(words.contains("measured at boot") && words.contains("No change was reported"))
    }

    @Test("AR4SI of enclaves: MRENCLAVE, or signer, product and a least SVN together; less says nothing")
    func enclaves() throws {
        func executables(_ rules: String...) throws -> Int8 {
            let named = rules.enumerated().map { #"{"id":"r\#($0)",\#($1)}"# }.joined(separator: ",")
            let facts = try FactsRecipe.sgx().make()
            let finding = appraise(facts, under: try .of(#""claims":[\#(named)]"#))
            return Conclusion(facts, [finding], nil, isFresh: true).vector.executables
        }
        let signer = Self.equals("mr_signer", .bytes(0xE1, 32))
        let product = #""claim":"isv_prod_id","operator":"equals","value":3"#
        let svn = #""claim":"isv_svn","operator":"at_least","value":7"#
        #expect(try executables(Self.equals("mr_enclave", .bytes(0xE0, 32))) == 3)
        #expect(try executables(Self.equals("mr_enclave", .bytes(0xE1, 32))) == 33)
        #expect(try executables(signer, product, svn) == 3)
        #expect(try executables(signer, product, #""claim":"isv_svn","operator":"at_least","value":8"#) == 33)
        #expect(try executables(signer) == 0)
        #expect(try executables(signer, product) == 0)
        #expect(try executables(svn) == 0)
    }
}
