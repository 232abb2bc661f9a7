import HTTPTypes
import Hummingbird
import Wire

/// Names of a request: the caller's where they are well formed, ours otherwise.
enum RequestIdentity {
    static func identifier(of request: Request) -> String {
        guard let given = request.headers[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy(isPlain)
        else { return UniqueIdentifier.random() }
        return given
    }

    /// W3C Trace Context: echoed so that the caller's trace holds together; version 00 and its fixed shape only.
    static func trace(of request: Request) -> String? {
        guard let given = request.headers[.traceParent] else { return nil }
        let parts = given.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00",
            parts.allSatisfy({ part in
                part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
            })
        else { return nil }
        return given
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }
}

/// UUIDs: version 7 carries the time of a verdict, version 4 nothing (RFC 9562).
public enum UniqueIdentifier {
    /// - Parameter milliseconds: Since 1970; the first 48 bits, so that identifiers sort by time.
    public static func timed(milliseconds: Int64) -> String {
        var generator = SystemRandomNumberGenerator()
        let high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | generator.next() & 0x0FFF
        return text(high, generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    static func random() -> String {
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
