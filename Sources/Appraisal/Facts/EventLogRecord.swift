public import EventLog
public import Wire

/// What a replayed event log adds to the facts: per register how it replayed, and the claims that rules may use. Only
/// what a register that replayed authenticates is here (event-logs 0).
public struct EventLogRecord: Hashable, Sendable {
    /// event-logs 2.2. Raw values are stable.
    public enum RegisterStatus: String, CaseIterable, Hashable, Sendable {
        case replayed, untouched, reported, differs

        /// Whether facts of this register may be used.
        var isUsable: Bool { self == .replayed || self == .untouched }
    }

    /// Why the log could not be read: an `EVENTLOG_*` code, and what was found.
    public struct ParseFailure: Hashable, Sendable {
        public let code: String
        public let detail: String

        package init(code: String, detail: String) {
            self.code = code
            self.detail = detail
        }
    }

    public let failure: ParseFailure?
    /// Four, or none where the log could not be read.
    public let registers: [RegisterStatus]
    /// For each register that differs: what was found and expected, and the hint of event-logs 2.3.
    public let differences: [Int: String]
    /// By the names of event-logs 7, without `event_log.` in front.
    public let claims: [ExactText: ClaimValue]
    /// Beside its claim, because a log may hold only its digest, and a reference text can be held against that.
    public let commandLine: KernelCommandLine?
    /// Defects of the boot phase of `assay-llm/1` (event-logs 5.3 R1), which reject: `llm.phase`.
    public let violations: [String]

    package init(
        failure: ParseFailure? = nil, registers: [RegisterStatus] = [], differences: [Int: String] = [:],
        claims: [ExactText: ClaimValue] = [:], commandLine: KernelCommandLine? = nil, violations: [String] = []
    ) {
        self.failure = failure
        self.registers = registers
        self.differences = differences
        self.claims = claims
        self.commandLine = commandLine
        self.violations = violations
    }

    /// - Parameter name: Without `event_log.`.
    func claim(_ name: Substring) -> ClaimLookup {
        guard failure == nil else { return .unknown(Phrase("the event log cannot be read", "事件日志无法读取")) }
        if name.hasPrefix("rtmr"), let index = name.dropFirst(4).first?.wholeNumberValue,
            registers.indices.contains(index),
            name.hasSuffix(".status")
        {
            return .value(.text(registers[index].rawValue))
        }
        if let value = claims[ExactText(name)] { return .value(value) }
        // RTMR3 shows every event there was, so here the absence of one is known.
        if name == "llm.changes", registers.count == 4, registers[3].isUsable { return .absent }
        return .unknown(Phrase("the event log shows no such thing", "事件日志中没有这一项"))
    }
}
