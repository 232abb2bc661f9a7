import EventLog
import Testing
import Wire

/// Rows 44 and 46 of event-logs 8, and the grammar of 3.1: what a text of the agent is, and what it says.
@Suite("Texts of the agent")
struct AAELTextTests {
    @Test(
        "Row 44: AAEL texts that are none",
        arguments: [
            "onlyone", "two words", "a\tb c d", "a b c\n", "a b c\0", " b c", "a  c", "a b ", "\u{7F}a b c",
            "a b \u{1F}", "",
        ])
    func aaelTexts(text: String) {
        var writer = LogWriter()
        writer.add(aael: text)
        let digest = LogWriter.sha384(LogWriter.tag(0x4141_454C, Array(text.utf8)))
        let findings = writer.findings(extending: [(3, digest)])
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.notes.map(\.kind) == [.aaelMalformed])
        #expect(findings.facts?.applicationEvents.isEmpty == true)
    }

    @Test("Row 44: invalid UTF-8")
    func aaelEncoding() {
        let data = LogWriter.tag(0x4141_454C, [0x61, 0x20, 0x62, 0x20, 0xFF])
        var writer = LogWriter()
        writer.add(4, 6, data)
        let findings = writer.findings(extending: [(3, LogWriter.sha384(data))])
        #expect(findings.notes.map(\.kind) == [.aaelMalformed])
        #expect(findings.facts?.applicationEvents.isEmpty == true)
    }

    @Test("Row 46: numbers that JSON readers lose are kept as text")
    func numbers() {
        for content in ["1e999", String(repeating: "9", count: 64), "-0.5"] {
            let text = "example op \(content)"
            var writer = LogWriter()
            writer.add(aael: text)
            let digest = LogWriter.sha384(LogWriter.tag(0x4141_454C, Array(text.utf8)))
            let findings = writer.findings(extending: [(3, digest)])
            #expect(findings.claims(at: "event_log.facts.aael[0].content_raw") == [.string(content)])
            #expect(findings.claims(at: "event_log.facts.aael[0].content") == [.string(content)])
        }
    }

    @Test("3.1: only the blank separates; what else Unicode calls white space is a character, and nothing is trimmed")
    func aaelGrammar() {
        for (text, domain, content) in [
            ("a\u{A0}b op c", "a\u{A0}b", "c"), ("a\u{3000}b op c", "a\u{3000}b", "c"),
            ("a\u{85} op c", "a\u{85}", "c"),
            ("a op  c", "a", " c"), ("a op  ", "a", " "), ("a\u{200B} op c d ", "a\u{200B}", "c d "),
        ] {
            var writer = LogWriter()
            writer.add(aael: text)
            let findings = writer.findings(extending: [
                (3, LogWriter.sha384(LogWriter.tag(0x4141_454C, Array(text.utf8))))
            ])
            let entry = findings.facts?.applicationEvents.first?.entry
            #expect(entry?.domain.hasSameBytes(as: domain) == true, "\(text)")
            #expect(entry?.content.hasSameBytes(as: content) == true, "\(text)")
        }
    }
}
