/// The string literals of a Swift source, with `{0}`, `{1}` … for what is interpolated: the words of a sentence as
/// `Sentence` has them.
struct SourceLiterals {
    struct Literal: Hashable {
        let words: String
        /// Stands in an interpolation of another one, where a literal would be a value.
        let isNested: Bool
        /// The code just before it.
        let before: String
    }

    private(set) var all: [Literal] = []
    private let source: [Character]
    private var position = 0

    init(of text: String) {
        source = Array(text)
        while position < source.count {
            if starts(with: "//") {
                while position < source.count, source[position] != "\n" { position += 1 }
            } else if starts(with: "\"\"\"") {
                skip(past: "\"\"\"")
            } else if starts(with: "#\"") {
                skip(past: "\"#")
            } else if source[position] == "\"" {
                literal(isNested: false)
            } else {
                position += 1
            }
        }
    }

    private func starts(with text: String) -> Bool { source[position...].starts(with: text) }

    private mutating func skip(past end: String) {
        position += 2
        while position < source.count, !starts(with: end) { position += 1 }
        position = min(position + end.count, source.count)
    }

    private mutating func literal(isNested: Bool) {
        let before = String(source[max(0, position - 40)..<position])
        var (words, places) = ("", 0)
        position += 1
        while position < source.count, source[position] != "\"" {
            guard source[position] == "\\", position + 1 < source.count else {
                words.append(source[position])
                position += 1
                continue
            }
            let escaped = source[position + 1]
            position += 2
            if escaped == "(" {
                words += "{\(places)}"
                places += 1
                interpolation()
            } else {
                words.append(escaped == "n" ? "\n" : escaped == "0" ? "\u{0}" : escaped)
            }
        }
        position += 1
        all.append(Literal(words: words, isNested: isNested, before: before))
    }

    private mutating func interpolation() {
        var depth = 1
        while depth > 0, position < source.count {
            switch source[position] {
            case "\"":
                literal(isNested: true)
                continue
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            position += 1
        }
    }
}
