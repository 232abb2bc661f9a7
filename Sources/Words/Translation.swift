/// The Chinese of sentences, by their words in English. Each target that says something has its own beside it; whoever
/// writes an answer joins those of all that have a say in it.
///
/// Its values have the same places as its keys, in the order of their language. Words that are missing stay English: a test
/// reads the sources and names them.
public struct Translation: Sendable, ExpressibleByDictionaryLiteral {
    private let chinese: [String: String]

    public init(dictionaryLiteral elements: (String, String)...) {
        chinese = Dictionary(elements) { first, _ in first }
    }

    /// The first that knows some words has the word.
    public init(joining parts: [Translation]) {
        chinese = parts.reduce(into: [:]) { joined, part in joined.merge(part.chinese) { first, _ in first } }
    }

    /// All the words that it knows, each with its Chinese.
    package var pairs: [(english: String, chinese: String)] { chinese.map { ($0.key, $0.value) } }

    public func text(_ sentence: Sentence, _ language: Language) -> String {
        switch language {
        case .english: sentence.english
        case .chinese: sentence.filled(chinese[sentence.template] ?? sentence.template) { text($0) }
        }
    }

    /// The sentence in every language at once.
    public func phrase(_ sentence: Sentence) -> Phrase { Phrase(sentence.english, text(sentence, .chinese)) }

    private func text(_ argument: Sentence.Argument) -> String {
        switch argument {
        case .value(let text): text
        case .sentence(let sentence): text(sentence, .chinese)
        case .phrase(let phrase): phrase.chinese
        }
    }
}
