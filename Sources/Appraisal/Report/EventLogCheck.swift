import DCAPVerification
import Wire

/// The checks of event-logs 2.2, beside those of the quote: whether the log could be read, and how each register replayed.
struct EventLogCheck: Hashable, Sendable {
    enum Step: String, CaseIterable, Hashable, Sendable {
        case parse = "event_log.parse"
        case rtmr0 = "event_log.replay.rtmr0"
        case rtmr1 = "event_log.replay.rtmr1"
        case rtmr2 = "event_log.replay.rtmr2"
        case rtmr3 = "event_log.replay.rtmr3"

        var register: Int? { Self.allCases.firstIndex(of: self).flatMap { $0 == 0 ? nil : $0 - 1 } }

        var title: Phrase {
            guard let register else { return Phrase("The event log can be read", "事件日志可以解析") }
            return Phrase("The log's events lead to RTMR\(register)", "日志事件重放得到 RTMR\(register)")
        }
    }

    let step: Step
    let outcome: Check.Outcome
    let found: String
    let wanted: String

    func document(_ language: Language) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(step.rawValue)), ("clause", .string("event-logs 2.2")),
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
        if outcome == .failed { members.append(("fix", .string(PolicyText.fix(.eventLog).text(language)))) }
        return .object(members)
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
            guard let register = step.register else {
                guard let failure = eventLog.failure else {
                    return EventLogCheck(step: step, outcome: .passed, found: "", wanted: "")
                }
                return EventLogCheck(
                    step: step, outcome: .failed, found: "\(failure.code): \(failure.detail)",
                    wanted: "a log that can be read")
            }
            guard eventLog.registers.indices.contains(register) else { return notPerformed("event_log.parse failed") }
            switch eventLog.registers[register] {
            case .replayed, .untouched:
                return EventLogCheck(
                    step: step, outcome: .passed, found: eventLog.registers[register].rawValue, wanted: "")
            case .reported: return notPerformed("the log has no event for this register")
            case .startsElsewhere: return notPerformed("the log starts elsewhere than at zero")
            case .differs:
                return EventLogCheck(
                    step: step, outcome: .failed, found: eventLog.differences[register] ?? "another value",
                    wanted: "the value in the quote")
            }
        }
    }
}
