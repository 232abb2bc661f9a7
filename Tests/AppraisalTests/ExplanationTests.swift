import Appraisal
import DCAPFormats
import Testing

/// Every code, check and rule has its words, in both languages.
@Suite("Explanations")
struct ExplanationTests {
    private func check(_ phrase: Phrase, _ name: String, isSentence: Bool) {
        #expect(!phrase.english.isEmpty, "\(name)")
        let isASCII = phrase.english.allSatisfy { $0.isASCII }
        #expect(isASCII, "\(name): \(phrase.english)")
        #expect(
            phrase.chinese.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) },
            "\(name): \(phrase.chinese)")
        guard isSentence else { return }
        #expect(phrase.english.hasSuffix("."), "\(name): \(phrase.english)")
        #expect(phrase.chinese.hasSuffix("。"), "\(name): \(phrase.chinese)")
    }

    @Test("Complete in both languages")
    func complete() {
        for entry in CodeTexts.all {
            check(entry.meaning, entry.code, isSentence: true)
            check(entry.fix, entry.code, isSentence: true)
        }
        for entry in CodeTexts.checks { check(entry.title, entry.id, isSentence: false) }
        #expect(Set(CodeTexts.all.map(\.code)).count == CodeTexts.all.count)
        #expect(CodeTexts.all.count == ErrorCode.allCases.count + PolicyCode.allCases.count + 19 + 2)
        #expect(CodeTexts.checks.count == 30 + 5 + PolicyRule.allCases.count)
    }
}
