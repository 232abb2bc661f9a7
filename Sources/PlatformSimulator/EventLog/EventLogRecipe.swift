import Crypto

/// A CC event log in the making, and the registers that a TDX module would hold after it. Written from the TCG's layout,
/// sharing nothing with the reader that it tests.
package struct EventLogRecipe: Hashable, Sendable {
    /// One event: what is logged, and whether it was extended too.
    package struct Event: Hashable, Sendable {
        /// 0 to 3.
        package var register: Int
        package var type: UInt32
        /// What is extended, 48 bytes.
        package var digest: [UInt8]
        package var data: [UInt8]
        /// An event that came after the quote is in the log alone; one that somebody hides is in the register alone.
        package var isExtended = true
        package var isLogged = true
    }

    package var events: [Event] = []
    /// The size of the area that the firmware reserves; the rest is filled with FF. No padding if the log is longer.
    package var areaSize = 65_536

    package init() {}

    /// Adds an event whose digest is of the data, or of `covered` where its type measures something else.
    package mutating func add(_ register: Int, _ type: UInt32, _ data: [UInt8], covering covered: [UInt8]? = nil) {
        events.append(
            Event(register: register, type: type, digest: Array(SHA384.hash(data: covered ?? data)), data: data))
    }

    /// The log's bytes: header, events, padding.
    package var bytes: [UInt8] {
        var log = Self.header
        for event in events where event.isLogged {
            log += UInt32(event.register + 1).littleEndianBytes + event.type.littleEndianBytes
            log += UInt32(1).littleEndianBytes + UInt16(0x000C).littleEndianBytes + event.digest
            log += UInt32(event.data.count).littleEndianBytes + event.data
        }
        return log + [UInt8](repeating: 0xFF, count: max(0, areaSize - log.count))
    }

    /// RTMR0 to RTMR3 after every event that was extended.
    package var registers: [[UInt8]] {
        var registers = [[UInt8]](repeating: [UInt8](repeating: 0, count: 48), count: 4)
        for event in events where event.isExtended {
            registers[event.register] = Array(SHA384.hash(data: registers[event.register] + event.digest))
        }
        return registers
    }

    /// TCG_PCClientPCREvent with TCG_EfiSpecIdEvent, one algorithm: SHA-384.
    private static let header: [UInt8] = {
        let specification =
            Array("Spec ID Event03".utf8) + [0] + UInt32(0).littleEndianBytes + [0, 2, 0, 2]
            + UInt32(1).littleEndianBytes + UInt16(0x000C).littleEndianBytes + UInt16(48).littleEndianBytes + [0]
        return UInt32(1).littleEndianBytes + UInt32(3).littleEndianBytes + [UInt8](repeating: 0, count: 20)
            + UInt32(specification.count).littleEndianBytes + specification
    }()
}
