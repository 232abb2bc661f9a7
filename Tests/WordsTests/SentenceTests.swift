import Testing
import Words

/// What a sentence says, in English and looked up.
@Suite("Sentences")
struct SentenceTests {
    private static let chinese: Translation = [
        "{0} bytes left": "剩余 {0} 字节", "a value from {0} to {1}": "{0} 到 {1} 的值", "something else than {0}": "并非 {0}",
        "{0} or {1}": "{0} 或 {1}", "{1} before {0}": "{0} 后于 {1}", "nothing": "无",
    ]

    private static func both(_ sentence: Sentence) -> [String] {
        Language.allCases.map { chinese.text(sentence, $0) }
    }

    @Test("Words are translated, values are not, and sentences inside sentences are")
    func places() {
        let count = 3
        #expect(Self.both("\(count) bytes left") == ["3 bytes left", "剩余 3 字节"])
        let range: Sentence = "a value from \(0) to \(255)"
        #expect(
            Self.both("something else than \(range)") == ["something else than a value from 0 to 255", "并非 0 到 255 的值"])
        #expect(
            Self.both("something else than \("nothing" as String)") == ["something else than nothing", "并非 nothing"])
        #expect(Self.both("something else than \("nothing" as Sentence)")[1] == "并非 无")
        #expect(Self.both("something else than \(Phrase("a hat", "帽子"))") == ["something else than a hat", "并非 帽子"])
        #expect(
            Self.both("of which we never heard: \(count)") == [
                "of which we never heard: 3", "of which we never heard: 3",
            ])
    }

    @Test(
        "No value is taken for a place, or for words",
        arguments: ["{0}", "{1}", "{", "}", "{0} bytes left", "nothing", "\\(1)", "", "实际", "{99999999999999999999}"])
    func values(_ value: String) {
        #expect(Self.both(Sentence(value: value)) == [value, value])
        #expect(
            Self.both("a value from \(value) to \("{0}")") == ["a value from \(value) to {0}", "\(value) 到 {0} 的值"])
    }

    @Test("Places in the order of their language, and braces that are none")
    func order() {
        let sentence = Sentence(value: "a") + " before " + Sentence(value: "b")
        #expect(sentence.english == "a before b")
        let places: Translation = ["{0} before {1}": "{1} 之前是 {0}，{2}{x}{"]
        #expect(places.text("\("a") before \("b")", .chinese) == "b 之前是 a，{2}{x}{")
    }

    @Test("Rows of sentences, with words between them")
    func rows() {
        let names: [Sentence] = ["nothing", Sentence(value: "nothing"), "\(2) bytes left"]
        #expect(
            Self.both(names.joined(separator: " or ")) == [
                "nothing or nothing or 2 bytes left", "无 或 nothing 或 剩余 2 字节",
            ])
        #expect(names.prefix(1).joined() == "nothing")
        #expect(names.prefix(0).joined().isEmpty)
    }

    @Test("Sentences that say the same are the same, however they were put together")
    func equality() {
        let (built, written): (Sentence, Sentence) = ("\(3) bytes left", "3 bytes left")
        #expect(built == written)
        #expect(Set([built, written]).count == 1)
        #expect("\(built)" as String == "3 bytes left")
        #expect(built != "4 bytes left")
    }

    @Test("Of joined translations the first that knows some words has the word")
    func joined() {
        let joined = Translation(joining: [["a": "甲"], ["a": "乙", "b": "丙"]])
        #expect(joined.text("a", .chinese) == "甲")
        #expect(joined.phrase("b") == Phrase("b", "丙"))
    }
}
