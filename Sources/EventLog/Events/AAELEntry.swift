import Wire

/// One application event: domain, operation, content (event-logs 3.1).
public struct AAELEntry: Hashable, Sendable {
    public let domain: String
    public let operation: String
    /// As it was written; references compare with this.
    public let content: String

    /// - Returns: `nil` for a text that is not two words and a rest, printable, in UTF-8.
    init?(parsing text: ArraySlice<UInt8>) {
        guard text.count <= Limits.eventAAELBytes, Self.isPrintable(text),
            let first = text.firstIndex(of: 0x20),
            let second = text[(first + 1)...].firstIndex(of: 0x20), text.startIndex < first, first + 1 < second,
            second + 1 < text.endIndex
        else { return nil }
        domain = String(decoding: text[..<first], as: UTF8.self)
        operation = String(decoding: text[(first + 1)..<second], as: UTF8.self)
        content = String(decoding: text[(second + 1)...], as: UTF8.self)
        guard Self.isWord(domain), Self.isWord(operation) else { return nil }
    }

    /// Nearly every text is ASCII; only another is looked up, character by character.
    private static func isPrintable(_ text: ArraySlice<UInt8>) -> Bool {
        if text.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return true }
        guard let string = String(validating: text, as: UTF8.self) else { return false }
        return string.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }

    /// Without white space of any script; that of ASCII is a separator or no printable character.
    private static func isWord(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 < 0x80 } || !text.unicodeScalars.contains(where: \.properties.isWhitespace)
    }
}
