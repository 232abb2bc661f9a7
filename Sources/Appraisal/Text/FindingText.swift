import Wire
import Words

/// What verification, the readers of event logs and the checks of tokens found and wanted, in Chinese: their sentences are
/// written where they arise, in English, and stand here once more. Values in them (hex, numbers, dates, codes, names) stay
/// as they are.
enum FindingText {
    /// A text of the core in both languages; one that is no sentence of theirs is a value, and the same in both.
    static func phrase(_ english: String) -> Phrase { Phrase(english, chinese(english) ?? english) }

    /// The same in one language; in English for nothing.
    static func text(_ english: String, _ language: Language) -> String {
        language == .english ? english : phrase(english).chinese
    }

    private static func chinese(_ text: String) -> String? {
        for template in templates {
            guard let values = template.values(in: text[...]) else { continue }
            // A value may be a sentence again: `something else than a value from 0 to 255`.
            return template.filled(with: values.map { chinese($0) ?? $0 })
        }
        return nil
    }

    /// The most telling first: a sentence with more words of its own before one with fewer.
    private static let templates =
        (FindingSentences.evidence + FindingSentences.collateral
        + FindingSentences.eventLogs + FindingSentences.tokens + Translation.wire.pairs).map(Template.init).sorted {
            $0.weight > $1.weight
        }

    /// A sentence with places for values, `{0}` to `{9}`.
    private struct Template {
        /// What stands before, between and behind the values, which are in their order in English.
        let literals: [Substring]
        let chinese: String
        let weight: Int

        init(_ pair: (english: String, chinese: String)) {
            var literals: [Substring] = []
            var rest = pair.english[...]
            for position in 0..<10 {
                guard let (before, after) = Self.cut(rest, at: "{\(position)}") else { break }
                literals.append(before)
                rest = after
            }
            self.literals = literals + [rest]
            chinese = pair.chinese
            weight = self.literals.reduce(0) { $0 + $1.utf8.count }
        }

        func values(in text: Substring) -> [String]? {
            guard let first = literals.first, let last = literals.last, text.hasPrefix(first) else { return nil }
            guard literals.count > 1 else { return text == first ? [] : nil }
            var rest = text.dropFirst(first.count)
            var values: [String] = []
            for literal in literals.dropFirst().dropLast() {
                guard let (value, after) = Self.cut(rest, at: literal), !value.isEmpty else { return nil }
                values.append(String(value))
                rest = after
            }
            guard rest.hasSuffix(last), rest.count > last.count else { return nil }
            return values + [String(rest.dropLast(last.count))]
        }

        func filled(with values: [String]) -> String {
            // One pass: a value that looks like a place is none.
            var text = ""
            var rest = chinese[...]
            while let open = rest.firstIndex(of: "{") {
                text += rest[..<open]
                let place = rest[open...].dropFirst().prefix(1)
                text += Int(place).map { values.indices.contains($0) ? values[$0] : "" } ?? ""
                rest = rest[open...].dropFirst(3)
            }
            return text + rest
        }

        private static func cut(_ text: Substring, at mark: some StringProtocol) -> (Substring, Substring)? {
            var start = text.startIndex
            while true {
                if text[start...].hasPrefix(mark) { return (text[..<start], text[start...].dropFirst(mark.count)) }
                guard start < text.endIndex else { return nil }
                start = text.index(after: start)
            }
        }
    }
}
