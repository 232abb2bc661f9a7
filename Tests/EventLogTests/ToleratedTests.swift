import EventLog
import Testing
import Wire

/// The rows of event-logs 8 whose logs are read: what they establish, and above all what they do not.
@Suite("Odd logs")
struct ToleratedTests {
    /// A log of one event in RTMR0 and what follows, against a quote with that event only.
    private func oneEvent(then more: (inout LogWriter) -> Void) -> EventLogFindings {
        var writer = LogWriter()
        writer.add(1, 4, [0, 0, 0, 0])
        more(&writer)
        return writer.findings(extending: [(0, LogWriter.separator)])
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
        let untouched = LogWriter().findings(extending: [])
        #expect(untouched.registers.allSatisfy { $0.status == .untouched })
        let reported = LogWriter().findings(extending: [(2, LogWriter.separator)])
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
        var writer = LogWriter()
        writer.add(1, 0x7777, Array("anything".utf8))
        let findings = writer.findings(extending: [(0, LogWriter.sha384(Array("anything".utf8)))])
        #expect(findings.events.first?.authentication.rule == .whole)
        #expect(findings.events.first?.event.type.name == "0x7777")
    }

    @Test(
        "Rows 41 to 43: structures that do not decode never fail the log, and their content never counts",
        arguments: malformed)
    func malformedData(type: UInt32, data: [UInt8]) {
        var writer = LogWriter()
        writer.add(4, type, data)
        let findings = writer.findings(extending: [(3, LogWriter.sha384(data))])
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
}

extension [UInt8] {
    init(repeatingPattern pattern: [UInt8], count: Int) {
        self = (0..<count).flatMap { _ in pattern }
    }
}
