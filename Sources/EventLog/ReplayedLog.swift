public import Wire

/// A log that was read and replayed: the registers' statuses, each event with what of it is evidence, and the facts.
public struct ReplayedLog: Hashable, Sendable {
    public let format: EventLog.Format
    /// RTMR0 to RTMR3.
    public let registers: [RegisterReplay]
    public let events: [ReplayedEvent]
    public let notes: [EventLogNote]
    public let facts: EventLogFacts

    init(_ log: EventLog, against quoted: QuotedRegisters, manifests: [[UInt8]]) {
        let replay = Replay(of: log)
        let diagnosis = ReplayDiagnosis(log: log, replay: replay, quoted: quoted)
        let registers = RuntimeRegister.allCases.map { register in
            let status = replay.status(of: register, quoted: quoted[register])
            return RegisterReplay(
                register: register, status: status, quoted: quoted[register], replayed: replay.registers[register],
                eventCount: replay.counts[register.rawValue],
                hint: status == .differs ? diagnosis.hint(for: register) : nil,
                firstDifference: status == .differs ? diagnosis.firstDifference(of: register) : nil)
        }
        let events = zip(log.events, replay.running).map { event, running in
            ReplayedEvent(
                event: event, authentication: Self.authentication(of: event, in: log.format, registers),
                running: running)
        }
        var notes = log.notes + ConsistencyNotes.of(log)
        facts = EventLogFacts(of: events, registers, manifests: manifests, notes: &notes)
        format = log.format
        self.registers = registers
        self.events = events
        self.notes = notes
    }

    private static func authentication(
        of event: LoggedEvent, in format: EventLog.Format, _ registers: [RegisterReplay]
    ) -> ReplayedEvent.Authentication {
        guard let register = event.extended?.register, registers[register.rawValue].status == .replayed else {
            return .none
        }
        guard let (rule, covered) = DigestRule.match(event, in: format) else { return .digestOnly }
        return .content(rule, covered: covered)
    }

    /// Where a register's digests first part from another log's, for two boots that should have been the same.
    public func firstDifference(from reference: ReplayedLog, in register: RuntimeRegister) -> EventDifference? {
        let found = digests(of: register)
        let expected = reference.digests(of: register)
        for place in 0..<max(found.count, expected.count) {
            let here = place < found.count ? found[place] : nil
            let there = place < expected.count ? expected[place] : nil
            if here != there {
                return EventDifference(reason: .reference, event: place + 1, expected: there, found: here)
            }
        }
        return nil
    }

    /// What was extended into a register according to the log, in order.
    public func digests(of register: RuntimeRegister) -> [FixedBytes<48>] {
        events.compactMap { event in
            guard let extended = event.event.extended, extended.register == register else { return nil }
            return extended.digest
        }
    }
}
