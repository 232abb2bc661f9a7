/// Text → tape, in one pass and without recursion: open containers are on a stack of at most `depth`.
struct JSONTokenizer {
    private let bytes: [UInt8]
    private let depthLimit: Int
    /// How many values may still come.
    private var valuesLeft: Int
    private var tape: [JSONNode] = []
    /// Tape indices of the containers that are open.
    private var open: [Int] = []
    private var position = 0

    init(_ bytes: [UInt8], depth: Int, values: Int) {
        valuesLeft = values
        self.bytes = bytes
        depthLimit = depth
        // Long texts are few long strings.
        tape.reserveCapacity(min(bytes.count / 8, 1_024) + 16)
        open.reserveCapacity(depth)
    }

    mutating func run() throws(JSONError) -> [JSONNode] {
        skipWhiteSpace()
        try value()
        while let container = open.last {
            skipWhiteSpace()
            if tape[container].kind == .object {
                try objectStep(container)
            } else {
                try arrayStep(container)
            }
        }
        skipWhiteSpace()
        guard position == bytes.count else { throw JSONError(.trailingBytes, at: position) }
        return tape
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
        return bytes[position]
    }

    private mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// After the opening brace or after a member.
    private mutating func objectStep(_ container: Int) throws(JSONError) {
        let isFirst = tape.count == container + 1
        var byte = try peek()
        if byte == 0x7D { return try close(container) }
        if !isFirst {
            guard byte == 0x2C else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
            skipWhiteSpace()
            byte = try peek()
        }
        guard byte == 0x22 else { throw JSONError(.unexpectedByte, at: position) }
        try string()
        skipWhiteSpace()
        guard try peek() == 0x3A else { throw JSONError(.unexpectedByte, at: position) }
        position += 1
        skipWhiteSpace()
        try value()
    }

    private mutating func arrayStep(_ container: Int) throws(JSONError) {
        let isFirst = tape.count == container + 1
        let byte = try peek()
        if byte == 0x5D { return try close(container) }
        if !isFirst {
            guard byte == 0x2C else { throw JSONError(.unexpectedByte, at: position) }
            position += 1
            skipWhiteSpace()
        }
        try value()
    }

    private mutating func close(_ container: Int) throws(JSONError) {
        position += 1
        tape[container].end = Int32(truncatingIfNeeded: position)
        tape[container].next = Int32(truncatingIfNeeded: tape.count)
        open.removeLast()
        if tape[container].kind == .object {
            try JSONMemberNames.check(tape, container, bytes)
        }
    }

    private mutating func value() throws(JSONError) {
        guard valuesLeft > 0 else { throw JSONError(.tooManyValues, at: position) }
        valuesLeft -= 1
        switch try peek() {
        case 0x7B: try openContainer(.object)
        case 0x5B: try openContainer(.array)
        case 0x22: try string()
        case 0x74: try literal("true", .yes)
        case 0x66: try literal("false", .no)
        case 0x6E: try literal("null", .null)
        case 0x2D, 0x30...0x39: try number()
        default: throw JSONError(.unexpectedByte, at: position)
        }
    }

    private mutating func openContainer(_ kind: JSONNode.Kind) throws(JSONError) {
        guard open.count < depthLimit else { throw JSONError(.tooDeep, at: position) }
        open.append(tape.count)
        append(kind, from: position, to: position)
        position += 1
    }

