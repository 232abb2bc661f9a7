import CorpusSupport
import EventLog
import EventLogSupport
import PlatformSimulator
import Testing
import Wire

@testable import Appraisal

/// The property of event-logs 2.7 at the level of facts: no edit that keeps the digests makes a claim anything but what it was
/// or unknown, and none lifts a violation.
@Suite("Edits that keep the digests")
struct EditPropertyTests {
    /// Edits of each kind for each log.
    private static let rounds = 4

    private func claims(_ record: EventLogRecord) -> Set<ExactText> {
        Set(record.claims.keys).union(record.lookups.keys)
    }

    /// Claims that a log does not have, of each family.
    private static let others: Set<ExactText> = [
        "aael.image-rs PullImage", "dstack.app_id", "dstack.compose_hash", "dstack.instance_id", "llm.complete",
        "llm.changes", "llm.models", "llm.exec.ollama", "llm.exec./usr/local/bin/ollama", "llm.tree.open-webui",
        "llm.config.none", "llm.manifest.none", "llm.level.none", "llm.verity.none", "llm.gpu.none", "secure_boot",
        "rtmr0.digests", "rtmr1.digests", "rtmr2.digests", "rtmr3.digests",
    ]

    private func check(_ log: [UInt8], _ name: String, seed: UInt64) throws {
        let editable = try EditableLog(parsing: log)
        let manifests = [SimulatedModel(seed: "edits").manifest]
        func record(_ bytes: [UInt8]) -> EventLogRecord {
            EventLogRecord(EventLogFindings(of: bytes, against: editable.registers, manifests: manifests))
        }
        let honest = record(log)
        try #require(honest.accounted.count == 4 && honest.accounted[3] == .yes, "\(name)")
        var generator = EditGenerator(seed: seed)
        for edit in LogEdit.allCases {
            for round in 0..<Self.rounds {
                let edited = record(edit.edited(editable, using: &generator))
                let place = "\(name): \(edit.rawValue), round \(round)"
                for claim in claims(honest).union(claims(edited)).union(Self.others)
                where claim != "format" && !EventLogRecord.isLabelled(claim.text) {
                    let (was, found) = (honest.claim(claim.text[...]), edited.claim(claim.text[...]))
                    // Unknown for another reason is unknown.
                    guard !found.isUnknown, found != was else { continue }
                    Issue.record("\(place): \(claim) was \(was), is \(found)")
                }
                let refuses = edited.failure != nil || edited.registers.contains(.differs)
                #expect(honest.violations.isEmpty || refuses || !edited.violations.isEmpty, "\(place)")
                guard edit.keepsDigests, edited.failure == nil else { continue }
                #expect(edited.registers == honest.registers, "\(place)")
                // What is hidden is said.
                if edited.accounted[3] != .yes { #expect(!edited.violations.isEmpty, "\(place)") }
            }
        }
    }

    @Test("Every boot of the simulator", arguments: BootVariation.allCases)
    func boots(variation: BootVariation) throws {
        try check(variation.log(seed: "edits").bytes, variation.rawValue, seed: 11)
    }

    @Test("Logs of dstack, of text, and of aliases; accounts that are broken, changed, ambiguous")
    func written() throws {
        var dstack = Guest()
        for (name, payload) in [("app-id", [1]), ("app-id", [2]), ("system-ready", []), ("own", [3])]
            as [(String, [UInt8])]
        {
            dstack.runtime(name, payload)
        }
        dstack.runtime("assay-llm/start", Array("{}".utf8))
        dstack.runtime("assay-llm/change", Array("unreadable".utf8))
        try check(dstack.dstack, "dstack", seed: 12)
        let lines =
            ["INIT sha384/\(String(repeating: "0", count: 96))"] + Account.phase([Account.exec("ollama", Account.a)])
        try check(Array(lines.joined(separator: "\n").utf8), "text", seed: 13)
        let accounts = [
            ["file /usr/local/bin/ollama \(Account.a)", "file /usr/local/bin/ollama \(Account.b)"],
            Account.phase([Account.exec("ollama", Account.a)]) + [Account.change("ollama", Account.b)],
            Account.phase([Account.gpu("none", Account.a), Account.gpu("none", Account.b)]),
            [Account.exec("ollama", Account.a), Account.start, Account.ready(2)],
        ]
        for (number, texts) in accounts.enumerated() {
            try check(LogWriter.aael(texts), "account \(number)", seed: UInt64(20 + number))
        }
    }

    private static let corpusLogs = [CorpusItem.Kind.ccel, .dstackLog, .aael]

    @Test("Every log of a trust domain in the corpus", .enabled(if: Corpus.isAvailable, "\(Corpus.absence)"))
    func corpus() throws {
        let corpus = try #require(Corpus.available)
        let items = Self.corpusLogs.flatMap(corpus.items(ofKind:))
        #expect(items.count >= 33)
        for (number, item) in items.enumerated() {
            try check(try corpus.bytes(of: item.name), item.name, seed: UInt64(100 + number))
        }
    }
}
