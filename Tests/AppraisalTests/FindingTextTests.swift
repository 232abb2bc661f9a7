import DCAPFormats
import DCAPVerification
import EventLog
import Foundation
import PlatformSimulator
import Testing
import Wire
import Words

@testable import Appraisal

/// What the core found and wanted, as a Chinese reader sees it: its sentences are translated, and its values are not
/// touched.
@Suite("Findings in both languages")
struct FindingTextTests {
    private static let table =
        FindingSentences.evidence + FindingSentences.collateral + FindingSentences.eventLogs + FindingSentences.tokens

    private static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) || (0xFF00...0xFFEF).contains($0.value) }
    }

    /// What is a name, and no other in Chinese.
    private static let untranslated = ["a quote": "quote", "isvsvn {0}": "isvsvn {0}", "a JSON {0}": "JSON {0}"]

    @Test("Each sentence has its Chinese, once, with the same values in it")
    func table() {
        #expect(Set(Self.table.map(\.english)).count == Self.table.count)
        #expect(Set(Self.untranslated.keys).isSubset(of: Self.table.map(\.english)))
        for (english, chinese) in Self.table {
            #expect(Self.untranslated[english].map { $0 == chinese } ?? Self.isChinese(chinese), "\(english)")
            for position in 0..<10 {
                let place = "{\(position)}"
                #expect(chinese.components(separatedBy: place).count == english.components(separatedBy: place).count)
            }
            // Found again by itself, whatever else is like it.
            let filled = (0..<10).reduce(english) { $0.replacingOccurrences(of: "{\($1)}", with: "«\($1)»") }
            let wanted = (0..<10).reduce(chinese) { $0.replacingOccurrences(of: "{\($1)}", with: "«\($1)»") }
            #expect(FindingText.phrase(filled).chinese == wanted)
            #expect(FindingText.phrase(filled).english == filled)
        }
    }

    @Test("Values stay as they are, sentences inside sentences are translated, and no value is taken for a place")
    func values() {
        for value in ["", "0102ff", "3", "UpToDate", "2026-01-15T00:00:00Z", "CN=Intel SGX Root CA, C=US", "{0}"] {
            #expect(FindingText.phrase(value) == Phrase(value))
        }
        #expect(
            FindingText.phrase("something else than a value from 0 to 255").chinese == "并非 0 到 255 的值")
        #expect(FindingText.phrase("members {1}, {0}").chinese == "成员 {1}, {0}")
        #expect(
            FindingText.phrase("sgx[0] A is 0, sgx[1] B is 2 (launch)").chinese == "sgx[0] A 为 0，sgx[1] B 为 2（启动时）")
    }

    /// The sentences of a verdict document; everything else of it goes into `names`.
    private static func sentences(_ document: JSON, in path: String = "", names: inout [String]) -> [String] {
        switch document {
        case .object(let members):
            return members.flatMap { name, value -> [String] in
                guard ["detail", "found", "wanted", "reason", "fix"].contains(name), case .string(let text) = value
                else {
                    return sentences(value, in: "\(path).\(name)", names: &names)
                }
                names.append("\(path).\(name)")
                return [text]
            }
        case .array(let values): return values.flatMap { sentences($0, in: path, names: &names) }
        default:
            names.append("\(path) \(document.compactText)")
            return []
        }
    }

    @Test("A document in Chinese differs from the English one in its sentences alone, and none of them stays English")
    func documents() throws {
        let world = try SimulatedWorld(seed: "printed")
        var count = 0
        for mutation in MutationCatalogue.all {
            guard let kind = mutation.kinds.first else { continue }
            for found in try mutation.cases(for: kind, in: world).prefix(1) {
                let verdict = try PrintedRefusalTests.verdict(of: found.evidence)
                var (names, others) = ([String](), [String]())
                let before = Self.sentences(verdict.document(verifierVersion: "test"), names: &names)
                let after = Self.sentences(verdict.document(verifierVersion: "test", in: .chinese), names: &others)
                #expect(names == others, "\(mutation)")
                for (english, chinese) in zip(before, after) {
                    check(Phrase(english, chinese), "\(mutation)")
                    if english != chinese { count += 1 }
                }
            }
        }
        #expect(count > 1_000)
    }

    /// Where what is found and wanted is written, without titles, names and messages that are none.
    private static let others: Set<String> = [
        "VerificationStep.swift", "CertificateRole.swift", "BootFacts.swift", "DigestRule.swift",
        "ConsistencyNotes.swift", "EventDetails.swift", "CollateralBundle.swift", "CollateralDirectory.swift",
        "TokenCheck.swift", "TokenExpectations.swift", "Chinese.swift",
    ]

    private static let names: Set<String> = [
        "Intel SGX Root CA", "Spec ID Event03␀", "header.platformClass and versions",
    ]

    @Test(
        "No sentence of the core's sources is missing",
        arguments: ["DCAPFormats", "DCAPVerification", "EventLog", "ResultToken", "Wire"])
    func complete(target: String) throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/\(target)")
        let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
        let known = Self.table.map(\.english).joined(separator: "\n")
        var sentences = 0
        for case let file as URL in files
        where file.pathExtension == "swift" && !Self.others.contains(file.lastPathComponent) {
            for literal in Self.literals(of: try String(contentsOf: file, encoding: .utf8)) {
                guard literal.contains(try Regex("[a-z]{2,} |[a-z]{2} ?, | [a-z]{2,}")) else { continue }
                guard !Self.names.contains(literal) else { continue }
                sentences += 1
                let filled = literal.replacingOccurrences(of: "\u{0}", with: "7")
                // A sentence that is put together from parts has each of them in the table.
                let parts = literal.split(separator: "\u{0}").map { $0.trimmingCharacters(in: .whitespaces) }
                let isKnown =
                    FindingText.phrase(filled).chinese != filled
                    || parts.allSatisfy { !$0.contains(where: \.isLetter) || known.contains($0) }
                #expect(isKnown, "\(file.lastPathComponent): \(literal)")
            }
        }
        #expect(sentences > (target == "Wire" ? 20 : 25))
    }

    /// The string literals of a Swift source, with NUL for each interpolation.
    private static func literals(of source: String) -> [String] {
        var literals: [String] = []
        for line in source.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
            var rest = line[...]
            while let start = rest.firstIndex(of: "\"") {
                rest = rest[rest.index(after: start)...]
                var literal = ""
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    guard character == "\\", let next = rest.popFirst() else {
                        literal.append(character)
                        continue
                    }
                    guard next == "(" else {
                        literal.append(next == "0" ? "␀" : next)
                        continue
                    }
                    literal.append("\u{0}")
                    skipInterpolation(&rest)
                }
                rest = rest.dropFirst()
                literals.append(literal)
            }
        }
        return literals
    }

    private static func skipInterpolation(_ rest: inout Substring) {
        var depth = 1
        var isQuoted = false
        while depth > 0, let character = rest.popFirst() {
            if character == "\"" { isQuoted.toggle() }
            if !isQuoted { depth += character == "(" ? 1 : character == ")" ? -1 : 0 }
        }
    }

    @Test("Every broken quote and document: nothing that is found or wanted is an English sentence")
    func mutations() throws {
        let world = try SimulatedWorld(seed: "printed")
        var translated = 0
        for mutation in MutationCatalogue.rows {
            guard case .code = mutation.expectation, let kind = mutation.kinds.first else { continue }
            for found in try mutation.cases(for: kind, in: world).prefix(1) {
                let explanation = try PrintedRefusalTests.explanation(of: found.evidence)
                for item in explanation.items.prefix(1) {
                    for phrase in [item.found, item.wanted] {
                        check(phrase, "\(mutation)")
                        if phrase.chinese != phrase.english { translated += 1 }
                    }
                }
            }
        }
        #expect(translated > 150)
    }

    private func check(_ phrase: Phrase, _ name: String) {
        // An excerpt of a hostile document is quoted, and stays as it is.
        guard !phrase.english.hasPrefix("\"") else {
            #expect(phrase.chinese == phrase.english, "\(name)")
            return
        }
        // Two words in a row that begin small; names begin large, but for one.
        let english = phrase.chinese.replacing("quoting enclave", with: "QE").firstMatch(of: #/[a-z]{2,} [a-z]{2,}/#)
        #expect(english == nil, "\(name): \(phrase.chinese)")
    }

    @Test("Event logs that cannot be read, or lead elsewhere")
    func eventLogs() throws {
        let log = BootVariation.healthy.log(seed: "zh")
        var cut = log.bytes.prefix(700)
        var inputs: [[UInt8]] = [[], Array(cut), Array("CCEL".utf8), Array("{}".utf8), Array("[1]".utf8)]
        inputs += [Array("INIT sha256/00".utf8), Array("INIT sha384/00".utf8), [1, 2, 3, 4, 5, 6, 7, 8, 9]]
        cut[66] = 9
        inputs.append(Array(cut))
        inputs.append([UInt8](repeating: 0, count: Limits.eventLogBytes + 1))
        for member in [#""imr":4"#, #""imr":0,"event_type":"x""#, #""imr":3,"event_type":1,"digest":"zz""#] {
            inputs.append(Array("[{\(member)}]".utf8))
        }
        var failures: Set<String> = []
        for input in inputs {
            let record = EventLogRecord(EventLogFindings(of: input, against: .zero))
            let failure = try #require(record.failure, "\(input.prefix(16))")
            let phrase = FindingText.phrase(failure.detail)
            #expect(Self.isChinese(phrase.chinese), "\(failure.detail)")
            check(phrase, failure.code)
            failures.insert(failure.detail)
        }
        #expect(failures.count == inputs.count)
        for variation in [BootVariation.eventDropped, .eventsSwapped, .eventAfterQuote, .healthy] {
            let changed = variation.log(seed: "zh")
            var registers = changed.registers.compactMap { FixedBytes<48>(exactly: $0) }
            if variation == .healthy { registers[0] = FixedBytes() }
            let record = EventLogRecord(
                EventLogFindings(
                    of: changed.bytes, against: QuotedRegisters(registers[0], registers[1], registers[2], registers[3]))
            )
            #expect(!record.differences.isEmpty, "\(variation)")
            for difference in record.differences.values {
                let phrase = FindingText.phrase(difference)
                #expect(phrase.chinese.hasPrefix("由 "), "\(phrase.chinese)")
                check(phrase, "\(variation)")
            }
        }
    }
}
