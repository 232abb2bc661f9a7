import Testing
import Wire
import Words

@testable import Appraisal

/// Three values, and what each answer of a claim gives a test of each kind (event-logs 2.6, 5.3 R3; rows 101 to 103).
@Suite("What is not known")
struct TruthTests {
    @Test("not, all, any, each")
    func tables() {
        let all: [Truth] = [.yes, .no, .unknown]
        #expect(all.map { !$0 } == [.no, .yes, .unknown])
        for (parts, conjunction, disjunction, each) in [
            ([], .yes, .no, .unknown), ([.yes], .yes, .yes, .yes), ([.no], .no, .no, .no),
            ([.unknown], .unknown, .unknown, .unknown), ([.yes, .no], .no, .yes, .unknown),
            ([.yes, .unknown], .unknown, .yes, .unknown), ([.no, .unknown], .no, .unknown, .unknown),
            ([.unknown, .no, .yes], .no, .yes, .unknown), ([.yes, .yes], .yes, .yes, .yes),
            ([.no, .no], .no, .no, .no),
        ] as [([Truth], Truth, Truth, Truth)] {
            #expect(Truth.all(parts) == conjunction, "\(parts)")
            #expect(Truth.any(parts) == disjunction, "\(parts)")
            #expect(Truth.each(parts) == each, "\(parts)")
        }
    }

    private static let good = String.bytes(1, 32)
    private static let evil = String.bytes(2, 32)
    private static let name = "event_log.llm.manifest.m"

    private static func test(_ test: String, _ value: String) -> String {
        #""claim":"\#(name)","operator":"\#(test)","values":["\#(value)"]"#
    }

    private static func log(_ lookup: ClaimLookup) -> EventLogRecord {
        EventLogRecord(
            failure: nil, registers: [.replayed, .replayed, .replayed, .replayed], accounted: nil, differences: [:],
            claims: [:], lookups: ["llm.manifest.m": lookup], gaps: ClaimGaps(), aliases: [], commandLine: nil,
            phase: nil, violations: [])
    }

    private static let hidden = ClaimLookup.unknown(Phrase("event 7 of RTMR3 is not shown", "RTMR3 的事件 7 未出示内容"))

    /// A rule, what the claim answers, and whether the rule holds.
    static let rules: [(String, ClaimLookup, Bool)] = [
        (test("in", good), .value(.text(good)), true), (test("in", good), .value(.text(evil)), false),
        // Row 102: a change to a value of the set.
        (test("in", good), .each([.text(good), .text(good)]), true),
        // Row 101: a change to another.
        (test("in", good), .each([.text(good), .text(evil)]), false),
        // Row 103: nor does a good boot answer for what was forbidden since.
        (#""not":{\#(test("in", evil))}"#, .each([.text(good), .text(evil)]), false),
        (#""not":{\#(test("in", evil))}"#, .each([.text(good), .text(good)]), true),
        (#""not":{\#(test("in", evil))}"#, .value(.text(good)), true),
        (#""not":{\#(test("in", evil))}"#, hidden, false), (test("in", good), hidden, false),
        (#""claim":"\#(name)","operator":"absent""#, hidden, false),
        (#""not":{"claim":"\#(name)","operator":"absent"}"#, hidden, false),
        (#""claim":"\#(name)","operator":"absent""#, .absent, true),
        (#""not":{"claim":"\#(name)","operator":"absent"}"#, .absent, false),
        (#""not":{"claim":"\#(name)","operator":"absent"}"#, .present(.none), true),
        (#""claim":"\#(name)","operator":"absent""#, .present(.none), false),
        (#""claim":"\#(name)","operator":"absent""#, .each([.text(good), .text(good)]), false),
        (test("in", good), .present(.none), false), (#""not":{\#(test("in", evil))}"#, .present(.none), false),
        (test("in", good), .absent, false), (#""not":{\#(test("in", evil))}"#, .absent, false),
        (#""any":[{\#(test("in", good))},{"claim":"tee","operator":"equals","value":"tdx"}]"#, hidden, true),
        (#""any":[{\#(test("in", good))},{"claim":"tee","operator":"equals","value":"sgx"}]"#, hidden, false),
        (#""not":{"all":[{\#(test("in", good))},{"claim":"tee","operator":"equals","value":"sgx"}]}"#, hidden, true),
        (#""not":{"all":[{\#(test("in", good))},{"claim":"tee","operator":"equals","value":"tdx"}]}"#, hidden, false),
        (#""not":{"any":[{\#(test("in", good))},{"claim":"tee","operator":"equals","value":"sgx"}]}"#, hidden, false),
    ]

    private static func finding(_ rule: String, _ lookup: ClaimLookup) throws -> PolicyFinding {
        appraise(try FactsRecipe.td().make(), under: try .of(#""claims":[{"id":"c",\#(rule)}]"#), eventLog: log(lookup))
    }

    @Test("A rule that is not true fails", arguments: rules)
    func rule(_ rule: String, _ lookup: ClaimLookup, _ holds: Bool) throws {
        #expect(try Self.finding(rule, lookup).isAccepted == holds)
    }

    @Test("One that fails because nobody knows says why, in both languages")
    func reasons() throws {
        guard case .unknown(let reason) = Self.hidden else {
            Issue.record("something is known")
            return
        }
        let rules = Self.rules.filter { $0.1 == Self.hidden && !$0.2 }.map(\.0)
        #expect(rules.count >= 7)
        for rule in rules {
            let result = try #require(try Self.finding(rule, Self.hidden).rules.first { $0.id == "claim.c" })
            for language in Language.allCases {
                #expect(result.found.text(language).contains(reason.text(language)), "\(rule): \(result.found)")
            }
        }
    }

    @Test(
        "A reference set with what the claim can never hold is no list of values: refused in force, unknown in a rule")
    func mistyped() throws {
        func library(_ values: String...) throws -> ReferenceLibrary {
            let list = values.map { #""\#($0)""# }.joined(separator: ",")
            let text =
                #"{"id":"s","version":1,"provenance":{"source":"us"},"valid_from":"2026-01-01T00:00:00Z","values":{"tee":[\#(list)]}}"#
            return ReferenceLibrary([try ReferenceSet(parsing: Array(text.utf8))])
        }
        let rule = #""claim":"tee","operator":"in","reference_set":"s""#
        let (allow, deny) = (
            try Policy.of(#""claims":[{"id":"c",\#(rule)}]"#), try Policy.of(#""claims":[{"id":"c","not":{\#(rule)}}]"#)
        )
        let facts = try FactsRecipe.td().make()
        for policy in [allow, deny] {
            for values in [["TDX"], ["sgx", "TDX"], ["tdx", "Sgx"]] {
                let library = try values.count == 1 ? library(values[0]) : library(values[0], values[1])
                #expect(!appraise(facts, under: policy, references: library).isAccepted)
                do throws(PolicyError) {
                    try policy.check(library)
                    Issue.record("\(values) are in force")
                } catch {
                    #expect(error.code == .invalid)
                    #expect(error.field.hasPrefix("s: values.tee["))
                    #expect(error.wanted.english.contains("did you mean"))
                }
            }
            try policy.check(try library("sgx"))
            try policy.check(.empty)
        }
        #expect(appraise(facts, under: allow, references: try library("tdx")).isAccepted)
        #expect(appraise(facts, under: deny, references: try library("sgx")).isAccepted)
    }
}
