import AttestationService
import Wire

/// What a parameter or a member may be, as JSON Schema says it: no wider than what is taken. What a schema cannot say, such
/// as that a text is a quote, is said by the answer.
enum ValueShape: Hashable {
    /// Some text.
    case text
    /// Any text, also none.
    case free
    case choice([String])
    /// Whole and plain, below 2^53.
    case number(ClosedRange<UInt64>)
    /// Milliseconds since 1970, or a date.
    case time
    /// Of so many bytes.
    case hex([Int])
    /// In upper or lower case, with or without 0x.
    case anyHex
    case base64
    case pattern(String)
    case either([ValueShape])
    case list(of: [String], most: Int)

    static let count = ValueShape.number(0...(1 << 53 - 1))
    static let hash = ValueShape.hex([32])
    static let token = ValueShape.pattern("^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$")

    var schema: JSON {
        func string(_ more: (String, JSON)...) -> JSON { .object([("type", .string("string"))] + more) }
        func matching(_ pattern: String) -> JSON { string(("pattern", .string(pattern))) }
        return switch self {
        case .text: string(("minLength", .integer(1)))
        case .free: string()
        // Which words there are is not known everywhere.
        case .choice([]): ValueShape.text.schema
        case .choice(let words): string(("enum", .array(words.map { .string($0) })))
        case .number(let range):
            .object([
                ("type", .string("integer")), ("minimum", .integer(Int64(clamping: range.lowerBound))),
                ("maximum", .integer(Int64(clamping: range.upperBound))),
            ])
        case .time:
            .object([
                (
                    "anyOf",
                    .array([
                        ValueShape.count.schema,
                        matching(
                            "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])(:[0-5][0-9]){2}Z$"),
                    ])
                )
            ])
        case .hex(let counts): matching("^(" + counts.map { "[0-9a-fA-F]{\($0 * 2)}" }.joined(separator: "|") + ")$")
        case .anyHex: matching("^(0[xX])?([0-9a-fA-F]{2})*$")
        case .base64: matching("^[A-Za-z0-9+/_-]*={0,2}$")
        case .pattern(let pattern): matching(pattern)
        case .either(let shapes): .object([("anyOf", .array(shapes.map(\.schema)))])
        case .list(let words, let most):
            .object([
                ("type", .string("array")), ("items", ValueShape.choice(words).schema), ("minItems", .integer(1)),
                ("maxItems", .integer(Int64(most))),
            ])
        }
    }
}
