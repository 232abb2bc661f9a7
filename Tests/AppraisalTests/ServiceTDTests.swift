import DCAPFormats
import Testing
import Wire
import Words

@testable import Appraisal

/// What a report says of a service TD, and what a policy makes of it (dcap 5.9; rows 200 to 200f and 267b of 7.9).
@Suite("Service TDs")
struct ServiceTDTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let row: String
        let facts: FactsRecipe
        let fact: ServiceTD
        let members: String
        let outcome: Outcome
        var testDescription: String { "row \(row): \(fact.rawValue) under {\(members)} → \(outcome)" }

        enum Outcome { case passes, fails, notPerformed }

        init(
            _ row: String, _ type: QuoteBodyType, _ fact: ServiceTD, _ members: String, _ outcome: Outcome,
            _ edit: (inout FactsRecipe) -> Void = { _ in }
        ) {
            self.row = row
            facts = FactsRecipe.td(type).with(edit)
            self.fact = fact
            self.members = members
            self.outcome = outcome
        }
    }

    private static let allow = #""allow_service_td":true"#
    private static func list(_ bytes: UInt8...) -> String {
        let values = bytes.map { #""\#(String.bytes($0, 48))""# }.joined(separator: ",")
        return #""accepted_service_tds":[\#(values)]"#
    }
    private static func migratable(_ facts: inout FactsRecipe) { facts.body[FactsRecipe.TD.attributes + 3] |= 0x20 }
    private static func service(_ facts: inout FactsRecipe) { facts.body.fill(FactsRecipe.TD.serviceTD, 48, 9) }
    private static func initial(_ value: UInt8) -> (inout FactsRecipe) -> Void {
        { $0.body.fill(FactsRecipe.TD.initServTDHash, 48, value) }
    }
    private static func current(_ value: UInt8) -> (inout FactsRecipe) -> Void {
        { $0.body.fill(FactsRecipe.TD.curServTDHash, 48, value) }
    }
    private static func all(_ edits: ((inout FactsRecipe) -> Void)...) -> (inout FactsRecipe) -> Void {
        { facts in for edit in edits { edit(&facts) } }
    }

    static let cases: [Case] = [
        Case("200", .td15, .bound, "", .fails, service), Case("200", .td15, .bound, allow, .passes, service),
        Case("200", .td15, .bound, list(9), .passes, service), Case("200", .td15, .bound, list(8), .fails, service),
        Case("200", .td15Extended, .bound, "", .fails, service),
        Case("200", .td15Extended, .bound, list(9), .passes, all(service, initial(5), current(5))),
        Case("200a", .td10, .unsayable, "", .fails, migratable),
        Case("200a", .td10, .unsayable, list(9), .fails, migratable),
        Case("200a", .td10, .unsayable, allow, .notPerformed, migratable),
        Case("200b", .td10, .unsayable, list(9), .fails), Case("200c", .td10, .unsayable, "", .notPerformed),
        Case("200c", .td10, .unsayable, allow, .notPerformed),
        Case("200d", .td15Extended, .inconsistent, "", .fails, current(7)),
        Case("200d", .td15Extended, .inconsistent, "", .fails, initial(7)),
        Case("200d", .td15Extended, .inconsistent, allow, .passes, current(7)),
        Case("200d", .td15Extended, .inconsistent, list(7), .passes, current(7)),
        Case("200d", .td15Extended, .inconsistent, list(9), .fails, current(7)),
        Case("200e", .td15Extended, .changed, list(9, 5), .fails, all(service, initial(5), current(7))),
        Case("200e", .td15Extended, .changed, list(9, 5, 7), .passes, all(service, initial(5), current(7))),
        Case("200e", .td15Extended, .changed, "", .fails, all(service, initial(5), current(7))),
        Case("200e", .td15Extended, .changed, allow, .passes, all(service, initial(5), current(7))),
        Case("200f", .td15, .unbound, "", .passes, migratable), Case("200f", .td15, .unbound, list(9), .passes),
        Case("200f", .td15Extended, .unbound, "", .passes),
        Case("267b", .td15Extended, .changed, list(9), .fails, all(service, current(7))),
        Case("267b", .td15Extended, .changed, list(9, 7), .passes, all(service, current(7))),
    ]

    @Test("The fact, and the rule of the policy", arguments: cases)
    func rule(_ test: Case) throws {
        let facts = try test.facts.make()
        #expect(facts.serviceTD == test.fact)
        let finding = appraise(facts, under: try .of(test.members))
        let result = try #require(finding.result(.serviceTD))
        let conclusion = Conclusion(facts, [finding], nil, isFresh: true)
        switch test.outcome {
        case .passes:
            #expect(result.isPassed)
            #expect(conclusion.vector.runtimeOpaque == 2)
        case .fails:
            #expect(result.outcome == .failed(.serviceTD, .contraindicated))
            #expect(finding.codes == [.serviceTD])
            #expect((conclusion.vector.configuration, conclusion.vector.runtimeOpaque) == (96, 96))
        case .notPerformed:
            guard case .notPerformed(let reason) = result.outcome else {
                Issue.record("\(result.outcome)")
                return
            }
            #expect(reason.english.contains("cannot say"))
            // No reason stays open: the status is not lowered by it.
            #expect(conclusion.reasons == [.noReferenceValues])
        }
        if test.outcome == .fails, test.fact == .unsayable {
            #expect(result.found.english.contains("this body cannot say"))
        }
    }

    @Test("Every fact has a row that passes or is not performed, and every one but `none` has one that fails")
    func coverage() {
        for fact in ServiceTD.allCases {
            #expect(Self.cases.contains { $0.fact == fact && $0.outcome != .fails })
            #expect(Self.cases.contains { $0.fact == fact && $0.outcome == .fails } == (fact != .unbound))
        }
    }

    @Test("Claims: an enclave has none of them; what a body has no field for is unknown, and not absent")
    func claims() throws {
        func codes(_ rule: String, _ facts: FactsRecipe) throws -> [PolicyCode] {
            appraise(try facts.make(), under: try .of(#""allow_service_td":true,"claims":[{"id":"c",\#(rule)}]"#)).codes
        }
        let zero = String.bytes(0, 48)
        for (claim, value) in [
            ("mr_service_td", zero), ("init_serv_td_hash", zero), ("cur_serv_td_hash", zero),
            ("init_serv_td_attr", String.bytes(0, 8)), ("cur_serv_td_attr", String.bytes(0, 8)),
            ("init_tee_tcb_svn", String.bytes(0, 16)), ("tee_tcb_svn2", String.bytes(0, 16)),
        ] {
            let test = #""claim":"\#(claim)","operator":"equals","value":"\#(value)""#
            #expect(try codes(test, .td(.td15Extended)).isEmpty, "\(claim)")
            for rule in [test, #""not":{\#(test)}"#, #""claim":"\#(claim)","operator":"absent""#] {
                #expect(try codes(rule, .td(.td10)) == [.claim], "\(rule)")
            }
            #expect(try codes(#""claim":"\#(claim)","operator":"absent""#, .sgx()).isEmpty)
        }
        #expect(
            try codes(#""claim":"init_serv_td_hash","operator":"absent""#, .td(.td15)) == [.claim],
            "the host chose this body")
        for (type, word) in [(QuoteBodyType.td10, "unsayable"), (.td15, "none"), (.td15Extended, "none")] {
            #expect(try codes(#""claim":"service_td","operator":"equals","value":"\#(word)""#, .td(type)).isEmpty)
            let isOther = try codes(#""claim":"service_td","operator":"equals","value":"bound""#, .td(type))
            #expect(isOther == [.claim])
        }
    }
}
