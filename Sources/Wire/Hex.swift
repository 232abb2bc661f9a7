/// Hexadecimal, as collateral and command lines write it. Case never matters on input; output is lower case.
public enum Hex {
    /// The value of every byte as a digit; 0xFF for what is none.
    @usableFromInline static let values: [UInt8] = (0...255).map { value(of: $0) ?? 0xFF }

    /// Lower-case hexadecimal of `bytes`.
    public static func encode(_ bytes: some Collection<UInt8>) -> String { encode(Array(bytes)) }

    /// As above, for a whole array.
    public static func encode(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            var position = 0
            for byte in bytes {
                text[position] = digit(byte >> 4)
                text[position + 1] = digit(byte & 0xF)
                position += 2
            }
            return position
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value &+ (value < 10 ? 0x30 : 0x57) }

    /// - Returns: `nil` for an odd number of digits or anything that is no hexadecimal digit.
    public static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count.isMultiple(of: 2) else { return nil }
        var isHex = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2) { output, count in
            text.withUnsafeBufferPointer { input in
                var position = 0
                while position < input.count {
                    let high = values[Int(input[position])]
                    let low = values[Int(input[position + 1])]
                    isHex = isHex && (high | low) < 0x10
                    output[count] = high << 4 | low
                    count += 1
                    position += 2
                }
            }
        }
        return isHex ? bytes : nil
    }

    /// As above, for a whole array.
    public static func decode(_ text: [UInt8]) -> [UInt8]? { decode(text[...]) }

    /// As above, for a string such as a command line gives.
    public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)[...]) }

    /// - Returns: `nil` unless `text` is exactly `2 * count` hexadecimal digits.
    @inlinable public static func fixed<let count: Int>(_ text: ArraySlice<UInt8>) -> FixedBytes<count>? {
        guard text.count == count * 2 else { return nil }
        var bytes = FixedBytes<count>()
        var digits: UInt8 = 0
        text.withUnsafeBufferPointer { input in
            for position in 0..<count {
                let high = values[Int(input[2 * position])]
                let low = values[Int(input[2 * position + 1])]
                digits |= high | low
                bytes[position] = high << 4 | low
            }
        }
        return digits < 0x10 ? bytes : nil
    }

    /// The value of one digit; `nil` for anything else.
    @inlinable public static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character &- 0x30
        case 0x41...0x46: character &- 0x41 &+ 10
        case 0x61...0x66: character &- 0x61 &+ 10
        default: nil
        }
    }
}
