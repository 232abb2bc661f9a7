/// A strict RFC 8259 document, kept with the byte range of every value: signatures are over bytes as received, and what
/// other readers hide (duplicate names, number forms, depth) is what decides here (dcap 4.1).
///
/// Values lie on a flat tape in document order; nothing is decoded until it is asked for.
public final class JSONDocument: Sendable {
    public let bytes: [UInt8]
    let tape: [JSONNode]

    /// - Parameters:
    ///   - bytes: One JSON value with white space around it, UTF-8 without BOM.
    ///   - limit: The most bytes that are read.
    ///   - depth: The most levels; the top-level value has depth 1.
    ///   - values: The most values, containers and what is in them.
    public init(
        parsing bytes: [UInt8], limit: Int = Limits.jsonBytes, depth: Int = Limits.jsonDepth,
        values: Int = Limits.jsonValues
    ) throws(JSONError) {
        guard bytes.count <= limit else { throw JSONError(.tooLarge, at: limit) }
        var tokenizer = JSONTokenizer(bytes, depth: depth, values: values)
        tape = try tokenizer.run()
        self.bytes = bytes
    }

    public var root: JSONValue { JSONValue(self, 0) }
}

/// One value on the tape. An object's children alternate name, value; `next` is the tape index after the whole value.
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable { case object, array, string, escapedString, number, yes, no, null }
    var kind: Kind
    var start: Int32
    var end: Int32
    var next: Int32
}

/// A value in a document, by position: cheap to copy, decoded on demand.
public struct JSONValue: Sendable {
    public enum Kind: String, Hashable, Sendable { case object, array, string, number, boolean, null }

    private let document: JSONDocument
    let index: Int

    init(_ document: JSONDocument, _ index: Int) {
        self.document = document
        self.index = index
    }

    private var node: JSONNode { document.tape[index] }

    /// Where the value stands below the top-level one: `.tcbLevels[3].tcb`. Found by walking down to it, because only
    /// messages ask.
    public var path: String {
        var path = ""
        var parent = 0
        while parent != index {
            var child = parent + 1
            var position = 0
            let isObject = document.tape[parent].kind == .object
            while true {
                let value = isObject ? child + 1 : child
                let next = Int(document.tape[value].next)
                guard next <= index else {
                    path += isObject ? "." + (JSONValue(document, child).string ?? "") : "[\(position)]"
                    parent = value
                    break
                }
                child = next
                position += 1
            }
        }
        return path
    }

    /// From the first byte of the value to its last, white space around it left out.
    public var range: Range<Int> { Int(node.start)..<Int(node.end) }
    public var bytes: ArraySlice<UInt8> { document.bytes[range] }

    public var kind: Kind {
        switch node.kind {
        case .object: .object
        case .array: .array
        case .string, .escapedString: .string
        case .number: .number
        case .yes, .no: .boolean
        case .null: .null
        }
    }

    /// The member's value, or `nil` if this is no object or has no such member.
    public func member(_ name: StaticString) -> JSONValue? {
        guard node.kind == .object else { return nil }
        var child = index + 1
        let end = Int(node.next)
        while child < end {
            let isMatch =
                document.tape[child].kind == .string
                ? name.matches(document.bytes, Int(document.tape[child].start) + 1, Int(document.tape[child].end) - 1)
                : JSONValue(document, child).string.hasSameBytes(as: "\(name)")
            if isMatch { return JSONValue(document, child + 1) }
            child = Int(document.tape[child + 1].next)
        }
        return nil
    }

    /// Names and values of an object in document order; empty for anything else.
    public var members: [(name: String, value: JSONValue)] {
        guard node.kind == .object else { return [] }
        var members: [(String, JSONValue)] = []
        var child = index + 1
        while child < Int(node.next) {
            members.append((JSONValue(document, child).string ?? "", JSONValue(document, child + 1)))
            child = Int(document.tape[child + 1].next)
        }
        return members
    }

    /// The elements of an array in order; none for anything else.
    public var elements: Elements { Elements(document, from: index + 1, to: node.kind == .array ? Int(node.next) : 0) }

    public struct Elements: Sequence, IteratorProtocol, Sendable {
        private let document: JSONDocument
        private var child: Int
        private let end: Int

        init(_ document: JSONDocument, from child: Int, to end: Int) {
            self.document = document
            self.child = child
            self.end = end
        }

        public mutating func next() -> JSONValue? {
            guard child < end else { return nil }
            let value = JSONValue(document, child)
            child = Int(document.tape[child].next)
            return value
        }
    }

    /// The bytes between the quotes of a string without escapes; `nil` for anything else.
    public var plainString: ArraySlice<UInt8>? {
        node.kind == .string ? document.bytes[range.lowerBound + 1..<range.upperBound - 1] : nil
    }

    /// A string, escapes decoded; `nil` for any other kind.
    public var string: String? {
        switch node.kind {
        case .string: String(decoding: document.bytes[range.lowerBound + 1..<range.upperBound - 1], as: UTF8.self)
        case .escapedString: JSONEscapes.decode(document.bytes[range.lowerBound + 1..<range.upperBound - 1])
        default: nil
        }
    }

    /// What a number is, as dcap 4.1 tells the forms apart.
    public enum Integer: Hashable, Sendable {
        case value(UInt64)
        /// A sign, or more than 64 bits: the right type, out of range.
        case outOfRange
        /// A fraction, an exponent, or no number at all: the wrong type.
        case notAnInteger
    }

    public var integer: Integer {
        guard node.kind == .number else { return .notAnInteger }
        var value: UInt64 = 0
        var isOutOfRange = false
        for (position, byte) in bytes.enumerated() {
            if byte == 0x2D, position == 0 {
                isOutOfRange = true
                continue
            }
            guard (0x30...0x39).contains(byte) else { return .notAnInteger }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte & 0xF))
            isOutOfRange = isOutOfRange || overflow || carry
            value = sum
        }
        return isOutOfRange ? .outOfRange : .value(value)
    }

    public var boolean: Bool? {
        switch node.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }
}

extension StaticString {
    fileprivate func matches(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        guard utf8CodeUnitCount == end - start else { return false }
        return withUTF8Buffer { name in
            for index in 0..<name.count where name[index] != bytes[start + index] { return false }
            return true
        }
    }
}

/// String contents with escapes, already validated by the tokenizer.
enum JSONEscapes {
    static func decode(_ content: ArraySlice<UInt8>) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(content.count)
        var position = content.startIndex
        var high: UInt32 = 0
        while position < content.endIndex {
            guard content[position] == 0x5C else {
                decoded.append(content[position])
                position += 1
                continue
            }
            let escape = content[position + 1]
            position += 2
            guard escape == 0x75 else {
                decoded.append(simple(escape))
                continue
            }
            let unit = content[position..<position + 4].reduce(UInt32(0)) { $0 << 4 | UInt32(Hex.value(of: $1) ?? 0) }
            position += 4
            if (0xD800..<0xDC00).contains(unit) {
                high = unit
                continue
            }
            let scalar = (0xDC00..<0xE000).contains(unit) ? 0x10000 + (high - 0xD800) << 10 + (unit - 0xDC00) : unit
            if let scalar = Unicode.Scalar(scalar) { decoded.append(contentsOf: Array(String(scalar).utf8)) }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static func simple(_ escape: UInt8) -> UInt8 {
        switch escape {
        case 0x62: 0x08
        case 0x66: 0x0C
        case 0x6E: 0x0A
        case 0x72: 0x0D
        case 0x74: 0x09
        default: escape
        }
    }
}
