import Testing
import Wire
import Words

@testable import Appraisal

/// What an accept leaves open about RTMR3: the disk its agent comes from (event-logs 5.5, row 108), events that nobody shows
/// (2.2, row 106), and what stands outside a boot phase (5.3 R6, row 100).
@Suite("Open about RTMR3")
struct RootTests {
    private static let hashed = "root=/dev/mapper/root roothash=\(String.bytes(7, 32)) ro"
    private static let plain = "root=UUID=6dd1-4f2a ro"

    private static func pin(_ name: String, _ value: UInt8) -> String {
        #"{"id":"\#(name)","claim":"\#(name)","operator":"equals","value":"\#(String.bytes(value, 48))"}"#
    }
    private static let boot = [pin("mr_td", 0xA0), pin("rtmr0", 0xB0), pin("rtmr1", 0xB1)].joined(separator: ",")
    private static let rtmr2 = pin("rtmr2", 0xB2)
    private static let complete =
        #"{"id":"complete","claim":"event_log.llm.complete","operator":"equals","value":true}"#
    private static let fromSet =
        #"{"id":"exec","claim":"event_log.llm.exec.ollama","operator":"in","reference_set":"s"}"#
    private static func line(_ text: String) -> String {
        #"{"id":"line","claim":"event_log.kernel_cmdline","operator":"in","values":["\#(text)","other"]}"#
    }

    private static func log(_ text: String? = nil, _ accounted: EventLogRecord.Accounted = .yes) -> EventLogRecord {
        var claims: [ExactText: ClaimValue] = [
            "llm.complete": .boolean(true), "llm.exec.ollama": .text(.bytes(1, 32)),
        ]
        if let text { claims["kernel_cmdline"] = .text(text) }
        return EventLogRecord(
            registers: [.replayed, .replayed, .replayed, .replayed], accounted: [.yes, .yes, .yes, accounted],
            claims: claims)
    }

    private static func references(_ members: String = "") throws -> ReferenceLibrary {
        let text =
            #"{"id":"s","version":1,"provenance":{"source":"us","note":"n"},"valid_from":"2026-01-01T00:00:00Z",\#(members)"values":{"event_log.llm.exec.ollama":["\#(String.bytes(1, 32))"]}}"#
        return ReferenceLibrary([try ReferenceSet(parsing: Array(text.utf8))])
    }

