import Wire

/// An event that dstack's guest agent extended into RTMR3 (event-logs 4.2).
public struct DstackEvent: Hashable, Sendable {
    public let name: String
    public let payload: [UInt8]
    /// Which of the two texts was hashed.
    public let version: Int

    /// What SHA-384 was taken of.
    var preimage: [UInt8] {
        guard version == 1 else {
            return JSON.object([
                ("name", .string(name)), ("payload", .string(Hex.encode(payload))),
                ("type", .integer(Int64(EventType.dstackRuntime.rawValue))),
            ]).canonicalBytes
        }
        let type = EventType.dstackRuntime.rawValue
        let prefix = (0..<4).map { UInt8(truncatingIfNeeded: type >> (8 * $0)) }
        return prefix + [0x3A] + Array(name.utf8) + [0x3A] + payload
    }
}
