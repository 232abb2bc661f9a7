import DCAPFormats
import Testing
import Wire
import Words

@testable import Appraisal

/// Labelled facts and the registers that anchor them; facts of a guest and the image whose word they are (event-logs 7.1;
/// rows 85 to 88 and 107 of 8).
@Suite("Anchors")
struct AnchorTests {
    private static let b1 = String.bytes(0xB1, 48)
    private static let b2 = String.bytes(0xB2, 48)
    private static let line = #"{"claim":"event_log.kernel_cmdline","operator":"equals","value":"quiet"}"#
    private static let rtmr1 = #"{"claim":"rtmr1","operator":"equals","value":"\#(b1)"}"#
    private static let rtmr2 = #"{"claim":"rtmr2","operator":"in","values":["\#(b2)"]}"#
    private static let kernel = #"{"claim":"event_log.kernel_digest","operator":"equals","value":"\#(b1)"}"#
    private static let other = #"{"claim":"tee","operator":"equals","value":"tdx"}"#

    private static func rule(_ id: String, _ expression: String) -> String {
        #"{"id":"\#(id)",\#(expression.dropFirst())"#
    }
    private static func rules(_ expressions: String...) -> String {
        let rules = expressions.enumerated().map { rule("r\($0)", $1) }
        return #""claims":[\#(rules.joined(separator: ","))]"#
    }
    private static func all(_ parts: String...) -> String { #"{"all":[\#(parts.joined(separator: ","))]}"# }
    private static func any(_ parts: String...) -> String { #"{"any":[\#(parts.joined(separator: ","))]}"# }
    private static func not(_ part: String) -> String { #"{"not":\#(part)}"# }
    private static func grace(_ rule: String) -> String {
        #","graces":[{"rule":"\#(rule)","until":"2027-01-01T00:00:00Z","reason":"r"}]"#
    }

    /// Each with what is missing; nothing where the policy loads.
    static let policies: [(row: String, members: String, missing: [String])] = [
        ("87", rules(line), ["rtmr2"]), ("87", rules(line, rtmr1), ["rtmr2"]),
        ("87", #""td_identity":{"rtmr1":["\#(b1)"]},"# + rules(line), ["rtmr2"]),
        ("87", rules(not(line)), ["rtmr2"]),
        ("87", rules(#"{"claim":"event_log.kernel_cmdline","operator":"absent"}"#), ["rtmr2"]),
        ("87", rules(#"{"claim":"event_log.initrd_digest","operator":"equals","value":"\#(b1)"}"#), ["rtmr2"]),
        ("86", rules(#"{"claim":"event_log.boot_images","operator":"in","values":["\#(b1)"]}"#, rtmr2), ["rtmr1"]),
        ("87", rules(kernel, rtmr2), ["rtmr1"]), ("87", rules(kernel, rtmr1), ["rtmr2"]),
        ("87", rules(kernel), ["rtmr1", "rtmr2"]), ("87", rules(kernel, rtmr1, rtmr2), []),
        ("87", rules(line, rtmr2), []), ("87", rules(rtmr2, not(line)), []),
        ("87", #""td_identity":{"rtmr2":["\#(b2)"]},"# + rules(line), []),
        ("87", rules(line, #"{"claim":"event_log.rtmr2.digests","operator":"equals","value":"\#(b2)"}"#), []),
        ("87", rules(line, #"{"claim":"rtmr2","operator":"in","reference_set":"s"}"#), []),
        // The set form, and what is no comparison, pin nothing.
        (
            "87", rules(line, #"{"claim":"event_log.rtmr2.digests","operator":"subset_of","values":["\#(b2)"]}"#),
            ["rtmr2"]
        ),
        ("87", rules(line, #"{"claim":"rtmr2","operator":"mask_equals","value":"\#(b2)","mask":"\#(b2)"}"#), ["rtmr2"]),
        ("88", rules(line, any(rtmr2, other)), ["rtmr2"]), ("88", rules(line, not(rtmr2)), ["rtmr2"]),
        ("88", rules(line, not(not(rtmr2))), ["rtmr2"]),
        ("88", rules(line, rtmr2) + grace("claim.r1"), ["rtmr2"]),
        ("88", rules(all(line, rtmr2)) + grace("claim.r0"), ["rtmr2"]),
        ("88", rules(line, rtmr2) + grace("claim.r0"), []),
        ("107", rules(not(all(rtmr2, line))), ["rtmr2"]), ("107", rules(any(all(rtmr2, line), other)), []),
        ("107", rules(all(rtmr2, not(line))), []), ("107", rules(any(all(rtmr2, other), line)), ["rtmr2"]),
        ("107", rules(all(any(rtmr2, other), line)), ["rtmr2"]), ("107", rules(all(all(rtmr2, other), line)), []),
        ("107", rules(all(rtmr2, any(line, other))), []), ("107", rules(all(rtmr2, not(not(line)))), ["rtmr2"]),
        ("107", rules(rtmr2, not(any(line, other))), ["rtmr2"]), ("107", rules(any(line, other), rtmr2), []),
    ]

    @Test(
        "Rows 87, 88 and 107: a labelled fact loads beside the register it comes from, and nowhere else",
        arguments: policies)
    func loading(_ row: String, _ members: String, _ missing: [String]) throws {
        do throws(PolicyError) {
            _ = try Policy(parsing: Array((#"{"id":"test","version":1,"# + members + "}").utf8))
            #expect(missing.isEmpty, "row \(row) loads")
        } catch {
            #expect(error.code == .unanchoredClaim, "\(error.sentence(.english))")
            #expect(error.field.hasPrefix("claims["))
            #expect(error.offset != nil)
            #expect(error.found.hasSuffix("without " + missing.joined(separator: ", ")), "\(error.found)")
        }
    }

    @Test("Row 85: another text labelled the command line fails by the register beside it")
    func relabelled() throws {
        let policy = try Policy.of(Self.rules(Self.line, Self.rtmr2))
        func log(_ text: String) -> EventLogRecord {
            EventLogRecord(
                registers: [.replayed, .replayed, .replayed, .replayed], claims: ["kernel_cmdline": .text(text)])
        }
        let honest = try FactsRecipe.td().make()
        #expect(appraise(honest, under: policy, eventLog: log("quiet")).codes.isEmpty)
        #expect(appraise(honest, under: policy, eventLog: log("loud")).codes == [.claim])
        let other = try FactsRecipe.td().with { $0.body.fill(FactsRecipe.TD.rtmr0 + 96, 48, 1) }.make()
        #expect(appraise(other, under: policy, eventLog: log("quiet")).codes == [.claim])
    }

    private static let a0 = String.bytes(0xA0, 48)
    private static let mrTD = #"{"claim":"mr_td","operator":"equals","value":"\#(a0)"}"#
    private static let complete = #"{"claim":"event_log.llm.complete","operator":"equals","value":true}"#
    private static let secureBoot = #"{"claim":"event_log.secure_boot","operator":"equals","value":true}"#
    private static let rtmr0 = #"{"claim":"rtmr0","operator":"equals","value":"\#(String.bytes(0xB0, 48))"}"#

    @Test(
        "What a guest says of itself: never affirming without the image whose word it is, and lint says so",
        arguments: [
            (rules(complete), ["event_log.llm.complete"], [.referenceValuesIncomplete, .rootUnprotected]),
            (
                rules(complete, mrTD, rtmr1), ["event_log.llm.complete"],
                [.referenceValuesIncomplete, .rootUnprotected]
            ),
            (
                rules(complete, mrTD, rtmr0, rtmr1, any(rtmr2, other)), ["event_log.llm.complete"],
                [.referenceValuesIncomplete, .rootUnprotected]
            ),
            (rules(complete, mrTD, rtmr0, rtmr1, rtmr2), [], [.rootUnprotected]),
            (
                rules(secureBoot, rtmr0, rtmr1, rtmr2, any(mrTD, other)), ["event_log.secure_boot"],
                [.referenceValuesIncomplete]
            ),
            (rules(secureBoot, mrTD, rtmr0, rtmr1, rtmr2), [], []),
        ] as [(String, [String], [PolicyCode])])
    func unattributed(_ members: String, _ claims: [String], _ open: [PolicyCode]) throws {
        let policy = try Policy.of(members + #","report_data_schemes":["raw"]"#)
        #expect(policy.unattributed == claims)
        let warned = policy.warnings.filter { $0.kind == .unattributed }.map(\.text.english)
        #expect(warned.count == claims.count)
        #expect(warned.allSatisfy { $0.contains("any TD can say this of itself") })
        #expect(requirements(of: policy).unattributedClaims == claims)
        let facts = try FactsRecipe.td().make()
        let log = EventLogRecord(
            registers: [.replayed, .replayed, .replayed, .replayed],
            claims: ["llm.complete": .boolean(true), "secure_boot": .boolean(true)])
        let finding = appraise(facts, under: policy, eventLog: log)
        let conclusion = Conclusion(facts, [finding], log, isFresh: true)
        #expect(conclusion.isAccepted)
        #expect(conclusion.reasons == open)
        #expect(conclusion.status == (open.isEmpty ? .affirming : .warning))
    }
}
