import Testing
import Wire

/// What we write, a strict reader reads back: escapes are found eight bytes at a time, so every place in a word counts.
@Suite("JSON as it is written")
struct JSONWritingTests {
    @Test("Every ASCII character at every place of a string comes back", arguments: 0..<128)
    func everyPlace(_ code: Int) throws {
        let scalar = try #require(Unicode.Scalar(code))
        for before in 0..<18 {
            for after in [0, 1, 7, 8] {
                let text = String(repeating: "é", count: before) + String(scalar) + String(repeating: "x", count: after)
                let written = JSON.array([.string(text)]).compactBytes
                let read = try JSONDocument(parsing: written).root.elements.first { _ in true }?.string
                #expect(read == text, "U+\(code) after \(before), before \(after)")
            }
        }
    }

    @Test("Escapes are the least that RFC 8785 allows")
    func escapes() {
        let table: [(String, String)] = [
            ("plain text, longer than a word", #""plain text, longer than a word""#),
            ("eight by\"te", #""eight by\"te""#), ("a\\b", #""a\\b""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
            ("\u{0}\u{1F}", #""\u0000\u001f""#), ("\u{7F}/é😀", "\"\u{7F}/é😀\""),
        ]
        for (text, written) in table { #expect(JSON.string(text).compactText == written) }
    }
}
