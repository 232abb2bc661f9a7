/// Reads zlib data (RFC 1950, RFC 1951) that a stranger may have made: every read is bounded by the input, and what is
/// written by the caller's limit.
extension ZlibStream {
    struct Defect: Error, Hashable { let sentence: String }

    /// - Parameter limit: The most bytes that are written; data that holds more are refused.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Defect) -> [UInt8] {
        guard bytes.count > 6, bytes[0] & 0x0F == 8, bytes[0] >> 4 < 8, bytes[1] & 0x20 == 0,
            (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
        else { throw Defect(sentence: "no zlib data") }
        var reader = BitReader(bytes: bytes[2..<(bytes.count - 4)])
        var output: [UInt8] = []
        var isLast = false
        while !isLast {
            isLast = try reader.bits(1) == 1
            switch try reader.bits(2) {
            case 0:
                let count = try reader.storedCount()
                guard output.count + count <= limit else { throw tooLarge(limit) }
                output += try reader.bytes(count)
            case 1: try block(&reader, .fixedLiterals, .fixedDistances, limit, &output)
            case 2:
                let (literals, distances) = try HuffmanCode.pair(&reader)
                try block(&reader, literals, distances, limit, &output)
            default: throw Defect(sentence: "zlib data with an unknown block")
            }
        }
        guard reader.isAtEnd, bigEndian(checksum(output)).elementsEqual(bytes.suffix(4)) else {
            throw Defect(sentence: "zlib data whose end or checksum is wrong")
        }
        return output
    }

    private static func tooLarge(_ limit: Int) -> Defect { Defect(sentence: "more than \(limit) bytes inflated") }

    private static func block(
        _ reader: inout BitReader, _ literals: HuffmanCode, _ distances: HuffmanCode, _ limit: Int,
        _ output: inout [UInt8]
    ) throws(Defect) {
        while true {
            let symbol = try reader.symbol(literals)
            if symbol == 256 { return }
            if symbol < 256 {
                guard output.count < limit else { throw tooLarge(limit) }
                output.append(UInt8(symbol))
                continue
            }
            guard symbol < 286 else { throw Defect(sentence: "zlib data with an unknown length") }
            let length = try lengths[symbol - 257] + reader.bits(lengthBits(symbol - 257))
            let code = try reader.symbol(distances)
            guard code < 30 else { throw Defect(sentence: "zlib data with an unknown distance") }
            let furtherBits = max(0, code / 2 - 1)
            let base = code < 2 ? code + 1 : ((2 + code & 1) << furtherBits) + 1
            let distance = try base + reader.bits(furtherBits)
            guard distance <= output.count else { throw Defect(sentence: "zlib data that refer to before their start") }
            guard output.count + length <= limit else { throw tooLarge(limit) }
            // Byte by byte: a match may reach into what it writes.
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}

/// Bits out of bytes, the least significant first.
private struct BitReader {
    private let input: ArraySlice<UInt8>
    private var position: Int
    private var bit = 0

    init(bytes: ArraySlice<UInt8>) {
        input = bytes
        position = bytes.startIndex
    }

    /// The rest of the last byte is filling.
    var isAtEnd: Bool { position + (bit > 0 ? 1 : 0) == input.endIndex }

    mutating func bits(_ count: Int) throws(ZlibStream.Defect) -> Int {
        var value = 0
        for place in 0..<count {
            guard position < input.endIndex else { throw ZlibStream.Defect(sentence: "zlib data that are cut off") }
            value |= Int(input[position] >> UInt8(bit) & 1) << place
            bit += 1
            if bit == 8 { (bit, position) = (0, position + 1) }
        }
        return value
    }

    /// The length of a stored block, which begins with a byte.
    mutating func storedCount() throws(ZlibStream.Defect) -> Int {
        if bit > 0 { (bit, position) = (0, position + 1) }
        let count = try bits(16)
        guard try bits(16) == count ^ 0xFFFF else {
            throw ZlibStream.Defect(sentence: "zlib data with a stored block of two lengths")
        }
        return count
    }

    mutating func bytes(_ count: Int) throws(ZlibStream.Defect) -> ArraySlice<UInt8> {
        guard count <= input.endIndex - position else {
            throw ZlibStream.Defect(sentence: "zlib data that are cut off")
        }
        defer { position += count }
        return input[position..<(position + count)]
    }

    /// Code by code of each length: slow and small, for lists of some kilobytes.
    mutating func symbol(_ code: HuffmanCode) throws(ZlibStream.Defect) -> Int {
        var (value, first, index) = (0, 0, 0)
        for count in code.counts.dropFirst() {
            value |= try bits(1)
            if value - first < count { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw ZlibStream.Defect(sentence: "zlib data with an unknown code")
    }
}

/// A canonical Huffman code (RFC 1951 3.2.2).
private struct HuffmanCode {
    /// How many codes there are of each length, from 0 to 15.
    let counts: [Int]
    /// In the order of their codes.
    let symbols: [Int]

    /// - Parameter lengths: Of each symbol's code; 0 has none.
    init(lengths: [Int]) throws(ZlibStream.Defect) {
        var counts = [Int](repeating: 0, count: 16)
        for length in lengths where length > 0 { counts[length] += 1 }
        var left = 1
        for count in counts.dropFirst() {
            left = left * 2 - count
            guard left >= 0 else { throw ZlibStream.Defect(sentence: "zlib data with more codes than there can be") }
        }
        self.counts = counts
        symbols = (1...15).flatMap { length in lengths.indices.filter { lengths[$0] == length } }
    }

    private init(counts: [Int], symbols: [Int]) {
        self.counts = counts
        self.symbols = symbols
    }

    /// RFC 1951 3.2.6.
    static let fixedLiterals = HuffmanCode(
        counts: [0, 0, 0, 0, 0, 0, 0, 24, 152, 112, 0, 0, 0, 0, 0, 0],
        symbols: Array(256..<280) + Array(0..<144) + Array(280..<288) + Array(144..<256))
    static let fixedDistances = HuffmanCode(
        counts: [0, 0, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], symbols: Array(0..<30))

    /// The codes of a block that brings its own (RFC 1951 3.2.7).
    static func pair(_ reader: inout BitReader) throws(ZlibStream.Defect) -> (literals: Self, distances: Self) {
        let literals = try reader.bits(5) + 257
        let distances = try reader.bits(5) + 1
        let count = try reader.bits(4) + 4
        var lengths = [Int](repeating: 0, count: 19)
        for place in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(count) {
            lengths[place] = try reader.bits(3)
        }
        let code = try HuffmanCode(lengths: lengths)
        lengths = []
        while lengths.count < literals + distances {
            let symbol = try reader.symbol(code)
            switch symbol {
            case 16:
                guard let last = lengths.last else {
                    throw ZlibStream.Defect(sentence: "zlib data that repeat a length before the first")
                }
                lengths += [Int](repeating: last, count: 3 + (try reader.bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try reader.bits(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try reader.bits(7)))
            default: lengths.append(symbol)
            }
        }
        guard lengths.count == literals + distances else {
            throw ZlibStream.Defect(sentence: "zlib data with more lengths than codes")
        }
        return (
            try HuffmanCode(lengths: Array(lengths[..<literals])), try HuffmanCode(lengths: Array(lengths[literals...]))
        )
    }
}
