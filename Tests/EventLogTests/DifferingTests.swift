import EventLog
import Testing
import Wire

/// Rows 34 to 40 of event-logs 8, and the hints of 2.3: logs that lead elsewhere than to the quote, or to part of it.
@Suite("Logs that lead elsewhere")
struct DifferingTests {
    @Test("Rows 34, 36, 38: events swapped, dropped, or of another machine")
    func differing() {
        let digests = [[1], [2], [3]].map { LogWriter.sha384($0) }
        let quoted = digests.map { (3, $0) }
        for order in [[[2], [1], [3]], [[1], [2]], [[9], [8]]] as [[[UInt8]]] {
            var writer = LogWriter()
            for data in order { writer.add(4, 5, data) }
            let findings = writer.findings(extending: quoted)
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
        let findings = writer.findings(extending: [(0, LogWriter.separator), (3, LogWriter.sha384([1]))])
        #expect(findings.registers[0].status == .replayed)
        #expect(findings.registers[3].status == .replayed)
    }

    @Test("Row 37: an event after the quote was taken, named")
    func extraEvent() {
        var writer = LogWriter()
        for data in [[1], [2], [3]] as [[UInt8]] { writer.add(4, 5, data) }
        let findings = writer.findings(extending: [(3, LogWriter.sha384([1])), (3, LogWriter.sha384([2]))])
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
        let offByOne = shifted.findings(extending: [(2, LogWriter.sha384([1])), (3, LogWriter.sha384([2]))])
        #expect(offByOne.hints == [.extraEvents, .indexOffByOne])
        #expect(offByOne.registers[2].hint == .indexOffByOne)

        var writer = LogWriter()
        writer.add(2, 5, [1])
        writer.add(3, 5, [2])
        let swapped = writer.findings(extending: [(1, LogWriter.sha384([2])), (2, LogWriter.sha384([1]))])
        #expect(swapped.registers[1].hint == .registersSwapped)

        var twice = LogWriter()
        twice.add(1, 4, [0, 0, 0, 0])
        twice.add(1, 4, [0, 0, 0, 0])
        twice.add(1, 5, [1])
        let once = twice.findings(extending: [(0, LogWriter.separator), (0, LogWriter.sha384([1]))])
        #expect(once.hints == [.separatorOnce])
        #expect(once.notes.map(\.kind) == [.separatorDuplicate])
    }

    @Test("A changed digest is named where the event's type fixes it")
    func changedDigest() {
        var writer = LogWriter()
        writer.add(1, 5, [1])
        writer.add(1, 4, [0, 0, 0, 0], digest: [UInt8](repeating: 7, count: 48))
        let findings = writer.findings(extending: [(0, LogWriter.sha384([1])), (0, LogWriter.separator)])
        let difference = findings.registers[0].firstDifference
        #expect(difference?.event == 2)
        #expect(difference?.reason == .contentMismatch)
        #expect(difference?.expected?.bytes == LogWriter.separator)
    }

    @Test("Rows 39 and 40: the events of RTMR3 left out")
    func reported() {
        let findings = LogWriter().findings(extending: [(3, LogWriter.sha384([1]))])
        #expect(findings.registers[3].status == .reported)
        #expect(findings.facts?.llm == nil)
        #expect(findings.claims(at: "event_log.facts.llm.models[]").isEmpty)
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
