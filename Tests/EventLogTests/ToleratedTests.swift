import EventLog
import Testing
import Wire

/// The rows of event-logs 8 whose logs are read: what they establish, and above all what they do not.
@Suite("Odd logs")
struct ToleratedTests {
    /// The findings of a log beside a quote that matches what a trust domain with these events would hold.
    private func findings(_ writer: LogWriter, _ extended: [(Int, [UInt8])]) -> EventLogFindings {
        EventLogFindings(of: writer.bytes, against: .extended(by: extended))
    }

    private let separator = LogWriter.sha384([0, 0, 0, 0])

    /// A log of one event in RTMR0 and what follows, against a quote with that event only.
    private func oneEvent(then more: (inout LogWriter) -> Void) -> EventLogFindings {
        var writer = LogWriter()
        writer.add(1, 4, [0, 0, 0, 0])
        more(&writer)
        return findings(writer, [(0, separator)])
    }

    @Test("Row 22: an event for MRTD is noted and not replayed")
    func eventOnMRTD() {
        let findings = oneEvent { $0.add(0, 8, [1, 2]) }
        #expect(findings.registers[0].status == .replayed)
        #expect(findings.notes.map(\.kind) == [.eventOnMRTD])
        #expect(findings.events.last?.authentication == ReplayedEvent.Authentication.none)
    }

    @Test(
        "Rows 23 to 26: where a log ends, and what is said of its tail",
        arguments: [
            ([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0], true), ([0xFF, 0xFF, 0xFF, 0xFF, 1], true), ([], false),
            ([0xFF, 0xFF, 0xFF], false), ([0, 0, 0], false), ([UInt8](repeating: 0, count: 64), false),
            ([UInt8](repeating: 0xFF, count: 64), false), ([UInt8](repeating: 0, count: 64) + [1], true),
        ] as [([UInt8], Bool)])
    func tails(tail: [UInt8], isDirty: Bool) {
        let findings = oneEvent { $0.add(raw: tail) }
        #expect(findings.registers[0].status == .replayed)
        #expect(findings.events.count == 1)
        #expect(findings.notes.map(\.kind) == (isDirty ? [.tailDirty] : []))
    }

    @Test("Row 24: valid events behind the end never count")
    func hiddenEvents() {
        var hidden = LogWriter(header: [])
        hidden.add(4, 5, [1])
        let findings = oneEvent { $0.add(raw: [UInt8](repeating: 0xFF, count: 8) + hidden.bytes) }
        #expect(findings.events.count == 1)
        #expect(findings.notes.map(\.kind) == [.tailDirty])
        #expect(findings.registers[3].status == .untouched)
    }

    @Test("Row 27: a header alone")
    func headerOnly() {
        let untouched = findings(LogWriter(), [])
        #expect(untouched.registers.allSatisfy { $0.status == .untouched })
        let reported = findings(LogWriter(), [(2, separator)])
        #expect(reported.registers.map(\.status) == [.untouched, .untouched, .reported, .untouched])
    }

    @Test("Row 28: EV_NO_ACTION is not extended, whatever its digest says")
    func noAction() {
        let findings = oneEvent { $0.add(3, 3, [1, 2, 3, 4]) }
        #expect(findings.registers[2].status == .untouched)
        #expect(findings.events.last?.authentication == ReplayedEvent.Authentication.none)
        let extended = EventLogFindings(
            of: {
                var w = LogWriter()
                w.add(3, 3, [1])
                w.add(3, 5, [2])
                return w.bytes
            }(),
            against: .extended(by: [(2, LogWriter.sha384([1])), (2, LogWriter.sha384([2]))]))
        #expect(extended.hints == [.noActionExtended])
        #expect(extended.registers[2].status == .differs)
    }

    @Test("Row 29: a second header in the TCG2 layout changes nothing")
    func secondHeader() {
        let findings = oneEvent { $0.add(1, 3, Array(LogWriter.header().dropFirst(32))) }
        #expect(findings.notes.map(\.kind) == [.specIDRepeated])
        #expect(findings.registers[0].status == .replayed)
    }

    @Test("Row 29: a second header in the SHA-1 layout ends the log: two logs in one never count as one")
    func concatenatedLogs() {
        var second = LogWriter()
        second.add(4, 5, [1])
        let findings = oneEvent { $0.add(raw: second.bytes) }
        #expect(findings.registers[0].status == .replayed)
        #expect(findings.registers[3].status == .untouched)
        #expect(findings.notes.map(\.kind) == [.tailDirty])
    }

    @Test("Row 30: an unknown type is kept, and read for what it is")
    func unknownType() {
        let findings = findings(
            {
                var w = LogWriter()
                w.add(1, 0x7777, Array("anything".utf8))
                return w
            }(),
            [(0, LogWriter.sha384(Array("anything".utf8)))])
        #expect(findings.events.first?.authentication.rule == .whole)
        #expect(findings.events.first?.event.type.name == "0x7777")
    }

