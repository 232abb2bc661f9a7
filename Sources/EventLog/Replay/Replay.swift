import Wire

/// The extension of four registers by a log's events, in the log's order (event-logs 2.1).
struct Replay {
    private let initial: QuotedRegisters
    private(set) var registers: QuotedRegisters
    /// For each event, what its register held after it; `nil` where it extended nothing.
    private(set) var running: [FixedBytes<48>?] = []
    private(set) var counts = [0, 0, 0, 0]

    init(of log: EventLog) {
        initial = log.initial
        registers = log.initial
        running.reserveCapacity(log.events.count)
        for event in log.events {
            guard let (register, digest) = event.extended else {
                running.append(nil)
                continue
            }
            let value = Digest.extend(registers[register], by: digest)
            registers[register] = value
            counts[register.rawValue] += 1
            running.append(value)
        }
    }

    func status(of register: RuntimeRegister, quoted: FixedBytes<48>) -> RegisterReplay.Status {
        if counts[register.rawValue] == 0 { return quoted.isZero ? .untouched : .reported }
        guard registers[register] == quoted else { return .differs }
        return initial[register].isZero ? .replayed : .startsElsewhere
    }
}
