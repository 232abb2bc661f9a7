import Appraisal
import Testing

/// event-logs 2.5 and 2.7: what is hidden may be on a list that contraindicates, so that hiding it lifts no status.
@Suite("Events that are not shown")
struct HiddenEventTests {
    @Test(
        "Rows 63, 66, 76 and R1: hidden is contraindicated, a broken boot phase a warning",
        arguments: [
            ("event_log.accounted.rtmr3: event 4 of RTMR3 is not shown", TrustStatus.contraindicated),
            ("llm.phase count_mismatch", .warning),
        ])
    func violation(_ violation: String, _ status: TrustStatus) throws {
        let facts = try FactsRecipe.td().make()
        let log = EventLogRecord(
            registers: [.replayed, .replayed, .replayed, .replayed],
            accounted: [.yes, .yes, .yes, .unshown(event: 4, count: 1)], violations: [violation])
        let finding = appraise(facts, under: try .of(""), eventLog: log)
        #expect(finding.rules.first { $0.id == "event_log" }?.outcome == .failed(.eventLog, status))
        #expect(Conclusion(facts, [finding], log, isFresh: true).status == status)
    }
}