    @Test("Rows 34, 36, 38: events swapped, dropped, or of another machine")
    func differing() {
        let digests = [[1], [2], [3]].map { LogWriter.sha384($0) }
        let quoted = digests.map { (3, $0) }
        for order in [[[2], [1], [3]], [[1], [2]], [[9], [8]]] as [[[UInt8]]] {
            var writer = LogWriter()
            for data in order { writer.add(4, 5, data) }
            let findings = findings(writer, quoted)
            #expect(findings.registers[3].status == .differs)
            #expect(findings.registers[3].code == .replayMismatch)
            #expect(findings.registers[3].hint == .prefixOfNothing)
            #expect(findings.hints.isEmpty)
            #expect(findings.facts?.digests[.rtmr3] == nil)
            #expect(findings.events.allSatisfy { $0.authentication == .none })
        }
    }

    @Test("Row 35: the order between registers is no evidence")
    func acrossRegisters() {
        var writer = LogWriter()
        writer.add(4, 5, [1])
        writer.add(1, 4, [0, 0, 0, 0])
        let findings = findings(writer, [(0, separator), (3, LogWriter.sha384([1]))])
        #expect(findings.registers[0].status == .replayed)
        #expect(findings.registers[3].status == .replayed)
    }

    @Test("Row 37: an event after the quote was taken, named")
    func extraEvent() {
        var writer = LogWriter()
        for data in [[1], [2], [3]] as [[UInt8]] { writer.add(4, 5, data) }
        let findings = findings(writer, [(3, LogWriter.sha384([1])), (3, LogWriter.sha384([2]))])
        #expect(findings.hints == [.extraEvents])
        #expect(findings.registers[3].status == .differs)
        #expect(findings.registers[3].firstDifference?.event == 3)
        #expect(findings.registers[3].firstDifference?.reason == .afterQuote)
    }

    @Test("Hints: shifted indices, swapped registers, a separator twice")
    func hints() {
        var shifted = LogWriter()
        shifted.add(2, 5, [1])
        shifted.add(3, 5, [2])
        let offByOne = findings(shifted, [(2, LogWriter.sha384([1])), (3, LogWriter.sha384([2]))])
        #expect(offByOne.hints.contains(.registersSwapped) || offByOne.hints.contains(.indexOffByOne))
        #expect(offByOne.registers[2].hint == .indexOffByOne)

        var writer = LogWriter()
        writer.add(2, 5, [1])
        writer.add(3, 5, [2])
        let swapped = findings(writer, [(1, LogWriter.sha384([2])), (2, LogWriter.sha384([1]))])
        #expect(swapped.registers[1].hint == .registersSwapped)

        var twice = LogWriter()
        twice.add(1, 4, [0, 0, 0, 0])
        twice.add(1, 4, [0, 0, 0, 0])
        twice.add(1, 5, [1])
        let once = findings(twice, [(0, separator), (0, LogWriter.sha384([1]))])
        #expect(once.hints == [.separatorOnce])
        #expect(once.notes.map(\.kind) == [.separatorDuplicate])
    }

    @Test("A changed digest is named where the event's type fixes it")
    func changedDigest() {
        var writer = LogWriter()
        writer.add(1, 5, [1])
        writer.add(1, 4, [0, 0, 0, 0], digest: [UInt8](repeating: 7, count: 48))
        let findings = findings(writer, [(0, LogWriter.sha384([1])), (0, separator)])
        let difference = findings.registers[0].firstDifference
        #expect(difference?.event == 2)
        #expect(difference?.reason == .contentMismatch)
        #expect(difference?.expected?.bytes == separator)
    }

    @Test("Rows 39 and 40: the events of RTMR3 left out")
    func reported() {
        let findings = findings(LogWriter(), [(3, LogWriter.sha384([1]))])
        #expect(findings.registers[3].status == .reported)
        #expect(findings.facts?.llm == nil)
        #expect(findings.claims(at: "event_log.facts.llm.models[]").isEmpty)
    }

