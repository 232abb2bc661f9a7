public import Wire

/// What the replay of one register says (event-logs 2.2).
public struct RegisterReplay: Hashable, Sendable {
    public enum Status: String, CaseIterable, Hashable, Sendable {
        /// The log's events lead to the quote's value: their digests, and their order, are genuine.
        case replayed
        /// No event, and the quote's register is zero: nothing was ever extended.
        case untouched
        /// No event, yet the quote's register is not zero: something was extended that the log does not show.
        case reported
        /// A text log that begins at another value than zero, and leads to the quote's: what was extended before it begins
        /// is hidden, and never called replayed.
        case startsElsewhere = "starts_elsewhere"
        /// The log's events lead elsewhere: none of them is evidence.
        case differs

        /// Whether facts may come from this register.
        public var isUsable: Bool { self == .replayed || self == .untouched }
    }

    public let register: RuntimeRegister
    public let status: Status
    public let quoted: FixedBytes<48>
    public let replayed: FixedBytes<48>
    /// How many events were extended into it.
    public let eventCount: Int
    /// Of a register that replayed: the events whose bytes the log does not show; `nil` where it shows each.
    public let unshown: Unshown?
    /// For `differs`: what the difference looks like. Never acceptance.
    public let hint: ReplayHint?
    /// For `differs`: the first event that is known to be at fault.
    public let firstDifference: EventDifference?

    /// Events that may be anything: their digests were extended, and no bytes of theirs are shown (event-logs 2.5).
    public struct Unshown: Hashable, Sendable {
        /// The number of the first in the log, from 1.
        public let event: Int
        public let count: Int
    }

    /// Whether all that was extended into the register is shown. "First", "complete", "every", "absent" and "unchanged" are
    /// concluded from such a register alone (event-logs 0.7).
    public var isAccounted: Bool { status.isUsable && unshown == nil }

    /// The code of a register that differs.
    public var code: EventLogCode? { status == .differs ? .replayMismatch : nil }
}

/// A guess at why a register differs, for the person who has to find out (event-logs 2.3).
public enum ReplayHint: String, CaseIterable, Hashable, Sendable {
    /// The quote was taken before the last events: ask for a fresh pair.
    case extraEvents = "extra_events"
    /// It matches if EV_NO_ACTION is extended, which no trust domain does.
    case noActionExtended = "no_action_extended"
    /// RTMR numbers stand where the log's numbers, one higher, belong.
    case indexOffByOne = "index_off_by_one"
    case registersSwapped = "registers_swapped"
    /// The emitter extended the hash of the bare text.
    case aaelPlain = "aael_plain"
    /// It matches with one duplicate separator left out.
    case separatorOnce = "separator_once"
    /// None of these: another machine's log, another boot's, a cut or a changed one.
    case prefixOfNothing = "prefix_of_nothing"
}

/// The first event at fault: what was found for it, and what was expected.
public struct EventDifference: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable {
        /// The quote's value is reached before this event.
        case afterQuote = "after_quote"
        /// The digest does not follow from the event's data, as it does for every event of this type.
        case contentMismatch = "content_mismatch"
        /// A reference log has another event in this place, or none.
        case reference
    }

    public let reason: Reason
    /// The event's number in the log; in a comparison with a reference, its place in the register, from 1.
    public let event: Int
    /// The digest that was expected there; `nil` where none was.
    public let expected: FixedBytes<48>?
    /// The digest that stands there; `nil` where none does.
    public let found: FixedBytes<48>?
}
