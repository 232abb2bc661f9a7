import Wire

/// The one USTAR archive of a set of files: sorted by name, no times, no owners (transparency-log 14.4). What is read must
/// be what would be written, so that no byte of an archive is without meaning.
enum USTAR {
    private static let block = 512

    static func write(_ files: [String: [UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, content) in sorted(files) {
            bytes += header(name, content.count) + content
            bytes += [UInt8](repeating: 0, count: (block - content.count % block) % block)
        }
        return bytes + [UInt8](repeating: 0, count: 2 * block)
    }

    /// - Returns: `nil` for anything that `write` does not write.
    static func read(_ bytes: [UInt8]) -> [String: [UInt8]]? {
        guard bytes.count <= Limits.evidenceBundleBytes, bytes.count.isMultiple(of: block) else { return nil }
        var files: [String: [UInt8]] = [:]
        var position = 0
        while bytes.count - position > 2 * block {
            guard files.count < Limits.evidenceBundleFiles else { return nil }
            let head = bytes[position..<position + block]
            guard let name = name(head), let size = octal(head.dropFirst(124).prefix(12)) else { return nil }
            position += block
            let padded = (size + block - 1) / block * block
            guard padded <= bytes.count - position - 2 * block else { return nil }
            guard files.updateValue(Array(bytes[position..<position + size]), forKey: name) == nil else { return nil }
            position += padded
        }
        return write(files) == bytes ? files : nil
    }

    private static func sorted(_ files: [String: [UInt8]]) -> [(key: String, value: [UInt8])] {
        files.sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
    }

    private static func name(_ header: ArraySlice<UInt8>) -> String? {
        let bytes = header.prefix(100).prefix { $0 != 0 }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Eleven digits and a NUL.
    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        guard field.last == 0 else { return nil }
        var value = 0
        for digit in field.dropLast() {
            guard (0x30...0x37).contains(digit) else { return nil }
            value = value << 3 | Int(digit & 7)
        }
        return value <= Limits.evidenceBundleBytes ? value : nil
    }

    /// POSIX 1003.1-1988: the checksum is over the header with blanks in its place.
    private static func header(_ name: String, _ count: Int) -> [UInt8] {
        func field(_ text: String, _ width: Int) -> [UInt8] {
            let bytes = Array(text.utf8.prefix(width))
            return bytes + [UInt8](repeating: 0, count: width - bytes.count)
        }
        func octal(_ value: Int, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
        }
        var header = field(name, 100)
        for number in [0o644, 0, 0] { header += field(octal(number, 7), 8) }
        header += field(octal(count, 11), 12) + field(octal(0, 11), 12) + [UInt8](repeating: 0x20, count: 8)
        header += field("0", 1) + field("", 100) + field("ustar", 6) + field("00", 2) + field("", 64)
        header += field(octal(0, 7), 8) + field(octal(0, 7), 8) + field("", 167)
        let sum = header.reduce(0) { $0 + Int($1) }
        header.replaceSubrange(148..<156, with: Array(octal(sum, 6).utf8) + [0, 0x20])
        return header
    }
}
