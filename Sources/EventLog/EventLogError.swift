import Wire

/// Why a log cannot be read: no fact comes from it. The quote beside it is judged all the same (event-logs 2.2).
public struct EventLogError: Error, Hashable, Sendable {
    public let code: EventLogCode
    /// The part at fault, such as `events[12].digests`.
    public let field: String
    /// Its place in the log's bytes, where one can be named.
    public let offset: Int?
    public let found: String
    public let wanted: String

    public init(_ code: EventLogCode, field: String, offset: Int? = nil, found: String, wanted: String) {
        self.code = code
        self.field = field
        self.offset = offset
        self.found = found
        self.wanted = wanted
    }

    /// One sentence for people.
    public var detail: String {
        let place = offset.map { " at byte \($0)" } ?? ""
        return "\(field)\(place): found \(found), wanted \(wanted)"
    }

    /// A log sent with evidence that has no runtime registers (event-logs 8, row 60).
    public static let notApplicable = EventLogError(
        .notApplicable, field: "event_log", found: "an event log beside an SGX quote",
        wanted: "a TDX quote, whose runtime registers a log can explain; leave the log out")

    /// What the cursor found missing.
    init(_ error: FormatError) {
        switch error {
        case .truncated(let field, let offset, let need, let have):
            self.init(
                .truncated, field: field, offset: offset, found: "\(have) bytes", wanted: "\(need) more bytes")
        case .trailing(let field, let offset, let count):
            self.init(.truncated, field: field, offset: offset, found: "\(count) bytes left over", wanted: "none")
        }
    }
}
