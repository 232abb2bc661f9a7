import DCAPFormats
import Testing
import Wire

@testable import Appraisal

/// Drawn rules over claims of which every state can be tried out: lint says of each what trying says.
@Suite("Lint tells the truth")
struct LintPropertyTests {
    /// An enclave, and a TD for each thing that its report can say of a service TD.
    private static let bodies: [FactsRecipe] = [
        .sgx(), .td(), .td(.td10), .td().with { $0.body.fill(FactsRecipe.TD.serviceTD, 48, 9) },
        .td(.td15Extended).with { $0.body.fill(FactsRecipe.TD.curServTDHash, 48, 7) },
        .td(.td15Extended).with {
            $0.body.fill(FactsRecipe.TD.serviceTD, 48, 9)
            $0.body.fill(FactsRecipe.TD.curServTDHash, 48, 7)
        },
    ]

    private static func facts() throws -> [RecordedFacts] {
        try bodies.flatMap { body in
            try ["Standard", "Scalable", "ScalableWithIntegrity"].flatMap { type in
                try [UInt32(0), 17, 18, 19].map { number in
                    try body.with {
                        $0.sgxType = type
                        $0.evaluationNumber = number
                    }.make()
                }
            }
        }
    }

    private static func test(_ random: inout MonotonicityTests.Generator) -> String {
        func some(_ claim: String, _ words: [String]) -> String {
            let some = words.shuffled(using: &random).prefix(Int.random(in: 1...words.count, using: &random))
            let list = some.map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"claim":"\#(claim)","operator":"in","values":[\#(list)]}"#
        }
        switch Int.random(in: 0..<3, using: &random) {
        case 0: return some("service_td", ServiceTD.allCases.map(\.rawValue))
        case 1: return some("platform.sgx_type", ["Standard", "Scalable", "ScalableWithIntegrity"])
        default:
            let (name, value) =
                [("at_least", 0), ("at_least", 18), ("at_least", 19), ("equals", 18)]
                .randomElement(using: &random) ?? ("equals", 18)
            return #"{"claim":"tcb.evaluation_number","operator":"\#(name)","value":\#(value)}"#
        }
    }

    private static func expression(_ depth: Int, _ random: inout MonotonicityTests.Generator) -> String {
        guard depth > 0, Int.random(in: 0..<5, using: &random) > 0 else { return test(&random) }
        let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in expression(depth - 1, &random) }
        let list = parts.joined(separator: ",")
        return switch Int.random(in: 0..<3, using: &random) {
        case 0: #"{"all":[\#(list)]}"#
        case 1: #"{"any":[\#(list)]}"#
        default: #"{"not":\#(parts[0])}"#
        }
    }

    @Test(
        "Never, always, or whatever the value: each exactly where no facts, all facts, or all that have it meet the rule"
    )
    func drawn() throws {
        let facts = try Self.facts()
        #expect(Set(facts.compactMap(\.serviceTD)).count == ServiceTD.allCases.count)
        var random = MonotonicityTests.Generator(state: 20_261)
        var (never, always, whatever, neither) = (0, 0, 0, 0)
        for _ in 0..<400 {
            let text = Self.expression(3, &random)
            let policy = try Policy.of(#""allow_service_td":true,"claims":[{"id":"c",\#(text.dropFirst())]"#)
            let rule = try #require(policy.claimRules.first).expression
            let meets = try facts.map { facts in
                try #require(appraise(facts, under: policy).rules.first { $0.id == "claim.c" }).isPassed
            }
            let asksServiceTD = rule.leaves.contains { $0.claim == "service_td" }
            let known = zip(facts, meets).filter { !asksServiceTD || $0.0.tee == .tdx }.map(\.1)
            #expect(Satisfiability.canBeMet(policy) == meets.contains(true), "\(text)")
            #expect(Satisfiability.isAlwaysMet(rule) == !meets.contains(false), "\(text)")
            #expect(Satisfiability.isMetByAnyValue(rule) == !known.contains(false), "\(text)")
            if !meets.contains(true) {
                never += 1
            } else if !meets.contains(false) {
                always += 1
            } else if !known.contains(false) {
                whatever += 1
            } else {
                neither += 1
            }
        }
        // The draw says something only if all of them happen.
        #expect(min(never, always, whatever) >= 5, "\(never), \(always), \(whatever)")
        #expect(neither >= 100)
    }

    /// Each pigeon is in a hole, and no two are in one.
    private static func pigeons(_ count: Int, in holes: Int) throws -> Policy {
        func isIn(_ pigeon: Int, _ hole: Int) -> String {
            #"{"claim":"event_log.llm.level.p\#(pigeon)h\#(hole)","operator":"equals","value":"named"}"#
        }
        var rules = (0..<count).map { pigeon in
            #"{"any":[\#((0..<holes).map { isIn(pigeon, $0) }.joined(separator: ","))]}"#
        }
        for hole in 0..<holes {
            for one in 0..<count {
                for other in 0..<one { rules.append(#"{"not":{"all":[\#(isIn(one, hole)),\#(isIn(other, hole))]}}"#) }
            }
        }
        let named = rules.enumerated().map { #"{"id":"r\#($0)",\#($1.dropFirst())"# }
        return try .of(#""claims":[\#(named.joined(separator: ","))]"#)
    }

    @Test("A contradiction of many rules over many claims is found; where that would take too long, there is none")
    func pigeonholes() throws {
        #expect(!Satisfiability.canBeMet(try Self.pigeons(4, in: 3)))
        #expect(Satisfiability.canBeMet(try Self.pigeons(3, in: 3)))
        let rules = try Self.pigeons(4, in: 3).claimRules.map(\.expression)
        #expect(!StateSearch(.all(rules), in: ClaimStates.ofAnyValue).finds(.yes))
        #expect(StateSearch(.all(rules), in: ClaimStates.ofAnyValue, steps: 10).finds(.yes))
    }
}
