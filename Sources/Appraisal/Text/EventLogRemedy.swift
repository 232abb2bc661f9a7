import EventLog
import Words

/// What a person can do about an event log, by what is wrong with it (event-logs 2.3). Only a log that leads elsewhere, where
/// nothing explains why, is a reason not to trust the guest.
enum EventLogRemedy {
    static let missing = Phrase(
        "Send the event log of this very boot beside the quote.", "请随 quote 一同提交同次启动的事件日志。")

    static let hidden = Phrase(
        "Send the log with the content of every event of RTMR3, as it was hashed.",
        "请提交含有 RTMR3 每个事件内容的日志，内容须与被哈希的一致。")

    static let phase = Phrase(
        "Have the agent in the guest report its boot phase as a whole, from start to ready with the count, and boot again.",
        "请让虚拟机中的代理完整报告启动阶段（从 start 到带有计数的 ready），然后重新启动。")

    static let open = Phrase("Have the guest send the events of every register.", "请虚拟机提交每个寄存器的事件。")

    static func unreadable(_ failure: EventLogRecord.ParseFailure) -> Phrase {
        EventLogCode(rawValue: failure.code).map { EventLogText.fix($0) } ?? PolicyText.fix(.eventLog)
    }

    /// - Parameter registers: Those that differ, 0 to 3.
    static func differing(_ registers: [Int], of log: EventLogRecord) -> Phrase {
        let hints = registers.compactMap { log.hints[$0] }
        if hints.contains(.prefixOfNothing) { return EventLogText.fix(.replayMismatch) }
        return hints.first.map(differing) ?? PolicyText.fix(.eventLog)
    }

    private static func differing(_ hint: ReplayHint) -> Phrase {
        switch hint {
        case .extraEvents:
            Phrase(
                "Take quote and log together, in one go: the log goes on behind the quote.",
                "请同时采集 quote 与日志：该日志包含 quote 之后的事件。")
        case .noActionExtended, .indexOffByOne, .registersSwapped, .aaelPlain, .separatorOnce:
            Phrase(
                "Mend what wrote the log, as the hint \(hint.rawValue) says, or send the one that the guest's kernel gives.",
                "请按提示 \(hint.rawValue) 修正生成日志的程序，或提交虚拟机内核给出的日志。")
        case .prefixOfNothing: EventLogText.fix(.replayMismatch)
        }
    }
}
