/// A JSON value that we write: members keep their order for people, and are sorted for the canonical form.
public enum JSON: Hashable, Sendable {
    case object([(String, JSON)])
    case array([JSON])
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case null

    /// RFC 8785: members sorted by UTF-16 code units, no white space, least escaping. There are no fractions here.
    public var canonicalBytes: [UInt8] { bytes(.canonical) }

    public var canonicalText: String { String(decoding: canonicalBytes, as: UTF8.self) }

    /// For programs: members in the order given, no white space.
    public var compactBytes: [UInt8] { bytes(.compact) }

    public var compactText: String { String(decoding: compactBytes, as: UTF8.self) }

    /// For people: members in the order given, two blanks a level.
    public var prettyText: String { String(decoding: bytes(.pretty), as: UTF8.self) }

    private enum Form { case canonical, compact, pretty }

    private func bytes(_ form: Form) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16_384)
        write(into: &bytes, form, level: 0)
        return bytes
    }

    /// An object with further members at its end; anything else as it is.
    public func adding(_ members: [(String, JSON)]) -> JSON {
        guard case .object(let own) = self else { return self }
        return .object(own + members)
    }

    /// The named member of an object.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0.hasSameBytes(as: name) }?.1
    }

    private func write(into bytes: inout [UInt8], _ form: Form, level: Int) {
        switch self {
        case .object(let members):
            let ordered =
                form == .canonical ? members.sorted { Self.precedes($0.0, $1.0) } : members
            bytes.append(0x7B)
            for (position, (name, value)) in ordered.enumerated() {
                Self.separate(position, into: &bytes, form, level + 1)
                Self.write(name, into: &bytes)
                bytes.append(0x3A)
                if form == .pretty { bytes.append(0x20) }
                value.write(into: &bytes, form, level: level + 1)
            }
            Self.end(ordered.isEmpty, 0x7D, into: &bytes, form, level)
        case .array(let values):
            bytes.append(0x5B)
            for (position, value) in values.enumerated() {
                Self.separate(position, into: &bytes, form, level + 1)
                value.write(into: &bytes, form, level: level + 1)
            }
            Self.end(values.isEmpty, 0x5D, into: &bytes, form, level)
        case .string(let string): Self.write(string, into: &bytes)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .null: bytes.append(contentsOf: "null".utf8)
        }
    }

    /// The order of UTF-16 code units. That of UTF-8's bytes is the same, and cheaper, unless a character of the last
    /// planes meets one from the end of the first.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        var (first, second) = (left, right)
        let order = first.withUTF8 { first in
            second.withUTF8 { second -> Bool? in
                let common = min(first.count, second.count)
                guard let position = (0..<common).first(where: { first[$0] != second[$0] }) else {
                    return first.count < second.count
                }
                let (one, other) = (first[position], second[position])
                return one >= 0xEE && other >= 0xEE ? nil : one < other
            }
        }
        return order ?? left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    private static func separate(_ position: Int, into bytes: inout [UInt8], _ form: Form, _ level: Int) {
        if position > 0 { bytes.append(0x2C) }
        if form == .pretty { breakLine(into: &bytes, level) }
    }

    private static func end(_ isEmpty: Bool, _ bracket: UInt8, into bytes: inout [UInt8], _ form: Form, _ level: Int) {
        if form == .pretty, !isEmpty { breakLine(into: &bytes, level) }
        bytes.append(bracket)
    }

    private static func breakLine(into bytes: inout [UInt8], _ level: Int) {
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: 2 * level))
    }

    private static func write(_ string: String, into bytes: inout [UInt8]) {
        bytes.append(0x22)
        var string = string
        string.withUTF8 { text in
            // Nearly every string is plain, and is copied whole.
            guard isPlain(text) else {
                for byte in text { writeEscaped(byte, into: &bytes) }
                return
            }
            bytes.append(contentsOf: text)
        }
        bytes.append(0x22)
    }

    /// Whether nothing in `text` needs an escape. Eight bytes at a time: every byte that is written passes here.
    private static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones << 7
        let raw = UnsafeRawBufferPointer(text)
        var position = 0
        while raw.count - position >= 8 {
            let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5C)
            // In each term a high bit means: a control character, a byte that became zero.
            let control = (word &- ones &* 0x20) & ~word
            let found = control | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            guard found & highs == 0 else { return false }
            position += 8
        }
        while position < raw.count {
            let byte = raw[position]
            guard byte >= 0x20, byte != 0x22, byte != 0x5C else { return false }
            position += 1
        }
        return true
    }

    private static func writeEscaped(_ byte: UInt8, into bytes: inout [UInt8]) {
        switch byte {
        case 0x22: bytes.append(contentsOf: #"\""#.utf8)
        case 0x5C: bytes.append(contentsOf: #"\\"#.utf8)
        case 0x08: bytes.append(contentsOf: #"\b"#.utf8)
        case 0x09: bytes.append(contentsOf: #"\t"#.utf8)
        case 0x0A: bytes.append(contentsOf: #"\n"#.utf8)
        case 0x0C: bytes.append(contentsOf: #"\f"#.utf8)
        case 0x0D: bytes.append(contentsOf: #"\r"#.utf8)
        case 0..<0x20: bytes.append(contentsOf: (#"\u00"# + Hex.encode([byte])).utf8)
        default: bytes.append(byte)
        }
    }

    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0.hasSameBytes(as: $1.0) && $0.1 == $1.1 }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
        case (.integer(let left), .integer(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(canonicalText) }
}
