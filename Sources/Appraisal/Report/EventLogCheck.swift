import DCAPVerification
import EventLog
import Wire
import Words

/// The checks of event-logs 2.2, beside those of the quote: whether the log could be read, how each register replayed,
/// whether RTMR3 is accounted for, and whether the boot phase is whole.
struct EventLogCheck: Hashable, Sendable {
    enum Step: String, CaseIterable, Hashable, Sendable {
        case parse = "event_log.parse"
        case rtmr0 = "event_log.replay.rtmr0"
        case rtmr1 = "event_log.replay.rtmr1"
        case rtmr2 = "event_log.replay.rtmr2"
        case rtmr3 = "event_log.replay.rtmr3"
        case accounted = "event_log.accounted.rtmr3"
        case phase = "event_log.phase"

        /// The register whose replay is checked.
        var register: Int? {
            switch self {
            case .rtmr0: 0
            case .rtmr1: 1
            case .rtmr2: 2
            case .rtmr3: 3
            case .parse, .accounted, .phase: nil
            }
        }

        var clause: String {
            switch self {
            case .parse, .rtmr0, .rtmr1, .rtmr2, .rtmr3: "event-logs 2.2"
            case .accounted: "event-logs 2.5"
            case .phase: "event-logs 5.3"
            }
        }

        var title: Phrase {
            switch self {
            case .parse: Phrase("Can the event log be read?", "事件日志能否解析？")
            case .rtmr0, .rtmr1, .rtmr2, .rtmr3:
                Phrase(
                    "Do the log's events lead to RTMR\(register ?? 0)?", "日志事件重放是否得到 RTMR\(register ?? 0)？")
            case .accounted: Phrase("Is every event of RTMR3 shown?", "RTMR3 的每个事件是否都已出示内容？")
            case .phase: Phrase("Is the boot phase of assay-llm/1 whole?", "assay-llm/1 的启动阶段是否完整？")
            }
        }
    }

    let step: Step
    let outcome: Check.Outcome
    let found: String
    let wanted: String
    /// What a person can do about a failure.
    var fix = Phrase.none

    func document(_ language: Language) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(step.rawValue)), ("clause", .string(step.clause)),
        ]
        switch outcome {
        case .passed: members.append(("outcome", .string("passed")))
        case .failed: members.append(("outcome", .string("failed")))
        case .notPerformed(let reason):
            members += [
                ("outcome", .string("not_performed")), ("reason", .string(FindingText.text(reason, language))),
            ]
        }
        members.append(("detail", .string(step.title.text(language))))
        if !found.isEmpty { members.append(("found", .string(FindingText.text(found, language)))) }
        if !wanted.isEmpty { members.append(("wanted", .string(FindingText.text(wanted, language)))) }
        if outcome == .failed { members.append(("fix", .string(fix.text(language)))) }
        return .object(members)
    }
}

extension EventLogCheck {
    /// The check of one step on a log that was sent.
    init(_ step: Step, of log: EventLogRecord) {
        func notPerformed(_ reason: String) -> EventLogCheck {
            EventLogCheck(step: step, outcome: .notPerformed(reason: reason), found: "", wanted: "")
        }
        func failed(_ found: String, _ wanted: String, _ fix: Phrase) -> EventLogCheck {
            EventLogCheck(step: step, outcome: .failed, found: found, wanted: wanted, fix: fix)
        }
        func broken(_ found: String) -> EventLogCheck {
            failed(found, "start first, ready last, and its count", EventLogRemedy.phase)
        }
        func passed(_ found: String) -> EventLogCheck {
            EventLogCheck(step: step, outcome: .passed, found: found, wanted: "")
        }
        let unread = notPerformed("event_log.parse failed")
        switch step {
        case .parse:
            self =
                log.failure.map {
                    failed("\($0.code): \($0.detail)", "a log that can be read", EventLogRemedy.unreadable($0))
                } ?? passed("")
        case .rtmr0, .rtmr1, .rtmr2, .rtmr3:
            guard let register = step.register, log.registers.indices.contains(register) else {
                self = unread
                return
            }
            self =
                switch log.registers[register] {
                case .replayed, .untouched: passed(log.registers[register].rawValue)
                case .reported: notPerformed("the log has no event for this register")
                case .startsElsewhere: notPerformed("the log starts elsewhere than at zero")
                case .differs:
                    failed(
                        log.differences[register] ?? "another value", "the value in the quote",
                        EventLogRemedy.differing([register], of: log))
                }
        case .accounted:
            guard log.accounted.count == 4 else {
                self = unread
                return
            }
            if let violation = log.violations.first(where: { $0.hasPrefix(EventLogRecord.accountedViolation) }) {
                self = failed(
                    String(violation.dropFirst(EventLogRecord.accountedViolation.count + 2)),
                    "a log that shows every event of RTMR3", EventLogRemedy.hidden)
                return
            }
            self =
                switch log.accounted[3] {
                case .yes: passed("")
                case .no(.reported): notPerformed("the log has no event for this register")
                case .no(.startsElsewhere): notPerformed("the log starts elsewhere than at zero")
                case .no, .unshown: notPerformed("\(Step.rtmr3.rawValue) failed")
                }
        case .phase:
            guard log.accounted.count == 4 else {
                self = unread
                return
            }
            self =
                switch log.phase {
                case nil: notPerformed("RTMR3 is not accounted for")
                case .complete: passed("start … ready")
                case .some(LLMFacts.Phase.none): notPerformed("the log has no event of assay-llm/1")
                case .noReady: notPerformed("the boot phase is not closed: there is no ready")
                case .noStart: broken("an event of assay-llm/1 before start")
                case .countMismatch: broken("a count that is not that of the events")
                case .contentRefused: broken("an event of the boot phase that cannot be read")
                }
        }
    }
}

extension Verdict {
    var eventLogChecks: [EventLogCheck] {
        EventLogCheck.Step.allCases.map { step in
            func notPerformed(_ reason: String) -> EventLogCheck {
                EventLogCheck(step: step, outcome: .notPerformed(reason: reason), found: "", wanted: "")
            }
            if case .refused(let refusal, _) = verification { return notPerformed("\(refusal.step.rawValue) failed") }
            guard let eventLog else { return notPerformed("no event log was sent") }
            return EventLogCheck(step, of: eventLog)
        }
    }
}
