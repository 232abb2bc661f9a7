import Wire

/// One application event: domain, operation, content (event-logs 3.1).
public struct AAELEntry: Hashable, Sendable {
    public let domain: String
    public let operation: String
    /// As it was written; references compare with this.
    public let content: String

    /// - Returns: `nil` for a text that is not two words and a rest, printable, in UTF-8.
    init?(parsing text: ArraySlice<UInt8>) {
        guard text.count <= Limits.eventAAELBytes, let string = String(validating: text, as: UTF8.self),
            string.unicodeScalars.allSatisfy(Self.isPrintable)
        else { return nil }
        let parts = string.unicodeScalars.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }),
            !parts[0].contains(where: \.properties.isWhitespace), !parts[1].contains(where: \.properties.isWhitespace)
        else { return nil }
        domain = String(parts[0])
        operation = String(parts[1])
        content = String(parts[2])
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory != .control
    }
}
