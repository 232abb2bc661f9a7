import EventLog
import Testing
import Wire

@testable import Appraisal

/// Rows 76 to 79 of event-logs 8: logs of text lines, and events that pass for such lines.
@Suite("Forged text logs")
struct ForgedTextLogTests {
    @Test(
        "Row 76: a text log that begins behind hidden events is never usable; with the domain shown it is a violation")
    func row76() throws {
        let hidden = Guest.record(
            #"assay-llm/1 change {"name":"\#(Guest.model)","sha256":"\#(String(repeating: "0", count: 64))","was":"\#(String(repeating: "1", count: 64))"}"#
        )
        #expect(
            Hex.encode(LogWriter.sha384(hidden))
                == "891a38767206ead5d5383b0b542cdab104b237c3ab3b6f8a97661914bc2425deffbedc18b4d01a96670e6b32deba1e62")
        let state = "58d90743786657b74ee7aba22551a4ee1d3be52cd32046b85c8e546e018bfaf03b44f91f232975b36cd46b6259c4e4a0"
        var quoted = QuotedRegisters.zero
        quoted.rtmr3 = Vectors.register(
            "cda731a715b2fa0fd21c8374f5d696217f047c8a995effadfb6eb9efe8c8c73fc0cf03d01a396435ddcec7f239adf04b")
        let log = "INIT sha384/\(state)\nimage-rs CreateContainer docker.io/library/alpine"
        let findings = EventLogFindings(of: Array(log.utf8), against: quoted)
        #expect(findings.registers.map(\.status) == [.untouched, .untouched, .untouched, .startsElsewhere])
        #expect(findings.claims(at: "event_log.facts.aael").isEmpty)
        let record = EventLogRecord(findings)
        #expect(record.accounted[3] == .no(.startsElsewhere))
        #expect(record.isUnknown("aael.image-rs CreateContainer") && record.isUnknown("llm.changes"))
        #expect(record.violations.isEmpty)

        let lines = ["INIT sha384/\(state)"] + Account.phase([Account.exec("ollama", Account.a)])
        var start = QuotedRegisters.zero
        start.rtmr3 = Vectors.register(state)
        let account = EventLogFindings(
            of: Array(lines.joined(separator: "\n").utf8),
            against: .extended(by: lines.map { (3, LogWriter.sha384(Array($0.utf8))) }, from: start))
        #expect(account.registers[3].status == .startsElsewhere)
        #expect(EventLogRecord(account).violations.first?.hasPrefix("event_log.accounted.rtmr3") == true)
        #expect(EventLogRecord(account).isUnknown("llm.exec.ollama"))
        // Row 77.
        #expect(EventLogFindings(of: Array(log.utf8), against: Vectors.ccelRegisters).registers[3].status == .differs)
    }

    @Test("Row 78: the lines of a text log as TCG2 events that hold them", arguments: [0x5, 0x6, 0xD])
    func row78(type: Int) {
        let lines =
            ["INIT sha384/\(String(repeating: "0", count: 96))"] + Account.phase([Account.exec("ollama", Account.a)])
        var guest = Guest()
        for line in lines { guest.extend(3, Array(line.utf8), type: UInt32(type)) }
        let text = EventLogRecord(
            EventLogFindings(of: Array(lines.joined(separator: "\n").utf8), against: guest.registers))
        #expect(text.text("llm.exec.ollama") == Account.a)
        #expect(guest.record().text("llm.exec.ollama") == Account.a)
        #expect(guest.record().lookup("llm.complete") == .value(.boolean(true)))
    }

    @Test("Row 79: a tagged record as a text line is not shown")
    func row79() {
        expectUnshown(Guest.changed.shown { $0.events[4].data = Array($0.events[4].data.dropFirst(8)) }.record(), 5)
    }
}
