/// The structures that firmware logs, as it writes them (event-logs 1.7).
package enum UEFIStructures {
    /// EFI_GLOBAL_VARIABLE in the byte order of memory.
    private static let globalVariable: [UInt8] = [
        0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2, 0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C,
    ]

    package static func variable(_ name: String, _ value: [UInt8]) -> [UInt8] {
        globalVariable + UInt64(name.utf16.count).littleEndianBytes + UInt64(value.count).littleEndianBytes
            + utf16(name) + value
    }

    /// An image loaded from a file: one node with the path, then the end node.
    static func image(_ path: String) -> [UInt8] {
        let text = utf16(path) + [0, 0]
        let node = [4, 4] + UInt16(4 + text.count).littleEndianBytes + text + [0x7F, 0xFF, 4, 0]
        return [UInt8](repeating: 0, count: 24) + UInt64(node.count).littleEndianBytes + node
    }

    /// A length of one byte and the text, which stands before a blob's or a table's place.
    static func description(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func utf16(_ text: String) -> [UInt8] { text.utf16.flatMap(\.littleEndianBytes) }
}
