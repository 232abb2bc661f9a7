/// A text for people as it is said: words in English with places for values, and the values.
///
/// Other languages are looked up at the end, by the words alone (``Translation``). So who says something knows no language,
/// and nothing has to be recognised by how it reads.
///
/// ```swift
/// let found: Sentence = "\(count) bytes left"
/// ```
///
/// The words of a literal are translated. What is interpolated is a value (hex, a number, a name from outside), which is the
/// same in every language, or it is a sentence again. A literal inside an interpolation would be a value: name it as a
/// `Sentence` first.
public struct Sentence: Sendable {
    public enum Argument: Hashable, Sendable {
        case value(String)
        case sentence(Sentence)
        /// What is known in every language already.
        case phrase(Phrase)
    }

    /// The words, with `{0}` where the first argument stands.
    public let template: String
    public let arguments: [Argument]

    init(template: String, _ arguments: [Argument]) {
        self.template = template
        self.arguments = arguments
    }

    /// Words of a closed set, such as the raw value of a case of ours.
    public init(words: String) { self.init(template: words, []) }

    /// A value alone, which is no words of ours.
    public init(value: some StringProtocol) {
        self.init(template: value.isEmpty ? "" : "{0}", value.isEmpty ? [] : [.value(String(value))])
    }

    public init(_ phrase: Phrase) { self.init(template: "{0}", [.phrase(phrase)]) }

    public static let none: Sentence = ""

    public var english: String { filled(template) { $0.english } }
    public var isEmpty: Bool { english.isEmpty }

    /// A template with texts in its places. In one pass: a value that looks like a place is none.
    func filled(_ template: String, _ text: (Argument) -> String) -> String {
        guard !arguments.isEmpty else { return template }
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            let place = rest[open...].dropFirst().prefix { $0 != "}" }
            if let number = Int(place), arguments.indices.contains(number) {
                result += text(arguments[number])
                rest = rest[place.endIndex...].dropFirst()
            } else {
                result += "{"
                rest = rest[open...].dropFirst()
            }
        }
        return result + rest
    }

    /// Two sentences, one right behind the other.
    public static func + (left: Sentence, right: Sentence) -> Sentence {
        Sentence(template: "{0}{1}", [.sentence(left), .sentence(right)])
    }
}

extension Sentence.Argument {
    fileprivate var english: String {
        switch self {
        case .value(let text): text
        case .sentence(let sentence): sentence.english
        case .phrase(let phrase): phrase.english
        }
    }
}

/// Sentences are equal where they say the same in English: how a text was put together is not what it says.
extension Sentence: Hashable {
    public static func == (left: Sentence, right: Sentence) -> Bool { left.english == right.english }
    public func hash(into hasher: inout Hasher) { hasher.combine(english) }
}

/// In English, for logs and for what is compared.
extension Sentence: CustomStringConvertible {
    public var description: String { english }
}

extension Sentence: ExpressibleByStringInterpolation {
    public init(stringLiteral words: String) { self.init(words: words) }

    public init(stringInterpolation: StringInterpolation) {
        self.init(template: stringInterpolation.template, stringInterpolation.arguments)
    }

    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var template = ""
        fileprivate var arguments: [Argument] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            template.reserveCapacity(literalCapacity + 3 * interpolationCount)
            arguments.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ words: String) { template += words }

        public mutating func appendInterpolation(_ value: some CustomStringConvertible) {
            append(.value(value.description))
        }

        public mutating func appendInterpolation(_ sentence: Sentence) { append(.sentence(sentence)) }

        public mutating func appendInterpolation(_ phrase: Phrase) { append(.phrase(phrase)) }

        private mutating func append(_ argument: Argument) {
            template += "{\(arguments.count)}"
            arguments.append(argument)
        }
    }
}

extension Sequence<Sentence> {
    /// One after the other, with a separator between, whose words are translated as well: `{0} or {1}`.
    public func joined(separator: String = ", ") -> Sentence {
        var iterator = makeIterator()
        guard var joined = iterator.next() else { return .none }
        while let next = iterator.next() {
            joined = Sentence(template: "{0}\(separator){1}", [.sentence(joined), .sentence(next)])
        }
        return joined
    }
}
