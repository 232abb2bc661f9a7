/// Why a signed document cannot be read: which of the three kinds of dcap 5.4 (D6, D8, D9), and where.
public struct CollateralFormatError: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Not JSON, or not the expected shape: a member missing or of another JSON type.
        case unsupportedFormat
        case unsupportedVersion
        /// A value out of its range, length, alphabet or calendar, or a level twice.
        case invalid
    }

    public let kind: Kind
    /// `tcbInfo.tcbLevels[3].tcb.pcesvn`
    public let field: String
    /// In the document, where one can be named.
    public let offset: Int?
    public let found: String
    public let wanted: String

    init(_ kind: Kind, _ field: String, at offset: Int? = nil, found: String, wanted: String) {
        self.kind = kind
        self.field = field
        self.offset = offset
        self.found = found
        self.wanted = wanted
    }
}
