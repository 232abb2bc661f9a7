/// A JSON value that we write: members keep their order for people, and are sorted for the canonical form.
public indirect enum JSON: Hashable, Sendable {
    case object([(String, JSON)])
    case array([JSON])
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case null

    /// RFC 8785: members sorted by UTF-16 code units, no white space, least escaping. There are no fractions here.
    public var canonicalBytes: [UInt8] { Array(canonicalText.utf8) }

    public var canonicalText: String {
        var text = ""
        write(into: &text, indent: nil, isCanonical: true)
        return text
    }

    /// For people: members in the order given, two blanks a level.
    public var prettyText: String {
        var text = ""
        write(into: &text, indent: 0, isCanonical: false)
        return text
    }

    /// The named member of an object.
    public subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == name }?.1
    }

    private func write(into text: inout String, indent: Int?, isCanonical: Bool) {
        switch self {
        case .object(let members):
            let ordered = isCanonical ? members.sorted { $0.0.utf16.lexicographicallyPrecedes($1.0.utf16) } : members
            Self.writeList(ordered, "{", "}", into: &text, indent) { member, text, indent in
                Self.write(member.0, into: &text)
                text += indent == nil ? ":" : ": "
                member.1.write(into: &text, indent: indent, isCanonical: isCanonical)
            }
        case .array(let values):
            Self.writeList(values, "[", "]", into: &text, indent) { value, text, indent in
                value.write(into: &text, indent: indent, isCanonical: isCanonical)
            }
        case .string(let string): Self.write(string, into: &text)
        case .integer(let number): text += String(number)
        case .bool(let flag): text += flag ? "true" : "false"
        case .null: text += "null"
        }
    }

    private static func writeList<Element>(
        _ elements: [Element], _ open: String, _ close: String, into text: inout String, _ indent: Int?,
        _ body: (Element, inout String, Int?) -> Void
    ) {
        text += open
        let inner = indent.map { $0 + 1 }
        for (position, element) in elements.enumerated() {
            if position > 0 { text += "," }
            if let inner { text += "\n" + String(repeating: "  ", count: inner) }
            body(element, &text, inner)
        }
        if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
        text += close
    }

    private static func write(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\u{C}": text += "\\f"
            case "\r": text += "\\r"
            case _ where scalar.value < 0x20: text += "\\u00" + Hex.encode([UInt8(scalar.value)])
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    public static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.object(let left), .object(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.0 == $1.0 && $0.1 == $1.1 }
        case (.array(let left), .array(let right)): left == right
        case (.string(let left), .string(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.bool(let left), .bool(let right)): left == right
        case (.null, .null): true
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(canonicalText) }
}
