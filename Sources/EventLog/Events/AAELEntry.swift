import Wire

/// One application event: domain, operation, content (event-logs 3.1). Names are compared byte by byte.
public struct AAELEntry: Hashable, Sendable {
    public let domain: String
    public let operation: String
    /// As it was written; references compare with this.
    public let content: String

    /// Only the byte 20 separates, and nothing is trimmed: what else Unicode calls white space is an ordinary character.
    ///
    /// - Returns: `nil` for a text that is not two words and a rest, none of them empty, in well-formed UTF-8 without the
    ///   controls below U+0020 and without U+007F.
    init?(parsing text: ArraySlice<UInt8>) {
        guard let first = text.firstIndex(of: 0x20), text.startIndex < first,
            let second = text[(first + 1)...].firstIndex(of: 0x20), first + 1 < second, second + 1 < text.endIndex,
            text.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            // A blank is a character of its own: where the whole is well-formed its parts are.
            let domain = String(validating: text[..<first], as: UTF8.self),
            let operation = String(validating: text[(first + 1)..<second], as: UTF8.self),
            let content = String(validating: text[(second + 1)...], as: UTF8.self)
        else { return nil }
        self.domain = domain
        self.operation = operation
        self.content = content
    }
}
