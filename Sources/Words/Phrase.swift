/// A sentence or value for people, in every language we speak. What is a value (hex, a date, a status) is the same in all.
public struct Phrase: Hashable, Sendable, CustomStringConvertible {
    public let english: String
    public let chinese: String

    public init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    /// A value, which needs no translation.
    public init(_ value: String) { self.init(value, value) }

    public static let none = Phrase("")
    package static let any = Phrase("any", "任意")

    public var isEmpty: Bool { english.isEmpty }
    public var description: String { english }

    public func text(_ language: Language) -> String { language == .english ? english : chinese }

    package static func + (left: Phrase, right: Phrase) -> Phrase {
        Phrase(left.english + right.english, left.chinese + right.chinese)
    }

    /// Values in a row: `A or B`.
    package static func oneOf(_ values: some Collection<String>) -> Phrase {
        Phrase(values.joined(separator: " or "), values.joined(separator: " 或 "))
    }
}
