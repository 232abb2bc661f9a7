import DCAPFormats
import Wire
import Words

/// The event log (event-logs 2.2): one that is sent must parse, and no register may differ.
extension Rules {
    func eventLogRule() -> RuleResult {
        guard let eventLog else {
            guard policy.requireEventLog || policy.requireAllRegistersReplayed else {
                return RuleResult(.eventLog, .notPerformed(reason: Phrase("no event log was sent", "没有提交事件日志")))
            }
            return RuleResult(
                .eventLog, .failed(.eventLog, .warning), found: Phrase("no event log", "没有事件日志"),
                wanted: Phrase("the boot's event log beside the quote", "随 quote 一同提交启动事件日志"),
                remedy: EventLogRemedy.missing)
        }
        if let failure = eventLog.failure {
            return failed(
                Phrase("\(failure.code): ") + FindingText.phrase(failure.detail),
                Phrase("a log that can be read", "可以解析的日志"), .warning, EventLogRemedy.unreadable(failure))
        }
        let differing = eventLog.registers.indices.filter { eventLog.registers[$0] == .differs }
        if let first = differing.first, !policy.allowEventLogMismatch {
            let names = differing.map { "rtmr\($0)" }.joined(separator: ", ")
            let detail = eventLog.differences[first].map { Phrase(": ", "：") + FindingText.phrase($0) } ?? .none
            return failed(
                Phrase("\(names) of the log and of the quote differ", "日志与 quote 中的 \(names) 不一致") + detail,
                Phrase("a log that replays to the quote's registers", "重放结果与 quote 寄存器一致的日志"), .contraindicated,
                EventLogRemedy.differing(differing, of: eventLog))
        }
        if let violation = eventLog.violations.first {
            // What is hidden may be on a list that contraindicates: hiding it lifts no status (event-logs 2.7).
            let isHidden = violation.hasPrefix("event_log.accounted")
            return failed(
                FindingText.phrase(violation),
                isHidden
                    ? Phrase("every event of RTMR3 with what was hashed", "RTMR3 的每个事件均出示其被哈希的内容")
                    : Phrase("a complete boot phase: start … ready", "完整的启动阶段：start … ready"),
                isHidden ? .contraindicated : .warning, isHidden ? EventLogRemedy.hidden : EventLogRemedy.phase)
        }
        let open = eventLog.registers.indices.filter { !eventLog.registers[$0].isUsable }
        if policy.requireAllRegistersReplayed, !open.isEmpty {
            let names = open.map { "rtmr\($0) \(eventLog.registers[$0].rawValue)" }.joined(separator: ", ")
            return failed(
                Phrase(names), Phrase("every register replayed", "所有寄存器均可重放"), .warning, EventLogRemedy.open)
        }
        return RuleResult(
            .eventLog, .passed,
            found: Phrase(eventLog.registers.enumerated().map { "rtmr\($0) \($1.rawValue)" }.joined(separator: ", ")))
    }

    private func failed(_ found: Phrase, _ wanted: Phrase, _ tier: TrustStatus, _ remedy: Phrase) -> RuleResult {
        RuleResult(.eventLog, .failed(.eventLog, tier), found: found, wanted: wanted, remedy: remedy)
    }
}
