import Appraisal
import AttestationService
import Foundation
import ResultToken
import Testing
import Wire
import Words

@testable import WebAPI

/// The sources say nothing that has no Chinese, and the translations have nothing that no source says.
@Suite("Sentences of the sources")
struct ChineseTests {
    /// What a target says, and where its Chinese stands.
    struct Speaker: Sendable, CustomTestStringConvertible {
        let target: String
        let own: Translation
        /// Its own and that of the targets below it.
        let known: Translation
        /// Files whose texts are none of its sentences.
        var others: Set<String> = []
        /// Texts that are none, by their beginnings: of logs, headers, metrics, tasks.
        var names: [String] = []

        var testDescription: String { target }

        var sources: [(file: String, literals: [SourceLiterals.Literal])] {
            get throws {
                let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().appending(path: "Sources/\(target)")
                let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
                return try files.compactMap { $0 as? URL }.filter {
                    $0.pathExtension == "swift" && !$0.lastPathComponent.hasPrefix("Chinese")
                }.map { ($0.lastPathComponent, SourceLiterals(of: try String(contentsOf: $0, encoding: .utf8)).all) }
            }
        }

        func isSentence(_ literal: SourceLiterals.Literal) -> Bool {
            // Logs speak English.
            let logs = ["report(", ".error(", ".warning(", ".info(", ".critical(", ".debug(", ".notice("]
            let before = String(literal.before.reversed().drop { $0.isWhitespace }.reversed())
            return literal.words.contains(#/[a-z]{2,} |[a-z]{2} ?, | [a-z]{2,}/#)
                && !names.contains { literal.words.hasPrefix($0) } && !logs.contains { before.hasSuffix($0) }
        }
    }

    static let speakers: [Speaker] = [
        Speaker(
            target: "AttestationService", own: .service, known: .problems,
            others: [
                "AttestationService.swift", "PolicyAdministration+Recovery.swift", "SetAside.swift", "Readiness.swift",
                "WitnessRounds.swift", "Housekeeping.swift", "Webhooks.swift", "VerdictRecorder.swift",
                "EndorsementSource.swift", "BlockingWork.swift", "Reappraisal.swift", "PolicyRegistry.swift",
                "Judge.swift", "StatusLists.swift", "EvidenceAdministration.swift", "MemoryBudget.swift",
                "WorkPool.swift",
                // Said to the operator, at the terminal and in the service's log.
                "ClockWatch.swift", "PolicyAdministration+Restore.swift",
            ]),
        Speaker(
            target: "WebAPI", own: .web, known: .problems,
            others: [
                "OpenAPIDocument.swift", "OpenAPIAudit.swift", "OpenAPIAdmin.swift", "ServiceMetrics.swift",
                "CrossOriginPolicy.swift", "Callers.swift", "Page.swift", "PublicListener.swift", "AdminListener.swift",
            ],
            names: [
                "Bearer realm=", "bearer ", "public, max-age", "text/", "attachment; ", "checkpoints {0}", "line {0}: ",
                "a simulation", "not compared", "the query index", "and the digest has", "event: ",
                "This is what is written", "data: ", "id: ", "X-Request-ID, ", "Content-Type, ",
                "a certificate of a P-256, ",
            ]),
    ]

    private static func isChinese(_ text: String) -> Bool {
        text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) || (0xFF00...0xFFEF).contains($0.value) }
    }

    @Test("No sentence of the sources is without Chinese, and none hides in an interpolation", arguments: speakers)
    func complete(speaker: Speaker) throws {
        let known = Set(speaker.known.pairs.map(\.english))
        var sentences = 0
        for (file, literals) in try speaker.sources where !speaker.others.contains(file) {
            for literal in literals where speaker.isSentence(literal) {
                sentences += 1
                #expect(known.contains(literal.words), "\(file): \(literal.words)")
                #expect(
                    !literal.isNested,
                    "\(file): \(literal.words) would be a value there")
            }
        }
        #expect(sentences > 20)
    }

    @Test("Each translation is said in the sources, is Chinese, and has the same places", arguments: speakers)
    func translations(speaker: Speaker) throws {
        let words = Set(try speaker.sources.flatMap { $0.literals.map(\.words) })
        let said = words.union(words.map { "{0}\($0){1}" })
        for (english, chinese) in speaker.own.pairs {
            #expect(said.contains(english), "nobody says: \(english)")
            #expect(Self.isChinese(chinese) || Self.sameInBoth.contains(english), "\(english)")
            for position in 0..<10 {
                let place = "{\(position)}"
                #expect(
                    chinese.components(separatedBy: place).count == english.components(separatedBy: place).count,
                    "\(english)")
            }
        }
    }

    /// What is a name, and no other in Chinese.
    private static let sameInBoth: Set<String> = []

    @Test("Words that several translations have are the same in all of them")
    func agreement() {
        for speaker in Self.speakers {
            for (english, chinese) in speaker.own.pairs {
                #expect(Translation.problems.text(Sentence(words: english), .chinese) == chinese, "\(english)")
            }
        }
    }
}
