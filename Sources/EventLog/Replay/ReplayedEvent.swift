public import Wire

/// An event of a log whose registers have been compared with a verified quote's.
public struct ReplayedEvent: Hashable, Sendable {
    /// What of an event is evidence (event-logs 0.3).
    public enum Authentication: Hashable, Sendable {
        /// The digest follows from these bytes: they are genuine. The type and all else beside them is not covered.
        case content(DigestRule, covered: ArraySlice<UInt8>)
        /// The digest is genuine; every label around it is the sender's word.
        case digestOnly
        /// Not extended, or its register did not replay: no evidence at all.
        case none

        public var name: String {
            switch self {
            case .content: "content"
            case .digestOnly: "digest_only"
            case .none: "none"
            }
        }

        public var rule: DigestRule? {
            if case .content(let rule, _) = self { rule } else { nil }
        }
    }

    public let event: LoggedEvent
    public let authentication: Authentication
    /// What was measured, where the event shows it and its register replayed. Facts come from these bytes alone.
    public let preimage: Preimage?
    /// What the register held after it; `nil` where it extended nothing.
    public let running: FixedBytes<48>?

    /// What the event is about, for display: genuine only where `authentication` says so.
    package var label: String? {
        if case .string(let text) = EventDocument.document(self)["text"] { text } else { nil }
    }

    /// Whether its digest is genuine.
    var isGenuine: Bool { authentication != .none }
}
