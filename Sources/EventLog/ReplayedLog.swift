public import Wire

/// A log that was read and replayed: the registers' statuses, each event with what of it is evidence, and the facts.
public struct ReplayedLog: Hashable, Sendable {
    public let format: EventLog.Format
    /// RTMR0 to RTMR3.
    public let registers: [RegisterReplay]
    public let events: [ReplayedEvent]
    public let notes: [EventLogNote]
    public let facts: EventLogFacts

    /// - Throws: `EVENTLOG_LIMIT` where RTMR3 was extended by a text longer than any, which nobody may take for no text.
    init(_ log: EventLog, against quoted: QuotedRegisters, manifests: [[UInt8]]) throws(EventLogError) {
        let replay = Replay(of: log)
        let statuses = RuntimeRegister.allCases.map { replay.status(of: $0, quoted: quoted[$0]) }
        let events = try zip(log.events, replay.running).map { event, running throws(EventLogError) in
            try Self.event(event, running, statuses)
        }
        let diagnosis = ReplayDiagnosis(log: log, replay: replay, quoted: quoted)
        let registers = RuntimeRegister.allCases.map { register in
            let status = statuses[register.rawValue]
            return RegisterReplay(
                register: register, status: status, quoted: quoted[register], replayed: replay.registers[register],
                eventCount: replay.counts[register.rawValue], unshown: Self.unshown(register, status, events),
                hint: status == .differs ? diagnosis.hint(for: register) : nil,
                firstDifference: status == .differs ? diagnosis.firstDifference(of: register) : nil)
        }
        var notes = log.notes + ConsistencyNotes.of(log)
        facts = EventLogFacts(of: events, registers, manifests: manifests, notes: &notes)
        format = log.format
        self.registers = registers
        self.events = events
        self.notes = notes
    }

    private static func event(
        _ event: LoggedEvent, _ running: FixedBytes<48>?, _ statuses: [RegisterReplay.Status]
    ) throws(EventLogError) -> ReplayedEvent {
        let status = event.extended.map { statuses[$0.register.rawValue] }
        guard status == .replayed || status == .startsElsewhere else {
            return ReplayedEvent(event: event, authentication: .none, preimage: nil, running: running)
        }
        let preimage = Preimage(of: event)
        if case .oversized(let count) = preimage?.eventClass {
            throw EventLogError(
                .limit, field: "events[\(event.number)].event", offset: event.offset, found: "\(count) bytes",
                wanted: "at most \(Limits.eventAAELBytes)")
        }
        let authentication: ReplayedEvent.Authentication =
            if status == .startsElsewhere {
                .none
            } else if let preimage, !event.details.isMalformed {
                .content(preimage.rule, covered: preimage.bytes)
            } else {
                .digestOnly
            }
        return ReplayedEvent(event: event, authentication: authentication, preimage: preimage, running: running)
    }

    /// The events of a register that replayed of which no bytes are shown.
    private static func unshown(
        _ register: RuntimeRegister, _ status: RegisterReplay.Status, _ events: [ReplayedEvent]
    ) -> RegisterReplay.Unshown? {
        guard status == .replayed else { return nil }
        let unshown = events.filter { $0.preimage == nil && $0.event.extended?.register == register }
        guard let first = unshown.first else { return nil }
        return RegisterReplay.Unshown(event: first.event.number, count: unshown.count)
    }

    /// Whether RTMR3 starts elsewhere and an event of `assay-llm/1` is shown all the same: an account whose beginning is
    /// hidden, which is a violation (event-logs 2.5).
    public var hidesBootPhase: Bool {
        registers[RuntimeRegister.rtmr3.rawValue].status == .startsElsewhere
            && events.contains { $0.event.register == .rtmr3 && LLMEvent($0) != nil }
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
