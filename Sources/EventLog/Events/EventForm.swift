/// How a log writes an event, as far as more of it than its data may be what was hashed (event-logs 2.4).
indirect enum EventForm: Hashable, Sendable {
    case tcg2
    /// A line of an AAEL text; its digest was computed from it.
    case line
    /// An event of dstack's agent that the log calls one; its digest was computed from its preimage.
    case runtime(DstackEvent, preimage: [UInt8])
    /// Any other event of dstack's JSON: its name, empty where it has none, and the member `preimage`.
    case dstack(name: String, preimage: [UInt8]?)
}
