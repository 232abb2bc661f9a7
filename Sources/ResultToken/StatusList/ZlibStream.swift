/// Writes zlib data (RFC 1950) for bytes that repeat: one block of fixed codes (RFC 1951 3.2.6) in which a run is a match
/// with the byte before it. A status list is nearly all zeros, so this is nearly all that compression can do for it; and
/// every inflater reads it.
enum ZlibStream {
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var writer = BitWriter(bytes: [0x78, 0xDA])
        // The last block, of type 1.
        writer.write(0b011, count: 3)
        var position = 0
        while position < bytes.count {
            writer.write(literal: bytes[position])
            let end = bytes[position...].firstIndex { $0 != bytes[position] } ?? bytes.count
            var run = end - position - 1
            while run >= 3 {
                let length = min(run, 258)
                writer.write(repeat: length)
                run -= length
            }
            position = end - run
        }
        writer.write(code: 256)
        return writer.finish() + bigEndian(checksum(bytes))
    }

    /// Adler-32 (RFC 1950 8.2).
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return high << 16 | low
    }

    /// The shortest length of each code (RFC 1951 3.2.5).
    static let lengths = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]

    /// Four codes of each number of further bits, from the ninth code on; the last is 258 alone.
    static func lengthBits(_ place: Int) -> Int { place < 8 || place == 28 ? 0 : place / 4 - 1 }

    static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}

/// Bits into bytes, the least significant first.
private struct BitWriter {
    private var bytes: [UInt8]
    private var pending: UInt32 = 0
    private var count: UInt32 = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func write(_ value: UInt32, count: UInt32) {
        pending |= value << self.count
        self.count += count
        while self.count >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            self.count -= 8
        }
    }

    /// A Huffman code, whose first bit is its most significant.
    private mutating func write(huffman code: UInt32, count: UInt32) {
        var reversed: UInt32 = 0
        for bit in 0..<count { reversed |= (code >> bit & 1) << (count - 1 - bit) }
        write(reversed, count: count)
    }

    mutating func write(literal byte: UInt8) { write(code: UInt32(byte)) }

    /// A literal, the end of the block, or a length.
    mutating func write(code: UInt32) {
        switch code {
        case 0..<144: write(huffman: 0x30 + code, count: 8)
        case 144..<256: write(huffman: 0x190 + code - 144, count: 9)
        case 256..<280: write(huffman: code - 256, count: 7)
        default: write(huffman: 0xC0 + code - 280, count: 8)
        }
    }

    /// A match of 3 to 258 bytes with the one just before.
    mutating func write(repeat length: Int) {
        let place = (ZlibStream.lengths.lastIndex { $0 <= length } ?? 0)
        write(code: 257 + UInt32(place))
        write(UInt32(length - ZlibStream.lengths[place]), count: UInt32(ZlibStream.lengthBits(place)))
        // Distance 1.
        write(huffman: 0, count: 5)
    }

    consuming func finish() -> [UInt8] {
        count > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes
    }
}
