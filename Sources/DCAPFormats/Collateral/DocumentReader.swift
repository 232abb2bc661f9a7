import Wire

/// One object of a signed document. A member that is missing or of another JSON type is an unsupported format; one that
/// is out of range is invalid (dcap 4.1). Its path is worked out only for a failure.
struct DocumentReader {
    let value: JSONValue
    /// `tcbInfo` or `enclaveIdentity`.
    let root: String

    init(_ value: JSONValue, _ root: String) throws(CollateralFormatError) {
        self.value = value
        self.root = root
        guard value.kind == .object else {
            throw CollateralFormatError(
                .unsupportedFormat, root + value.path, at: value.range.lowerBound, found: Self.excerpt(value),
                wanted: "an object")
        }
    }

    private func unsupported(_ value: JSONValue, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .unsupportedFormat, root + value.path, at: value.range.lowerBound, found: Self.excerpt(value),
            wanted: wanted)
    }

    private func invalid(_ value: JSONValue, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .invalid, root + value.path, at: value.range.lowerBound, found: Self.excerpt(value), wanted: wanted)
    }

    /// The value as written, short enough for a message.
    private static func excerpt(_ value: JSONValue) -> String {
        String(decoding: value.bytes.prefix(80), as: UTF8.self) + (value.bytes.count > 80 ? "…" : "")
    }

    func has(_ name: StaticString) -> Bool { value.member(name) != nil }

    func required(_ name: StaticString, _ wanted: @autoclosure () -> String) throws(CollateralFormatError) -> JSONValue
    {
        guard let member = value.member(name) else {
            throw CollateralFormatError(
                .unsupportedFormat, "\(root)\(value.path).\(name)", at: value.range.lowerBound, found: "nothing",
                wanted: wanted())
        }
        return member
    }

    func object(_ name: StaticString) throws(CollateralFormatError) -> DocumentReader {
        try DocumentReader(try required(name, "an object"), root)
    }

    func integer<Value: FixedWidthInteger & UnsignedInteger>(
        _ name: StaticString, as type: Value.Type = Value.self
    ) throws(CollateralFormatError) -> Value {
        let member = try required(name, "an integer")
        switch member.integer {
        case .value(let value):
            guard let narrow = Value(exactly: value) else { fallthrough }
            return narrow
        case .outOfRange: throw invalid(member, wanted: "an integer from 0 to \(Value.max)")
        case .notAnInteger: throw unsupported(member, wanted: "a plain integer")
        }
    }

    /// A string without escapes: none of the values that are read has any.
    func text(_ name: StaticString) throws(CollateralFormatError) -> ArraySlice<UInt8> {
        let member = try required(name, "a string")
        guard member.kind == .string else { throw unsupported(member, wanted: "a string") }
        guard let text = member.plainString else {
            throw invalid(member, wanted: "a string without escapes")
        }
        return text
    }

    func hex<let count: Int>(_ name: StaticString) throws(CollateralFormatError) -> FixedBytes<count> {
        guard let bytes: FixedBytes<count> = Hex.fixed(try text(name)) else {
            throw invalid(try required(name, "hex"), wanted: "\(count * 2) hexadecimal digits")
        }
        return bytes
    }

    func date(_ name: StaticString) throws(CollateralFormatError) -> Instant {
        guard let date = Instant(rfc3339: try text(name)) else {
            throw invalid(try required(name, "a date"), wanted: "YYYY-MM-DDThh:mm:ssZ")
        }
        return date
    }

    /// Every element of a required array, as objects.
    func objects(
        _ name: StaticString, _ body: (DocumentReader) throws(CollateralFormatError) -> Void
    ) throws(CollateralFormatError) {
        let array = try required(name, "an array")
        guard array.kind == .array else { throw unsupported(array, wanted: "an array") }
        for element in array.elements { try body(try DocumentReader(element, root)) }
    }

    /// An optional array of strings; absent means empty.
    func strings(_ name: StaticString) throws(CollateralFormatError) -> [String] {
        guard let array = value.member(name) else { return [] }
        guard array.kind == .array else { throw unsupported(array, wanted: "an array of strings") }
        var strings: [String] = []
        for element in array.elements {
            guard let string = element.string else { throw unsupported(element, wanted: "a string") }
            strings.append(string)
        }
        return strings
    }

    func invalid(_ name: StaticString, found: String, wanted: String) -> CollateralFormatError {
        CollateralFormatError(
            .invalid, "\(root)\(value.path).\(name)", at: value.member(name)?.range.lowerBound, found: found,
            wanted: wanted)
    }
}
