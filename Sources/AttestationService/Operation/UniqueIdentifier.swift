/// UUIDs: version 7 carries the time of a verdict, version 4 nothing (RFC 9562).
package enum UniqueIdentifier {
    /// - Parameter milliseconds: Since 1970; the first 48 bits, so that identifiers sort by time.
    package static func timed(milliseconds: Int64) -> String {
        var generator = SystemRandomNumberGenerator()
        let high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | generator.next() & 0x0FFF
        return text(high, generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return text(
            generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
            generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(36)
        for position in 0..<32 {
            if position == 8 || position == 12 || position == 16 || position == 20 { characters.append(0x2D) }
            let word = position < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (position % 16))) & 0xF
            characters.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        return String(decoding: characters, as: UTF8.self)
    }
}
