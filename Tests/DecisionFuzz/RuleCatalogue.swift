import Appraisal
import Wire

/// Rules over every claim of event-logs 2.6 that the sender's labels must not move: allowing and denying, each operator, bare
/// and inside `any` and `all`. Not here are the labelled facts and `format`, which 2.7 excepts.
public struct RuleCatalogue: Sendable {
    /// As documents, `id` left out.
    let rules: [String]
    /// Policies of many rules each, for looking at every rule at once.
    let groups: [Group]

    struct Group: Sendable {
        let policy: Policy
        /// Ids of the rules about how a register replayed, which changes where events are left out.
        let aboutStatus: Set<String>
    }

    static let operators = ["equals", "in", "subset_of", "at_least", "mask_equals", "absent"]

    public init(_ logs: [PlainLog], _ pool: EventPool) {
        let values = ClaimValues(logs, pool.applications)
        var rules: [String] = []
        for claim in values.names {
            for test in Self.tests(of: claim, values.texts[claim] ?? []) {
                for rule in Self.forms(of: test) where Self.policy([rule]) != nil { rules.append(rule) }
            }
        }
        self.rules = rules
        // Few enough for each to be seen with many logs.
        groups = stride(from: 0, to: rules.count, by: 40).compactMap { start in
            let some = Array(rules[start..<min(start + 40, rules.count)])
            let aboutStatus = some.indices.filter { some[$0].contains(#".status""#) }
            return Self.policy(some).map { Group(policy: $0, aboutStatus: Set(aboutStatus.map { "claim.r\($0)" })) }
        }
    }

    /// One policy with these rules, or `nil` where it does not load.
    static func policy(_ rules: [String], pins: Bool = false) -> Policy? {
        var claims = rules.enumerated().map { #"{"id":"r\#($0.offset)",\#($0.element.dropFirst())"# }
        if pins {
            claims += ["mr_td", "rtmr0", "rtmr1", "rtmr2"].map {
                #"{"id":"\#($0)","claim":"\#($0)","operator":"in","reference_set":"pins"}"#
            }
        }
        let text = #"{"id":"drawn","version":1,"claims":[\#(claims.joined(separator: ","))]}"#
        return try? Policy(parsing: Array(text.utf8))
    }

    private static func tests(of claim: String, _ values: [String]) -> [String] {
        let isBoolean = claim.hasSuffix("secure_boot") || claim.hasSuffix("complete")
        func literal(_ text: String) -> String { isBoolean ? text : JSON.string(text).compactText }
        let some = Array(values.prefix(5))
        var tests = ["\"operator\":\"absent\""]
        for name in operators where name != "absent" {
            for value in some {
                tests.append(#""operator":"\#(name)","value":\#(literal(value))"#)
                tests.append(#""operator":"\#(name)","values":[\#(literal(value))]"#)
                if name == "mask_equals" {
                    let mask = JSON.string(String(repeating: "f", count: value.utf8.count)).compactText
                    tests.append(#""operator":"mask_equals","value":\#(literal(value)),"mask":\#(mask)"#)
                }
            }
            let all = values.prefix(2_000).map(literal).joined(separator: ",")
            tests.append(#""operator":"\#(name)","values":[\#(all)]"#)
        }
        return tests.map { #"{"claim":\#(JSON.string(claim).compactText),\#($0)}"# }
    }

    private static let never = #"{"claim":"tee","operator":"equals","value":"sgx"}"#
    private static let always = #"{"claim":"tee","operator":"equals","value":"tdx"}"#

    private static func forms(of test: String) -> [String] {
        let not = #"{"not":\#(test)}"#
        return [
            test, not, #"{"any":[\#(never),\#(test)]}"#, #"{"any":[\#(not),\#(never)]}"#,
            #"{"all":[\#(always),\#(test)]}"#, #"{"not":{"any":[\#(test),\#(never)]}}"#,
            #"{"not":{"all":[\#(test),\#(always)]}}"#, #"{"not":{"not":\#(test)}}"#,
        ]
    }
}