    @Test(
        "Rows 41 to 43: structures that do not decode never fail the log, and their content never counts",
        arguments: malformed)
    func malformedData(type: UInt32, data: [UInt8]) {
        var writer = LogWriter()
        writer.add(4, type, data)
        let findings = findings(writer, [(3, LogWriter.sha384(data))])
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.notes.map(\.kind) == [.eventDataMalformed])
        #expect(findings.events.first?.authentication == .digestOnly)
        #expect(findings.facts?.applicationEvents.isEmpty == true)
    }

    static let malformed: [(UInt32, [UInt8])] = {
        let guid = [UInt8](repeating: 1, count: 16)
        func variable(_ units: UInt64, _ name: [UInt8]) -> [UInt8] {
            var data: [UInt8] = guid
            data += LogWriter.littleEndian(units)
            data += LogWriter.littleEndian(UInt64(0))
            return data + name
        }
        func image(_ path: [UInt8]) -> [UInt8] {
            var data = [UInt8](repeating: 0, count: 24)
            data += LogWriter.littleEndian(UInt64(path.count))
            return data + path
        }
        func aael(length: UInt32) -> [UInt8] {
            var data: [UInt8] = LogWriter.littleEndian(UInt32(0x4141_454C))
            data += LogWriter.littleEndian(length)
            return data + Array("a b c".utf8)
        }
        return [
            (0x8000_0001, variable(1 << 63, [0x41, 0])), (0x8000_0001, variable(1, [0x00, 0xD8])),
            (0x8000_0002, variable(UInt64.max, [])), (0x8000_0001, guid), (0x8000_0001, variable(0, [1])),
            (0x8000_0003, image([4, 4, 0, 0])), (0x8000_0003, image([4, 4, 3, 0])), (0x8000_0003, [1, 2, 3]),
            (0x8000_0003, image([UInt8](repeatingPattern: [1, 1, 4, 0], count: 100))),
            (0x8000_0006, [1]), (0x4, [1, 2]), (0x4, [2, 0, 0, 0]), (0x6, [1]),
            (0x6, aael(length: 99)),
            (0x6, aael(length: 4)),
        ]
    }()

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
        let findings = findings(writer, [(3, digest)])
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.notes.map(\.kind) == [.aaelMalformed])
        #expect(findings.facts?.applicationEvents.isEmpty == true)
    }

    @Test("Row 44: invalid UTF-8")
    func aaelEncoding() {
        let data = LogWriter.tag(0x4141_454C, [0x61, 0x20, 0x62, 0x20, 0xFF])
        var writer = LogWriter()
        writer.add(4, 6, data)
        let findings = findings(writer, [(3, LogWriter.sha384(data))])
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
            let findings = findings(writer, [(3, digest)])
            #expect(findings.claims(at: "event_log.facts.aael[0].content_raw") == [.string(content)])
            #expect(findings.claims(at: "event_log.facts.aael[0].content") == [.string(content)])
        }
    }

    @Test("Row 56: dstack's names count once, and before system-ready")
    func dstackNames() {
        let names = [("app-id", "01"), ("app-id", "02"), ("system-ready", ""), ("compose-hash", "03"), ("own", "04")]
        let events = names.map { name, payload in
            #"{"imr":3,"event_type":134217729,"event":"\#(name)","event_payload":"\#(payload)"}"#
        }
        let log = Array("[\(events.joined(separator: ","))]".utf8)
        let digests = names.map { name, payload in
            (3, LogWriter.sha384([1, 0, 0, 8, 0x3A] + Array(name.utf8) + [0x3A] + (Hex.decode(payload) ?? [])))
        }
        let findings = EventLogFindings(of: log, against: .extended(by: digests))
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.facts?.dstack?.appID == [1])
        #expect(findings.facts?.dstack?.composeHash == nil)
        #expect(findings.facts?.dstack?.runtime.map(\.name) == ["compose-hash", "own"])
        #expect(findings.notes.map(\.kind) == [.dstackNameRepeated, .dstackNameAfterReady])
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
            let findings = findings(writer, [(3, LogWriter.sha384(LogWriter.tag(0x4141_454C, Array(text.utf8))))])
            let entry = findings.facts?.applicationEvents.first?.entry
            #expect(entry?.domain.hasSameBytes(as: domain) == true, "\(text)")
            #expect(entry?.content.hasSameBytes(as: content) == true, "\(text)")
        }
    }

    @Test("An AAEL text that starts at a register in use is never replayed")
    func nonzeroStart() {
        let start = String(repeating: "11", count: 48)
        let lines = ["INIT sha384/\(start)", "image-rs Pull alpine"]
        var from = QuotedRegisters.zero
        from.rtmr3 = Vectors.register(start)
        let quoted = QuotedRegisters.extended(
            by: lines.map { (3, LogWriter.sha384(Array($0.utf8))) }, from: from)
        let findings = EventLogFindings(of: Array(lines.joined(separator: "\n").utf8), against: quoted)
        #expect(findings.registers[3].status == .startsElsewhere)
        #expect(!findings.registers[3].isAccounted)
        #expect(findings.registers[3].code == nil)
        #expect(findings.facts?.llm == nil)
        #expect(findings.facts?.digests[.rtmr3] == nil)
        #expect(findings.events.allSatisfy { $0.authentication == .none })
        #expect(findings.claims(at: "event_log.rtmr[3]") == [.string("starts_elsewhere")])
    }
}

extension [UInt8] {
    init(repeatingPattern pattern: [UInt8], count: Int) {
        self = (0..<count).flatMap { _ in pattern }
    }
}
