/// What is wrong with a DER encoding, and at which byte.
public struct DERError: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        /// The element, or its header, runs past the end of what holds it.
        case truncated
        /// A length that is indefinite, longer than needed, or wider than four octets.
        case badLength
        /// A tag number above 30, or another tag than the structure has here.
        case unexpectedTag(found: UInt8, wanted: UInt8)
        /// Bytes are left over where the structure ends.
        case trailingBytes(Int)
        /// A primitive value that DER or its range does not allow; says which.
        case badValue(String)

        /// For a message.
        public var description: String {
            switch self {
            case .truncated: "an end inside an element"
            case .badLength: "a length that DER does not allow"
            case .unexpectedTag(let found, let wanted):
                "the tag 0x\(Hex.encode([found])) in place of 0x\(Hex.encode([wanted]))"
            case .trailingBytes(let count): "\(count) bytes after the end"
            case .badValue(let wanted): "something else than \(wanted)"
            }
        }
    }

    public let reason: Reason
    public let offset: Int

    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// Reads one level of a DER structure, element by element, without recursion: the caller descends where its structure
/// says so, and nowhere else. Definite, minimal lengths and low tag numbers only (X.690 clause 10).
public struct DERReader {
    /// Universal and context tags as they stand on the wire.
    public enum Tag {
        public static let boolean: UInt8 = 0x01
        public static let integer: UInt8 = 0x02
        public static let bitString: UInt8 = 0x03
        public static let octetString: UInt8 = 0x04
        public static let objectIdentifier: UInt8 = 0x06
        public static let enumerated: UInt8 = 0x0A
        public static let utf8String: UInt8 = 0x0C
        public static let printableString: UInt8 = 0x13
        public static let utcTime: UInt8 = 0x17
        public static let generalizedTime: UInt8 = 0x18
        public static let sequence: UInt8 = 0x30
        public static let set: UInt8 = 0x31
        /// `[number]`, constructed.
        public static func context(_ number: UInt8) -> UInt8 { 0xA0 | number }
    }

    /// One element: the whole encoding and its content, as ranges of the input.
    public struct Element: Hashable, Sendable {
        public let tag: UInt8
        public let encoding: Range<Int>
        public let content: Range<Int>
    }

    public let bytes: [UInt8]
    public private(set) var position: Int
    public let end: Int

    public init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

    public init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    public var isAtEnd: Bool { position >= end }

    /// The tag of the next element, or `nil` at the end.
    public var nextTag: UInt8? { position < end ? bytes[position] : nil }

    /// The next element, whatever it is.
    public mutating func any() throws(DERError) -> Element {
        let start = position
        guard end - start >= 2 else { throw DERError(.truncated, at: start) }
        let tag = bytes[start]
        guard tag & 0x1F != 0x1F else { throw DERError(.unexpectedTag(found: tag, wanted: tag & 0xE0), at: start) }
        let first = bytes[start + 1]
        var contentStart = start + 2
        var length = Int(first)
        if first >= 0x80 {
            let octets = Int(first & 0x7F)
            guard (1...4).contains(octets) else { throw DERError(.badLength, at: start + 1) }
            guard end - contentStart >= octets else { throw DERError(.truncated, at: start) }
            length = 0
            for index in contentStart..<contentStart + octets { length = length << 8 | Int(bytes[index]) }
            guard length >= 0x80, bytes[contentStart] != 0 else { throw DERError(.badLength, at: start + 1) }
            contentStart += octets
        }
        guard end - contentStart >= length else { throw DERError(.truncated, at: start) }
        position = contentStart + length
        return Element(tag: tag, encoding: start..<position, content: contentStart..<position)
    }

    /// The next element, which must carry `tag`.
    public mutating func element(_ tag: UInt8) throws(DERError) -> Element {
        guard let found = nextTag else { throw DERError(.truncated, at: position) }
        guard found == tag else { throw DERError(.unexpectedTag(found: found, wanted: tag), at: position) }
        return try any()
    }

