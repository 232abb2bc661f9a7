import Appraisal
import DCAPFormats
import Testing
import Words

/// Every code, check and rule has its words, in both languages.
@Suite("Explanations")
struct ExplanationTests {
    private enum Kind { case sentence, question, words }

    private func check(_ phrase: Phrase, _ name: String, _ kind: Kind) {
        #expect(!phrase.english.isEmpty, "\(name)")
        let isASCII = phrase.english.allSatisfy { $0.isASCII }
        #expect(isASCII, "\(name): \(phrase.english)")
        #expect(
            phrase.chinese.contains { ("\u{4E00}"..."\u{9FFF}").contains($0) },
            "\(name): \(phrase.chinese)")
        switch kind {
        case .sentence:
            #expect(phrase.english.hasSuffix("."), "\(name): \(phrase.english)")
            #expect(phrase.chinese.hasSuffix("。"), "\(name): \(phrase.chinese)")
        // A title stands beside a failure as well: it claims nothing.
        case .question:
            #expect(phrase.english.hasSuffix("?"), "\(name): \(phrase.english)")
            #expect(phrase.chinese.hasSuffix("？"), "\(name): \(phrase.chinese)")
            // "Is it" and "can it": one of the two makes a question of a Chinese sentence.
            #expect(["是否", "能否"].contains { phrase.chinese.contains($0) }, "\(name): \(phrase.chinese)")
        case .words:
            #expect(!phrase.english.hasSuffix("?") && !phrase.chinese.hasSuffix("？"), "\(name): \(phrase)")
        }
    }

    @Test("Complete in both languages")
    func complete() {
        for entry in CodeTexts.all {
            check(entry.meaning, entry.code, .sentence)
            check(entry.fix, entry.code, .sentence)
        }
        for entry in CodeTexts.checks { check(entry.title, entry.id, .question) }
        #expect(Set(CodeTexts.all.map(\.code)).count == CodeTexts.all.count)
        #expect(CodeTexts.all.count == ErrorCode.allCases.count + PolicyCode.allCases.count + 19 + 5)
        #expect(CodeTexts.checks.count == 30 + 8 + PolicyRule.allCases.count)
        for word in VerdictWord.allCases { check(word.phrase, "\(word)", .words) }
        for status in EventLogRecord.RegisterStatus.allCases { check(status.title, status.rawValue, .words) }
        for phrase in [
            VerdictWord.level(date: "d", evaluation: "1"), VerdictWord.component("c", found: "1", wanted: "2"),
            VerdictWord.authority("platform"), VerdictWord.inDate(until: "d"), VerdictWord.expired("x"),
            VerdictWord.notPerformed("r"), VerdictWord.othersNotPerformed(3), VerdictWord.foreignRoot,
            VerdictWord.foreignRootMeans,
        ] { check(phrase, phrase.english, .words) }
    }
}
