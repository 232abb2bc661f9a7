import Wire

/// A boot event log as its bytes say it: parsed, believed by nobody.
///
/// Its events become evidence only for registers whose replay reaches the value of a quote that has verified; that is
/// `EventLogFindings`.
public struct EventLog: Hashable, Sendable {
    public enum Format: String, CaseIterable, Hashable, Sendable {
        /// The TCG's binary form: CCEL, and AAEL records in it.
        case tcg2
        /// The historical AAEL text, a line for each event of RTMR3.
        case aaelText = "aael"
        /// dstack's JSON array.
        case dstack
    }

    public let format: Format
    /// In the log's order, the header of a TCG2 log not among them.
    public let events: [LoggedEvent]
    public let notes: [EventLogNote]
    /// What each register held before the first event; zero but for an AAEL text that says otherwise.
    public let initial: QuotedRegisters
    /// Where the last event ends; what follows is padding.
    public let endOffset: Int

    /// Reads a log, its form told by its first bytes unless it is given (event-logs 1.2).
    public init(parsing bytes: [UInt8], as format: Format? = nil) throws(EventLogError) {
        guard !bytes.isEmpty else {
            throw EventLogError(.empty, field: "event_log", found: "0 bytes", wanted: "a log, or none at all")
        }
        guard bytes.count <= Limits.eventLogBytes else {
            throw EventLogError(
                .tooLarge, field: "event_log", found: "\(bytes.count) bytes",
                wanted: "at most \(Limits.eventLogBytes)")
        }
        let form: Format
        if let format { form = format } else { form = try EventLogSniffing.format(of: bytes) }
        switch form {
        case .tcg2: self = try TCG2Log.parse(bytes, isForced: format != nil)
        case .aaelText: self = try AAELTextLog.parse(bytes)
        case .dstack: self = try DstackLog.parse(bytes)
        }
    }

    init(
        format: Format, events: [LoggedEvent], notes: [EventLogNote], initial: QuotedRegisters = .zero, endOffset: Int
    ) {
        self.format = format
        self.events = events
        self.notes = notes
        self.initial = initial
        self.endOffset = endOffset
    }
}
