import DCAPFormats
import EventLog
import PlatformSimulator
import Testing
import Wire
import Words

@testable import Appraisal

/// What a person is told to do about an event log (event-logs 2.3): by what is wrong with it, and to distrust the guest only
/// where nothing explains why log and quote differ.
@Suite("What to do about an event log")
struct EventLogRemedyTests {
    private static func distrusts(_ fix: Phrase) -> Bool {
        #expect(fix.english.contains("trust the guest") == fix.chinese.contains("信任该虚拟机"), "\(fix)")
        return fix.english.contains("trust the guest")
    }

    /// What the rule says under a policy; the check of one step says the same.
    private func fix(
        _ log: EventLogRecord?, _ step: EventLogCheck.Step? = nil, under members: String = ""
    ) throws -> Phrase {
        let finding = appraise(try FactsRecipe.td().make(), under: try .of(members), eventLog: log)
        let result = try #require(finding.result(.eventLog))
        #expect(result.isFailed)
        let fix = try #require(result.fix)
        for language in Language.allCases {
            #expect(result.document(language)["fix"] == .string(fix.text(language)))
            guard let step, let log else { continue }
            #expect(EventLogCheck(step, of: log).document(language)["fix"] == .string(fix.text(language)))
        }
        return fix
    }

    @Test(
        "A log that cannot be read: send it right; the guest is not in doubt",
        arguments: EventLogCode.allCases.filter { $0 != .replayMismatch })
    func unreadable(_ code: EventLogCode) throws {
        let fix = try fix(EventLogRecord(failure: .init(code: code.rawValue, detail: "d")), .parse)
        #expect(fix == EventLogText.fix(code))
        #expect(!Self.distrusts(fix))
    }

    @Test("Bytes that are no log, an empty one, and none at all")
    func noLog() throws {
        for bytes in [[], [1, 2, 3], Array("CCEL".utf8)] as [[UInt8]] {
            #expect(!Self.distrusts(try fix(EventLogRecord(EventLogFindings(of: bytes, against: .zero)), .parse)))
        }
        let missing = try fix(nil, under: #""require_event_log":true"#)
        #expect(missing == EventLogRemedy.missing)
        #expect(!Self.distrusts(missing))
    }

    @Test(
        "A log that leads elsewhere: as its hint says",
        arguments: [
            (BootVariation.eventDropped, EventLogCheck.Step.rtmr3, ReplayHint.prefixOfNothing),
            (.eventsSwapped, .rtmr2, .prefixOfNothing), (.eventAfterQuote, .rtmr3, .extraEvents),
        ])
    func differing(_ variation: BootVariation, _ step: EventLogCheck.Step, _ hint: ReplayHint) throws {
        let log = variation.log(seed: "remedy")
        let registers = log.registers.compactMap { FixedBytes<48>(exactly: $0) }
        try #require(registers.count == 4)
        let record = EventLogRecord(
            EventLogFindings(
                of: log.bytes, against: QuotedRegisters(registers[0], registers[1], registers[2], registers[3])))
        #expect(record.hints == [try #require(step.register): hint])
        #expect(Self.distrusts(try fix(record, step)) == (hint == .prefixOfNothing))
    }

    @Test("Every hint has its advice, and one of several registers that nothing explains is enough to doubt")
    func hints() throws {
        func record(_ hints: [Int: ReplayHint]) -> EventLogRecord {
            var record = EventLogRecord(registers: (0..<4).map { hints[$0] == nil ? .replayed : .differs })
            record.hints = hints
            return record
        }
        for hint in ReplayHint.allCases {
            let fix = try fix(record([2: hint]), .rtmr2)
            #expect(fix != PolicyText.fix(.eventLog))
            #expect(Self.distrusts(fix) == (hint == .prefixOfNothing), "\(hint)")
        }
        #expect(Self.distrusts(try fix(record([1: .extraEvents, 3: .prefixOfNothing]))))
        #expect(!Self.distrusts(try fix(record([1: .extraEvents, 3: .extraEvents]))))
        // Recorded facts hold no hint.
        #expect(
            try fix(EventLogRecord(registers: [.differs, .replayed, .replayed, .replayed]), .rtmr0)
                == PolicyText.fix(.eventLog))
        #expect(!Self.distrusts(PolicyText.fix(.eventLog)))
    }

    @Test("A hidden event, a broken boot phase, a register without events")
    func others() throws {
        func record(_ phase: LLMFacts.Phase?, _ violation: String) -> EventLogRecord {
            EventLogRecord(
                registers: [.replayed, .replayed, .replayed, .replayed], phase: phase, violations: [violation])
        }
        #expect(
            try fix(record(nil, "event_log.accounted.rtmr3: event 1 of RTMR3 is not shown"), .accounted)
                == EventLogRemedy.hidden)
        #expect(try fix(record(.countMismatch, "llm.phase count_mismatch"), .phase) == EventLogRemedy.phase)
        let open = EventLogRecord(registers: [.replayed, .replayed, .replayed, .reported])
        #expect(try fix(open, under: #""require_all_registers_replayed":true"#) == EventLogRemedy.open)
        for fix in [EventLogRemedy.hidden, EventLogRemedy.phase, EventLogRemedy.open] {
            #expect(!Self.distrusts(fix))
        }
    }

    @Test("A reference set that is not there: its own advice, and not that of a claim that is another")
    func referenceSet() throws {
        let policy = try Policy.of(
            #""claims":[{"id":"c","claim":"mr_td","operator":"in","reference_set":"ours"}],"graces":[{"rule":"reference.ours","until":"2027-01-01T00:00:00Z","reason":"r"}]"#
        )
        for policy in [
            policy, try .of(#""claims":[{"id":"c","claim":"mr_td","operator":"in","reference_set":"ours"}]"#),
        ] {
            let rules = appraise(try FactsRecipe.td().make(), under: policy).rules
            let fix = try #require(rules.first { $0.id == "reference.ours" }?.fix)
            #expect(fix.english.contains("the reference set ours in force") && fix.chinese.contains("ours"))
            #expect(rules.first { $0.id == "claim.c" }?.fix == PolicyText.fix(.claim))
            #expect(try #require(rules.first { $0.id == "tcb.status" }).fix == nil)
        }
    }
}