    private func conclusion(
        _ rules: [String], _ log: EventLogRecord?, members: String = "", references: ReferenceLibrary = .empty
    ) throws -> (conclusion: Conclusion, root: RootFinding?) {
        let facts = try FactsRecipe.td().make()
        let claims = rules.isEmpty ? [] : [#""claims":[\#(rules.joined(separator: ","))]"#]
        let policy = try Policy.of((claims + (members.isEmpty ? [] : [members])).joined(separator: ","))
        let finding = appraise(facts, under: policy, references: references, eventLog: log)
        return (Conclusion(facts, [finding], log, isFresh: true), finding.root)
    }

    /// The rules, the command line that the log shows, the word that is found; all of them are accepted.
    static let roots: [(String, [String], String, String?)] = [
        ("compared and hashed", [boot, rtmr2, line(hashed), complete], hashed, "roothash"),
        ("no hash in it", [boot, rtmr2, line(plain), complete], plain, nil),
        ("nobody compares it", [boot, rtmr2, complete], hashed, nil),
        (
            "compared in an alternative alone",
            [
                boot, rtmr2, complete,
                #"{"id":"any","any":[{"claim":"event_log.kernel_cmdline","operator":"equals","value":"\#(hashed)"},{"claim":"tee","operator":"equals","value":"tdx"}]}"#,
            ], hashed, nil
        ),
        (
            "beside its register, in one rule",
            [
                boot, complete,
                #"{"id":"both","all":[{"claim":"rtmr2","operator":"equals","value":"\#(String.bytes(0xB2, 48))"},{"claim":"event_log.kernel_cmdline","operator":"equals","value":"\#(hashed)"}]}"#,
            ], hashed, "roothash"
        ),
        (
            "only forbidden texts",
            [
                boot, rtmr2, complete,
                #"{"id":"not","not":{"claim":"event_log.kernel_cmdline","operator":"equals","value":"evil"}}"#,
            ], hashed, nil
        ),
    ]

    @Test("Row 108: only the measured, compared command line protects the root", arguments: roots)
    func root(_ name: String, _ rules: [String], _ text: String, _ word: String?) throws {
        let (conclusion, root) = try conclusion(rules, Self.log(text))
        #expect(conclusion.isAccepted)
        #expect(root?.word == word)
        #expect(conclusion.reasons.contains(.rootUnprotected) == (word == nil), "\(conclusion.reasons)")
        #expect((conclusion.status == .affirming) == (word != nil))
    }

    @Test("Row 108 (b): a text with a root hash that is not the one listed is refused, and shows nothing")
    func relabelled() throws {
        let (conclusion, root) = try conclusion(
            [Self.boot, Self.rtmr2, Self.line(Self.plain), Self.complete], Self.log("menuentry " + Self.hashed))
        #expect(!conclusion.isAccepted)
        #expect(root?.isProtected == false)
    }

    @Test("A rule under grace compares nothing for sure")
    func grace() throws {
        let grace = #""graces":[{"rule":"claim.line","until":"2027-01-01T00:00:00Z","reason":"r"}]"#
        let (_, root) = try conclusion(
            [Self.boot, Self.rtmr2, Self.line(Self.hashed), Self.complete], Self.log(Self.hashed), members: grace)
        #expect(root?.word == nil)
    }

    @Test("Declared by a set that a rule on RTMR3 reads, and by no other")
    func declared() throws {
        let rules = [Self.boot, Self.rtmr2, Self.fromSet]
        let silent = try conclusion(rules, Self.log(), references: try Self.references())
        #expect(silent.conclusion.reasons == [.rootUnprotected])
        #expect(silent.root?.reason.chinese.contains("根文件系统") ?? false)
        let library = try Self.references(#""root_integrity":"accepted-by-owner","#)
        let declared = try conclusion(rules, Self.log(), references: library)
        #expect(declared.conclusion.reasons.isEmpty)
        #expect(declared.conclusion.status == .affirming)
        #expect(declared.root?.declared == .acceptedByOwner)
        #expect(declared.root?.isPassed == false)
        #expect(declared.root?.reason.english.contains(library["s"]?.sha256 ?? "nothing") ?? false)
        let elsewhere = try conclusion([Self.boot, Self.rtmr2, Self.complete], Self.log(), references: library)
        #expect(elsewhere.conclusion.reasons == [.rootUnprotected])
    }

    @Test("A policy that reads no fact of RTMR3 is not asked; the register and its list are no such fact")
    func unused() throws {
        let whole =
            #"{"id":"list","claim":"event_log.rtmr3.digests","operator":"equals","value":"\#(String.bytes(1, 48))"}"#
        for rules in [[], [Self.boot, Self.rtmr2], [Self.boot, Self.rtmr2, Self.pin("rtmr3", 0xB3)], [whole]] {
            #expect(try conclusion(rules, Self.log()).root == nil)
        }
    }

    @Test("Row 106: an RTMR3 that is not zero is shown, or compared as a whole, or open")
    func shown() throws {
        let rules = [Self.boot, Self.rtmr2]
        let reported = EventLogRecord(registers: [.replayed, .replayed, .replayed, .reported])
        for (log, isOpen) in [
            (Self.log(), false), (reported, true), (nil, true), (Self.log(nil, .unshown(event: 3, count: 1)), true),
        ] as [(EventLogRecord?, Bool)] {
            let (conclusion, _) = try conclusion(rules, log)
            #expect(conclusion.isAccepted)
            #expect(conclusion.reasons.contains(.referenceValuesIncomplete) == isOpen, "\(conclusion.reasons)")
            #expect((conclusion.status == .affirming) == !isOpen)
            let compared = try self.conclusion(rules + [Self.pin("rtmr3", 0xB3)], log).conclusion
            #expect(!compared.reasons.contains(.referenceValuesIncomplete))
            #expect(compared.vector.executables == 2)
        }
    }

    @Test("Registers that only report their value, or start elsewhere, leave the log incomplete")
    func incomplete() throws {
        for status in EventLogRecord.RegisterStatus.allCases where status != .differs {
            let log = EventLogRecord(registers: [.replayed, .replayed, .replayed, status])
            let reasons = try conclusion([Self.boot, Self.rtmr2], log).conclusion.reasons
            #expect(
                reasons.contains(.eventLogIncomplete) == ![.replayed, .untouched].contains(status), "\(status.rawValue)"
            )
        }
    }

    @Test("Row 100: a rule that an alias outside a boot phase satisfied leaves the log incomplete")
    func alias() throws {
        func log(_ aliases: Set<ExactText>) -> EventLogRecord {
            EventLogRecord(
                failure: nil, registers: [.replayed, .replayed, .replayed, .replayed], accounted: nil, differences: [:],
                claims: ["llm.exec.ollama": .text(.bytes(1, 32))], lookups: [:], gaps: ClaimGaps(), aliases: aliases,
                commandLine: nil, phase: nil, violations: [])
        }
        let rules = [Self.boot, Self.rtmr2, Self.fromSet]
        let library = try Self.references(#""root_integrity":"verity","#)
        #expect(try conclusion(rules, log([]), references: library).conclusion.reasons.isEmpty)
        let alias = try conclusion(rules, log(["llm.exec.ollama"]), references: library).conclusion
        #expect(alias.isAccepted)
        #expect(alias.reasons == [.eventLogIncomplete])
        #expect(alias.status == .warning)
        #expect(try conclusion([Self.boot, Self.rtmr2], log(["llm.exec.ollama"])).conclusion.reasons.isEmpty)
    }
}
