import Wire

/// One object of a signed document, with its path for messages. A member that is missing or of another JSON type is an
/// unsupported format; one that is out of range is invalid (dcap 4.1). Paths are only put together for a failure.
struct DocumentReader {
    /// The way to a value: built only when something is wrong.
    indirect enum Path {
        case root(String)
        case member(StaticString, of: Path)
        case element(Int, of: Path)

        var text: String {
            switch self {
            case .root(let name): name
            case .member(let name, let parent): "\(parent.text).\(name)"
            case .element(let index, let parent): "\(parent.text)[\(index)]"
            }
        }
    }

    let value: JSONValue
    let path: Path

    init(_ value: JSONValue, _ path: Path) throws(CollateralFormatError) {
        self.value = value
        self.path = path
        guard value.kind == .object else {
            throw Self.unsupported(path, value, wanted: "an object")
        }
    }

    private static func unsupported(_ path: Path, _ value: JSONValue?, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .unsupportedFormat, path.text, at: value?.range.lowerBound,
            found: value.map { excerpt($0) } ?? "nothing", wanted: wanted)
    }

    private static func invalid(_ path: Path, _ value: JSONValue, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .invalid, path.text, at: value.range.lowerBound, found: excerpt(value), wanted: wanted)
    }

    /// The value as written, short enough for a message.
    private static func excerpt(_ value: JSONValue) -> String {
        String(decoding: value.bytes.prefix(80), as: UTF8.self) + (value.bytes.count > 80 ? "…" : "")
    }

    func path(_ name: StaticString) -> Path { .member(name, of: path) }

    func has(_ name: StaticString) -> Bool { value.member(name) != nil }

    func required(_ name: StaticString, _ wanted: String) throws(CollateralFormatError) -> JSONValue {
        guard let member = value.member(name) else { throw Self.unsupported(path(name), nil, wanted: wanted) }
        return member
    }

    func object(_ name: StaticString) throws(CollateralFormatError) -> DocumentReader {
        try DocumentReader(try required(name, "an object"), path(name))
    }

    func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(CollateralFormatError) -> Value {
        let member = try required(name, "an integer")
        switch member.integer {
        case .value(let value):
            guard let narrow = Value(exactly: value) else { fallthrough }
            return narrow
        case .outOfRange: throw Self.invalid(path(name), member, wanted: "an integer from 0 to \(Value.max)")
        case .notAnInteger: throw Self.unsupported(path(name), member, wanted: "a plain integer")
        }
    }

    /// A string without escapes: none of the values that are read has any.
    func text(_ name: StaticString) throws(CollateralFormatError) -> ArraySlice<UInt8> {
        let member = try required(name, "a string")
        guard member.kind == .string else { throw Self.unsupported(path(name), member, wanted: "a string") }
        guard let text = member.plainString else {
            throw Self.invalid(path(name), member, wanted: "a string without escapes")
        }
        return text
    }

    func hex<let count: Int>(_ name: StaticString) throws(CollateralFormatError) -> FixedBytes<count> {
        guard let bytes: FixedBytes<count> = Hex.fixed(try text(name)) else {
            throw Self.invalid(
                path(name), try required(name, "hex"), wanted: "\(count * 2) hexadecimal digits")
        }
        return bytes
    }

    func date(_ name: StaticString) throws(CollateralFormatError) -> Instant {
        guard let date = Instant(rfc3339: try text(name)) else {
            throw Self.invalid(path(name), try required(name, "a date"), wanted: "YYYY-MM-DDThh:mm:ssZ")
        }
        return date
    }

    /// Every element of a required array, as objects.
    func objects(
        _ name: StaticString, _ body: (DocumentReader) throws(CollateralFormatError) -> Void
    ) throws(CollateralFormatError) {
        let array = try required(name, "an array")
        let path = path(name)
        guard array.kind == .array else { throw Self.unsupported(path, array, wanted: "an array") }
        try array.forEachElement { (position, element) throws(CollateralFormatError) in
            try body(try DocumentReader(element, .element(position, of: path)))
        }
    }

    /// An optional array of strings; absent means empty.
    func strings(_ name: StaticString) throws(CollateralFormatError) -> [String] {
        guard let array = value.member(name) else { return [] }
        guard array.kind == .array else { throw Self.unsupported(path(name), array, wanted: "an array of strings") }
        var strings: [String] = []
        let path = path(name)
        try array.forEachElement { (position, element) throws(CollateralFormatError) in
            guard let string = element.string else {
                throw Self.unsupported(.element(position, of: path), element, wanted: "a string")
            }
            strings.append(string)
        }
        return strings
    }

    func invalid(_ name: StaticString, found: String, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .invalid, path(name).text, at: value.member(name)?.range.lowerBound, found: found, wanted: wanted)
    }
}
