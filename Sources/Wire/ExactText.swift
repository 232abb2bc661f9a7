/// A text that equals only the same bytes. Swift's `==`, `Set` and `Dictionary` take strings for equal up to canonical
/// equivalence: `é` is one code point or two, and U+212A (Kelvin) is a `K`. Where a stranger's text meets an expected one
/// that is a way in, so names and values of that kind are of this type, or are compared with `hasSameBytes(as:)`.
///
/// Literals of ASCII without `K`, `;` and `` ` `` need neither: nothing else is canonically equivalent to them.
public struct ExactText: Hashable, Sendable {
    public let text: String

    public init(_ text: some StringProtocol) { self.text = String(text) }

    public static func == (left: ExactText, right: ExactText) -> Bool { left.text.hasSameBytes(as: right.text) }

    public func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension ExactText: Comparable {
    /// In order of the bytes, which is the order of the code points.
    public static func < (left: ExactText, right: ExactText) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension ExactText: ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { text = value }
}

extension ExactText: CustomStringConvertible {
    public var description: String { text }
}

extension StringProtocol {
    /// Whether two texts are the same bytes in UTF-8.
    public func hasSameBytes(as other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension Optional where Wrapped: StringProtocol {
    /// The same where a text may be absent; an absent one is the same as no text.
    public func hasSameBytes(as other: some StringProtocol) -> Bool { self?.hasSameBytes(as: other) ?? false }
}
