/// A point in time in whole seconds since 1970-01-01T00:00:00Z: the `T` of dcap 0.2 and every date in collateral.
///
/// A type of its own, so that no clock and no time zone can come near a verdict.
public struct Instant: Hashable, Comparable, Sendable {
    public let seconds: Int64

    @inlinable public init(seconds: Int64) { self.seconds = seconds }

    /// Reads exactly `YYYY-MM-DDThh:mm:ssZ` (20 characters, a valid calendar date, seconds 00–59), as dcap 4.1 demands.
    ///
    /// - Returns: `nil` for anything else: fractions, offsets, lower-case letters, 30 February.
    public init?(rfc3339 text: ArraySlice<UInt8>) {
        guard text.count == 20 else { return nil }
        let start = text.startIndex
        func part(_ from: Int, _ to: Int) -> Int? { Self.decimal(text[start + from..<start + to]) }
        guard text[start + 4] == 0x2D, text[start + 7] == 0x2D, text[start + 10] == 0x54, text[start + 13] == 0x3A,
            text[start + 16] == 0x3A, text[start + 19] == 0x5A, let year = part(0, 4), let month = part(5, 7),
            let day = part(8, 10), let hour = part(11, 13), let minute = part(14, 16), let second = part(17, 19)
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// As above, for a string such as a command line gives.
    public init?(rfc3339 text: String) { self.init(rfc3339: Array(text.utf8)[...]) }

    /// A proleptic Gregorian UTC date.
    ///
    /// - Returns: `nil` when a part is out of its range.
    public init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year),
            (0...23).contains(hour), (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        // Days from civil: eras of 400 years, years that start in March.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        seconds = Int64(days) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    }

    /// The later instant by `interval` seconds, held at the ends of the range instead of trapping.
    @inlinable public func advanced(bySeconds interval: Int64) -> Instant {
        let (sum, overflow) = seconds.addingReportingOverflow(interval)
        return Instant(seconds: overflow ? (interval > 0 ? .max : .min) : sum)
    }

    @inlinable public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year.isMultiple(of: 4) && !year.isMultiple(of: 100)) || year.isMultiple(of: 400) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The value of ASCII decimal digits; `nil` if there is anything else.
    package static func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }
}

extension Instant: CustomStringConvertible {
    /// `YYYY-MM-DDThh:mm:ssZ`; outside the years 0–9999 the bare seconds with an `s`.
    public var description: String {
        guard seconds >= -62_167_219_200, seconds <= 253_402_300_799 else { return "\(seconds)s" }
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let parts: [(value: Int64, width: Int, end: UInt8)] = [
            (year, 4, 0x2D), (month, 2, 0x2D), (day, 2, 0x54), (rest / 3_600, 2, 0x3A), (rest / 60 % 60, 2, 0x3A),
            (rest % 60, 2, 0x5A),
        ]
        return String(unsafeUninitializedCapacity: 20) { text in
            var position = 0
            for part in parts {
                var value = part.value
                for place in (position..<position + part.width).reversed() {
                    text[place] = 0x30 + UInt8(truncatingIfNeeded: value % 10)
                    value /= 10
                }
                position += part.width + 1
                text[position - 1] = part.end
            }
            return position
        }
    }
}
