public import EventLog
import Wire
import Words

extension EventLogRecord {
    /// What a replay establishes, by the names that rules use, and of the rest why it is not known.
    public init(_ findings: EventLogFindings) {
        guard let log = findings.log else {
            self.init(
                failure: findings.error.map { ParseFailure(code: $0.code.rawValue, detail: $0.detail) })
            return
        }
        let registers = log.registers.map { RegisterStatus(rawValue: $0.status.rawValue) ?? .differs }
        var differences: [Int: String] = [:]
        for replay in log.registers where replay.status == .differs {
            differences[replay.register.rawValue] = Self.difference(replay)
        }
        var claims = ClaimCollector()
        claims.add(log)
        self.init(
            failure: nil, registers: registers, accounted: zip(log.registers, registers).map(Self.accounted),
            differences: differences, claims: claims.values, lookups: claims.lookups, gaps: claims.gaps,
            aliases: claims.aliases, commandLine: log.facts.kernelCommandLine, phase: log.facts.llm?.phase,
            violations: Self.violations(log))
        for replay in log.registers { hints[replay.register.rawValue] = replay.hint }
    }

    private static func accounted(_ replay: RegisterReplay, _ status: RegisterStatus) -> Accounted {
        if let unshown = replay.unshown { return .unshown(event: unshown.event, count: unshown.count) }
        return replay.isAccounted ? .yes : .no(status)
    }

    private static func difference(_ replay: RegisterReplay) -> String {
        var text =
            "replayed \(replay.replayed.hex) from \(replay.eventCount) events, the quote has \(replay.quoted.hex)"
        if let first = replay.firstDifference {
            text += "; first at event \(first.event) (\(first.reason.rawValue))"
            if let found = first.found { text += ", found \(found.hex)" }
            if let expected = first.expected { text += ", expected \(expected.hex)" }
        }
        if let hint = replay.hint { text += "; hint \(hint.rawValue)" }
        return text
    }

    /// The beginning of the violations of event-logs 2.5.
    static let accountedViolation = "event_log.accounted.rtmr3"
    /// The beginning of those of event-logs 5.3 R1.
    static let phaseViolation = "llm.phase"

    /// Whether an `assay-llm/1` event is shown or not: hiding all events of a broken boot phase must not turn its violation
    /// into an accept (event-logs 2.5).
    private static func violations(_ log: ReplayedLog) -> [String] {
        let replay = log.registers[RuntimeRegister.rtmr3.rawValue]
        if let unshown = replay.unshown {
            let sentence = Self.unshown(replay.register.rawValue, unshown.event, unshown.count)
            return ["\(accountedViolation): \(sentence.english)"]
        }
        if log.hidesBootPhase {
            return ["\(accountedViolation): a log of assay-llm/1 starts elsewhere than at zero"]
        }
        return log.facts.llm.flatMap { violation($0.phase) }.map { [$0] } ?? []
    }

    /// event-logs 5.3 R1: what contradicts itself rejects; what is merely missing (R5) only satisfies nothing.
    private static func violation(_ phase: LLMFacts.Phase) -> String? {
        switch phase {
        case .complete, .none, .noReady: nil
        case .noStart, .countMismatch, .contentRefused: "\(phaseViolation) \(phase.rawValue)"
        }
    }
}
