public import EventLog
public import Wire

/// What a replayed event log adds to the facts: per register how it replayed and whether every event of it is shown, and
/// the claims that rules may use. Only what authenticated bytes say is here (event-logs 0, 2.4 to 2.6).
public struct EventLogRecord: Hashable, Sendable {
    /// event-logs 2.2. Raw values are stable.
    public enum RegisterStatus: String, CaseIterable, Hashable, Sendable {
        case replayed, untouched, reported
        /// A text log that begins at another value than zero leads to the quote's: what came before is hidden.
        case startsElsewhere = "starts_elsewhere"
        case differs

        /// Whether facts of this register may be used.
        var isUsable: Bool { self == .replayed || self == .untouched }
    }

    /// Whether the log shows what was extended into a register, event by event (event-logs 2.5).
    public enum Accounted: Hashable, Sendable {
        case yes
        /// The register replayed, and of this many events the bytes are not shown; `event` is the first one's number.
        case unshown(event: Int, count: Int)
        /// Nothing is known of its events.
        case no(RegisterStatus)
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
    /// For each register, whether its events are all shown; as many as `registers`.
    public let accounted: [Accounted]
    /// For each register that differs: what was found and expected, and the hint of event-logs 2.3.
    public let differences: [Int: String]
    /// The hint by itself, where a log was replayed.
    public internal(set) var hints: [Int: ReplayHint] = [:]
    /// What is established and has one value, by the names of event-logs 7, without `event_log.` in front.
    public let claims: [ExactText: ClaimValue]
    /// Claims that are there and have not one value, or of which only the reason is known why nobody can say.
    let lookups: [ExactText: ClaimLookup]
    /// Why a claim that is in neither is not known to be absent.
    let gaps: ClaimGaps
    /// Claims that rest on aliases with no boot phase around them (event-logs 5.3 R6).
    let aliases: Set<ExactText>
    /// Beside its claim, because a log may hold only its digest, and a reference text can be held against that.
    public let commandLine: KernelCommandLine?
    /// What of `assay-llm/1` the log shows; `nil` where RTMR3 is not accounted for.
    public let phase: LLMFacts.Phase?
    /// What rejects whatever the policy says of facts: RTMR3 replayed and not accounted for (event-logs 2.5), texts that
    /// begin `event_log.accounted.rtmr3`; defects of the boot phase of `assay-llm/1` (5.3 R1), `llm.phase …`.
    public let violations: [String]

    package init(
        failure: ParseFailure? = nil, registers: [RegisterStatus] = [], accounted: [Accounted]? = nil,
        differences: [Int: String] = [:], claims: [ExactText: ClaimValue] = [:],
        commandLine: KernelCommandLine? = nil, phase: LLMFacts.Phase? = nil, violations: [String] = []
    ) {
        self.init(
            failure: failure, registers: registers, accounted: accounted, differences: differences, claims: claims,
            lookups: [:], gaps: ClaimGaps(), aliases: [], commandLine: commandLine, phase: phase,
            violations: violations)
    }

    init(
        failure: ParseFailure?, registers: [RegisterStatus], accounted: [Accounted]?, differences: [Int: String],
        claims: [ExactText: ClaimValue], lookups: [ExactText: ClaimLookup], gaps: ClaimGaps, aliases: Set<ExactText>,
        commandLine: KernelCommandLine?, phase: LLMFacts.Phase?, violations: [String]
    ) {
        self.failure = failure
        self.registers = registers
        self.accounted = accounted ?? registers.map { $0.isUsable ? .yes : .no($0) }
        self.differences = differences
        self.claims = claims
        self.lookups = lookups
        self.gaps = gaps
        self.aliases = aliases
        self.commandLine = commandLine
        self.phase = phase
        self.violations = violations
    }
}