    private mutating func append(_ kind: JSONNode.Kind, from start: Int, to end: Int) {
        tape.append(
            JSONNode(
                kind: kind, start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end),
                next: Int32(truncatingIfNeeded: tape.count + 1)))
    }

    private mutating func literal(_ text: StaticString, _ kind: JSONNode.Kind) throws(JSONError) {
        let start = position
        let count = text.utf8CodeUnitCount
        guard bytes.count - start >= count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        let isMatch = text.withUTF8Buffer { $0.elementsEqual(bytes[start..<start + count]) }
        guard isMatch else { throw JSONError(.unexpectedByte, at: start) }
        position += count
        append(kind, from: start, to: position)
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
    private mutating func number() throws(JSONError) {
        let start = position
        if bytes[position] == 0x2D { position += 1 }
        let first = position
        guard digits() else { throw JSONError(.invalidNumber, at: start) }
        guard bytes[first] != 0x30 || position == first + 1 else { throw JSONError(.invalidNumber, at: start) }
        if position < bytes.count, bytes[position] == 0x2E {
            position += 1
            guard digits() else { throw JSONError(.invalidNumber, at: start) }
        }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            guard digits() else { throw JSONError(.invalidNumber, at: start) }
        }
        append(.number, from: start, to: position)
    }

    private mutating func digits() -> Bool {
        let start = position
        while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
        return position > start
    }

    private mutating func string() throws(JSONError) {
        let start = position
        position += 1
        var hasEscape = false
        while true {
            position = endOfPlainText()
            guard position < bytes.count else { throw JSONError(.unexpectedEnd, at: position) }
            let byte = bytes[position]
            if byte == 0x22 { break }
            if byte == 0x5C {
                hasEscape = true
                try escape()
            } else if byte >= 0x80 {
                try multiByteScalar()
            } else {
                throw JSONError(.unexpectedByte, at: position)
            }
        }
        position += 1
        append(hasEscape ? .escapedString : .string, from: start, to: position)
    }

    /// The first byte from the position on that is not printable ASCII other than quote and backslash.
    private func endOfPlainText() -> Int {
        let start = position
        return bytes.withUnsafeBufferPointer { bytes in
            var position = start
            while position < bytes.count {
                let byte = bytes[position]
                guard byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C else { break }
                position += 1
            }
            return position
        }
    }

    private mutating func escape() throws(JSONError) {
        let start = position
        guard position + 1 < bytes.count else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        switch bytes[position + 1] {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: position += 2
        case 0x75:
            let unit = try codeUnit()
            guard !(0xDC00..<0xE000).contains(unit) else { throw JSONError(.invalidEscape, at: start) }
            guard (0xD800..<0xDC00).contains(unit) else { return }
            guard position + 1 < bytes.count, bytes[position] == 0x5C, bytes[position + 1] == 0x75,
                (0xDC00..<0xE000).contains(try codeUnit())
            else { throw JSONError(.invalidEscape, at: start) }
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    /// An escape of four hexadecimal digits, such as `\u20AC`, at the position, which moves past it.
    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        let start = position
        guard bytes.count - start >= 6 else { throw JSONError(.unexpectedEnd, at: bytes.count) }
        var unit: UInt16 = 0
        for index in start + 2..<start + 6 {
            guard let digit = Hex.value(of: bytes[index]) else { throw JSONError(.invalidEscape, at: start) }
            unit = unit << 4 | UInt16(digit)
        }
        position += 6
        return unit
    }

    /// One well-formed multi-byte sequence (Unicode table 3-7): no overlong forms, no surrogates, nothing above 10FFFF.
    private mutating func multiByteScalar() throws(JSONError) {
        let start = position
        let lead = bytes[start]
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xC2...0xDF: (count, second) = (2, 0x80...0xBF)
        case 0xE0: (count, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE, 0xEF: (count, second) = (3, 0x80...0xBF)
        case 0xED: (count, second) = (3, 0x80...0x9F)
        case 0xF0: (count, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (count, second) = (4, 0x80...0xBF)
        case 0xF4: (count, second) = (4, 0x80...0x8F)
        default: throw JSONError(.invalidUTF8, at: start)
        }
        guard bytes.count - start >= count, second.contains(bytes[start + 1]) else {
            throw JSONError(.invalidUTF8, at: start)
        }
        for index in start + 2..<start + count where bytes[index] & 0xC0 != 0x80 {
            throw JSONError(.invalidUTF8, at: start)
        }
        position += count
    }
}

/// The duplicate rule: parsers disagree on which of two members wins, so there may be no two (dcap 4.1).
enum JSONMemberNames {
    /// Above this many members, names are hashed, so that a hostile object costs linear time.
    private static let pairwiseLimit = 12

    static func check(_ tape: [JSONNode], _ object: Int, _ bytes: [UInt8]) throws(JSONError) {
        var names: [Int] = []
        var child = object + 1
        var hasEscape = false
        while child < tape.count {
            names.append(child)
            hasEscape = hasEscape || tape[child].kind == .escapedString
            child = Int(tape[child + 1].next)
        }
        guard names.count > 1 else { return }
        if names.count <= pairwiseLimit, !hasEscape { return try checkPairwise(tape, names, bytes) }
        var seen: Set<[UInt8]> = []
        for name in names {
            let content = bytes[Int(tape[name].start) + 1..<Int(tape[name].end) - 1]
            let decoded =
                tape[name].kind == .escapedString ? Array(JSONEscapes.decode(content).utf8) : Array(content)
            guard seen.insert(decoded).inserted else {
                throw JSONError(.duplicateMember, at: Int(tape[name].start))
            }
        }
    }

    private static func checkPairwise(_ tape: [JSONNode], _ names: [Int], _ bytes: [UInt8]) throws(JSONError) {
        for (position, name) in names.enumerated() {
            let start = Int(tape[name].start)
            let count = Int(tape[name].end) - start
            for earlier in names[..<position] {
                let other = Int(tape[earlier].start)
                guard Int(tape[earlier].end) - other == count else { continue }
                var index = 1
                while index < count, bytes[start + index] == bytes[other + index] { index += 1 }
                guard index < count else { throw JSONError(.duplicateMember, at: start) }
            }
        }
    }
}
