/// The name of a key in notes: a URL without scheme. A log's is its origin. Compared as bytes (N-3).
public struct KeyName: Hashable, Sendable {
    public let bytes: [UInt8]

    /// - Returns: `nil` for anything but UTF-8 without white space, control characters and `+`, up to 255 bytes, which
    ///   is what the length prefix of a cosigned message holds.
    public init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard (1...255).contains(bytes.count), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ !$0.properties.isWhitespace && $0.value >= 0x20 && $0 != "+" })
        else { return nil }
        self.bytes = bytes
    }

    public init?(_ text: String) { self.init(Array(text.utf8)) }

    /// Swift compares strings up to canonical equivalence; names are bytes.
    public static func == (left: KeyName, right: KeyName) -> Bool { left.bytes == right.bytes }
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

extension KeyName: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
