public import Wire

/// The kernel command line as it was measured: as text where the log holds the text, as a digest otherwise (event-logs 1.8).
public struct KernelCommandLine: Hashable, Sendable {
    /// The form of a text that a boot loader or kernel hashes.
    public enum Form: String, CaseIterable, Hashable, Sendable {
        case utf8
        case utf8NUL = "utf8_nul"
        case utf16LE = "utf16le"
        case utf16LENUL = "utf16le_nul"

        func digest(of text: String) -> FixedBytes<48> {
            switch self {
            case .utf8: Digest.sha384(Array(text.utf8)[...])
            case .utf8NUL: Digest.sha384((Array(text.utf8) + [0])[...])
            case .utf16LE: Digest.sha384(UTF16Text.encode(text)[...])
            case .utf16LENUL: Digest.sha384((UTF16Text.encode(text) + [0, 0])[...])
            }
        }
    }

    /// The text, where its digest follows from it; GRUB's begins with the kernel's path.
    public let text: String?
    /// The form that was hashed, where the text is known.
    public let form: Form?
    /// The digests of the events that are it, or may be.
    public let digests: [FixedBytes<48>]
    /// Whether the log says which event is the command line. A log without labels has candidates only.
    public let isLabelled: Bool

    /// The form in which a reference text was measured; `nil` where another text was. Where several events are labelled
    /// as the command line, each must be this one.
    public func form(matching reference: String) -> Form? {
        for form in Form.allCases {
            let digest = form.digest(of: reference)
            if isLabelled ? !digests.isEmpty && digests.allSatisfy({ $0 == digest }) : digests.contains(digest) {
                return form
            }
        }
        return nil
    }

    /// The words of a command line as the kernel reads them: a quote keeps blanks together, `name=value` is a parameter, a
    /// word alone a flag, and what stands behind `--` is for init.
    static func parameters(of text: String) -> [(name: String, value: String?)] {
        words(of: text).prefix { $0 != "--" }.map { word in
            var word = word[...]
            if word.first == "\"" { word = unquoted(word) }
            guard let equals = word.firstIndex(of: "=") else { return (String(word), nil) }
            return (String(word[..<equals]), String(unquoted(word[word.index(after: equals)...])))
        }
    }

    private static func words(of text: String) -> [String] {
        var isQuoted = false
        return text.split { character in
            if character == "\"" { isQuoted.toggle() }
            return !isQuoted && character.isWhitespace
        }.map(String.init)
    }

    private static func unquoted(_ text: Substring) -> Substring {
        guard text.first == "\"" else { return text }
        return text.dropFirst().last == "\"" ? text.dropFirst().dropLast() : text.dropFirst()
    }
}
