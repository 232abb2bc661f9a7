/// The one decimal form of sizes, indices and times: `0`, or digits that do not begin with 0, up to 2^63 − 1.
public enum Decimal {
    public static func parse(_ text: some Collection<UInt8>) -> UInt64? {
        guard (1...19).contains(text.count), text.first != 0x30 || text.count == 1 else { return nil }
        var value: UInt64 = 0
        for digit in text {
            guard (0x30...0x39).contains(digit) else { return nil }
            // 19 digits stay below 2^64.
            value = value &* 10 &+ UInt64(digit &- 0x30)
        }
        return value <= TreeSize.maximum ? value : nil
    }
}
