import Wire

extension PlainLog {
    /// As bytes, in its form. A text holds RTMR3 alone.
    public var bytes: [UInt8] {
        switch form {
        case .tcg2:
            return events.reduce(into: Self.header) { log, event in
                log += UInt32(event.register + 1).bytes + event.type.bytes + UInt32(1).bytes + UInt16(0xC).bytes
                log += event.digest + UInt32(event.data.count).bytes
                log += event.data
            }
        case .dstack: return JSON.array(events.filter(\.isExtended).map(Self.dstack)).compactBytes
        case .text:
            return Array(events.filter { $0.register == 3 && $0.isExtended }.map(\.data).joined(separator: [0x0A]))
        }
    }

    private static let header: [UInt8] = {
        let specification =
            Array("Spec ID Event03".utf8) + [0] + UInt32(0).bytes + [0, 2, 0, 2] + UInt32(1).bytes
            + UInt16(0xC).bytes + UInt16(48).bytes + [0]
        return UInt32(1).bytes + UInt32(3).bytes + [UInt8](repeating: 0, count: 20)
            + UInt32(specification.count).bytes + specification
    }()

    private static func dstack(_ event: PlainEvent) -> JSON {
        var members: [(String, JSON)] = [
            ("imr", .integer(Int64(event.register))), ("event_type", .integer(Int64(event.type))),
            ("digest", .string(event.leavesDigestOut ? "" : Hex.encode(event.digest))), ("event", .string(event.name)),
            ("event_payload", .string(Hex.encode(event.data))),
        ]
        if let version = event.version { members.append(("version", .integer(Int64(version)))) }
        return .object(members)
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// Little endian.
    var bytes: [UInt8] { (0..<bitWidth / 8).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}