    /// The next element if it carries `tag`, else `nil` without moving.
    public mutating func optional(_ tag: UInt8) throws(DERError) -> Element? {
        nextTag == tag ? try element(tag) : nil
    }

    /// A reader over the content of the next element, which must carry `tag`.
    public mutating func enter(_ tag: UInt8 = Tag.sequence) throws(DERError) -> DERReader {
        DERReader(bytes, in: try element(tag).content)
    }

    /// Insists that nothing is left.
    public func finish() throws(DERError) {
        guard position == end else { throw DERError(.trailingBytes(end - position), at: position) }
    }
}

extension DERReader {
    /// The content octets of an INTEGER, minimal two's complement as DER demands.
    public mutating func integer(_ tag: UInt8 = Tag.integer) throws(DERError) -> Range<Int> {
        let content = try element(tag).content
        guard let first = content.first else {
            throw DERError(.badValue("an INTEGER has at least one octet"), at: position)
        }
        if content.count > 1 {
            let sign = bytes[first]
            let next = bytes[first + 1]
            guard !(sign == 0 && next < 0x80), !(sign == 0xFF && next >= 0x80) else {
                throw DERError(.badValue("an INTEGER is encoded in as few octets as it needs"), at: first)
            }
        }
        return content
    }

    /// A non-negative INTEGER (or ENUMERATED) of at most `maximum`.
    public mutating func small(_ tag: UInt8 = Tag.integer, atMost maximum: Int) throws(DERError) -> Int {
        let content = try integer(tag)
        var value = 0
        guard bytes[content.lowerBound] < 0x80 else {
            throw DERError(.badValue("a value from 0 to \(maximum), not a negative one"), at: content.lowerBound)
        }
        for index in content {
            value = value << 8 | Int(bytes[index])
            guard value <= maximum else {
                throw DERError(.badValue("a value from 0 to \(maximum)"), at: content.lowerBound)
            }
        }
        return value
    }

    public mutating func boolean() throws(DERError) -> Bool {
        let content = try element(Tag.boolean).content
        guard content.count == 1, let octet = content.first, bytes[octet] == 0 || bytes[octet] == 0xFF else {
            throw DERError(.badValue("a BOOLEAN is one octet, 00 or FF"), at: content.lowerBound)
        }
        return bytes[octet] == 0xFF
    }

    /// A BIT STRING of whole octets.
    public mutating func octetAlignedBits() throws(DERError) -> Range<Int> {
        let content = try element(Tag.bitString).content
        guard let unused = content.first, bytes[unused] == 0 else {
            throw DERError(.badValue("a BIT STRING of whole octets"), at: content.lowerBound)
        }
        return content.dropFirst()
    }

    /// UTCTime or GeneralizedTime in the one form DER and RFC 5280 allow: whole seconds, `Z`.
    /// Two-digit years from 50 mean 19xx (RFC 5280 4.1.2.5.1).
    public mutating func time() throws(DERError) -> Instant {
        let found = try any()
        let digits: Int
        switch found.tag {
        case Tag.utcTime: digits = 2
        case Tag.generalizedTime: digits = 4
        default: throw DERError(.unexpectedTag(found: found.tag, wanted: Tag.utcTime), at: found.encoding.lowerBound)
        }
        let text = bytes[found.content]
        let start = text.startIndex
        guard text.count == digits + 11, text.last == 0x5A,
            var year = Instant.decimal(text[start..<start + digits])
        else { throw DERError(.badValue("a time in whole seconds that ends in Z"), at: start) }
        if digits == 2 { year += year >= 50 ? 1900 : 2000 }
        var parts = InlineArray<5, Int>(repeating: 0)
        for index in 0..<5 {
            let at = start + digits + index * 2
            guard let part = Instant.decimal(text[at..<at + 2]) else {
                throw DERError(.badValue("a time of decimal digits"), at: at)
            }
            parts[index] = part
        }
        guard
            let instant = Instant(
                year: year, month: parts[0], day: parts[1], hour: parts[2], minute: parts[3], second: parts[4])
        else { throw DERError(.badValue("a date that exists"), at: start) }
        return instant
    }
}
