public import Wire

/// What an event log is worth beside a quote: why it cannot be read, or what its replay shows.
///
/// Make one only for a quote that has verified: the registers are taken at their word (event-logs 0.1).
public struct EventLogFindings: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case unreadable(EventLogError)
        case replayed(ReplayedLog)
    }

    /// SHA-256 of the log's bytes.
    public let sha256: FixedBytes<32>
    public let byteCount: Int
    public let outcome: Outcome

    /// - Parameters:
    ///   - bytes: The log, taken out of what carried it.
    ///   - format: The log's form where the sender names it; told by its first bytes otherwise.
    ///   - rtmrs: The registers of a verified quote.
    ///   - manifests: Model manifests that the sender or a reference set gives. Each counts only where an event of the log
    ///     names its SHA-256.
    public init(
        of bytes: [UInt8], as format: EventLog.Format? = nil, against rtmrs: QuotedRegisters,
        manifests: [[UInt8]] = []
    ) {
        self.init(of: bytes, sha256: nil, as: format, against: rtmrs, manifests: manifests)
    }

    /// - Parameter digest: Of the log, where it is known.
    package init(
        of bytes: [UInt8], sha256 digest: FixedBytes<32>?, as format: EventLog.Format? = nil,
        against rtmrs: QuotedRegisters, manifests: [[UInt8]] = []
    ) {
        sha256 = Self.name(bytes, digest)
        byteCount = bytes.count
        do {
            outcome = .replayed(
                try ReplayedLog(EventLog(parsing: bytes, as: format), against: rtmrs, manifests: manifests))
        } catch {
            outcome = .unreadable(error)
        }
    }

    /// A log that was refused before it was read, such as one beside an SGX quote.
    public init(refusing bytes: [UInt8], because error: EventLogError) {
        self.init(refusing: bytes, sha256: nil, because: error)
    }

    /// - Parameter digest: Of the log, where it is known.
    package init(refusing bytes: [UInt8], sha256 digest: FixedBytes<32>?, because error: EventLogError) {
        sha256 = Self.name(bytes, digest)
        byteCount = bytes.count
        outcome = .unreadable(error)
    }

    /// An oversized log is not even hashed here: the cap is on the work it can cause. Findings about it name no log.
    private static func name(_ bytes: [UInt8], _ known: FixedBytes<32>?) -> FixedBytes<32> {
        guard bytes.count <= Limits.eventLogBytes else { return FixedBytes() }
        return known ?? Digest.sha256(bytes)
    }

    public var error: EventLogError? {
        if case .unreadable(let error) = outcome { error } else { nil }
    }

    public var log: ReplayedLog? {
        if case .replayed(let log) = outcome { log } else { nil }
    }

    /// The four registers; none where the log cannot be read.
    public var registers: [RegisterReplay] { log?.registers ?? [] }
    public var facts: EventLogFacts? { log?.facts }
    public var events: [ReplayedEvent] { log?.events ?? [] }
    public var notes: [EventLogNote] { log?.notes ?? [] }

    /// What the registers that differ resemble, each hint once; `prefix_of_nothing` is none.
    public var hints: [ReplayHint] {
        ReplayHint.allCases.filter { hint in
            hint != .prefixOfNothing && registers.contains { $0.hint == hint }
        }
    }
}
