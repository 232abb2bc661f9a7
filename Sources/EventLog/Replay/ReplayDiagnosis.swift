import Wire

/// Looks for what a register that differs resembles. One pass over the log for each question, and no answer is acceptance
/// (event-logs 2.3).
struct ReplayDiagnosis {
    let log: EventLog
    let replay: Replay
    let quoted: QuotedRegisters

    func hint(for register: RuntimeRegister) -> ReplayHint {
        let wanted = quoted[register]
        if eventBeyondQuote(register) != nil { return .extraEvents }
        if fold(register, { $0.register == register ? $0.digest : nil }) == wanted { return .noActionExtended }
        let shifted = fold(register) { event in
            event.type != .noAction && event.measurementIndex == UInt32(register.rawValue) ? event.digest : nil
        }
        if shifted == wanted { return .indexOffByOne }
        if RuntimeRegister.allCases.contains(where: { $0 != register && replay.registers[register] == quoted[$0] }) {
            return .registersSwapped
        }
        if register == .rtmr3, fold(register, Self.plainDigest) == wanted { return .aaelPlain }
        if foldSeparatorsOnce(register) == wanted { return .separatorOnce }
        return .prefixOfNothing
    }

    /// The first event that need not be explained by anything but itself.
    func firstDifference(of register: RuntimeRegister) -> EventDifference? {
        if let event = eventBeyondQuote(register) {
            return EventDifference(reason: .afterQuote, event: event.number, expected: nil, found: event.digest)
        }
        for event in log.events where event.register == register {
            guard let digest = event.extended?.digest, let expected = DigestRule.certainDigest(of: event),
                expected != digest
            else { continue }
            return EventDifference(reason: .contentMismatch, event: event.number, expected: expected, found: digest)
        }
        return nil
    }

    /// The event after which the quote's value had already been reached.
    private func eventBeyondQuote(_ register: RuntimeRegister) -> LoggedEvent? {
        var value = log.initial[register]
        for (event, running) in zip(log.events, replay.running) where event.extended?.register == register {
            if value == quoted[register] { return event }
            value = running ?? value
        }
        return nil
    }

    /// The register's start extended by what `digest` gives for each event.
    private func fold(_ register: RuntimeRegister, _ digest: (LoggedEvent) -> FixedBytes<48>?) -> FixedBytes<48> {
        var value = log.initial[register]
        for event in log.events {
            if let digest = digest(event) { value = Digest.extend(value, by: digest) }
        }
        return value
    }

    private func foldSeparatorsOnce(_ register: RuntimeRegister) -> FixedBytes<48> {
        var value = log.initial[register]
        var seen: Set<FixedBytes<48>> = []
        var isDropped = false
        for event in log.events where event.extended?.register == register {
            guard let digest = event.digest else { continue }
            if event.type == .separator, !seen.insert(digest).inserted, !isDropped {
                isDropped = true
                continue
            }
            value = Digest.extend(value, by: digest)
        }
        return value
    }

    /// What RTMR3 would have been extended by if emitters hashed an AAEL record without its tag.
    private static func plainDigest(_ event: LoggedEvent) -> FixedBytes<48>? {
        guard let (register, digest) = event.extended, register == .rtmr3 else { return nil }
        guard event.type == .tag, case .aael = event.details.content else { return digest }
        return Digest.sha384(event.data.dropFirst(8))
    }
}
