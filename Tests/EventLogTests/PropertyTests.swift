import EventLog
import Testing
import Wire

/// What holds for any bytes: nothing traps, and nothing but the events themselves makes a register replay.
@Suite("Properties")
struct PropertyTests {
    private static let dstack = Array(
        #"[{"imr":0,"event_type":4,"digest":"\#(String(repeating: "ab", count: 48))","event":"","event_payload":"00000000"},{"imr":3,"event_type":134217729,"digest":"","event":"app-id","event_payload":"00ff","version":1}]"#
            .utf8)
    private static let text = Array("INIT sha384/\(String(repeating: "0", count: 96))\na b c\nfile /x 00".utf8)
    static let logs: [[UInt8]] = [
        Vectors.ccel, LogWriter.aael(Vectors.llm.map(\.text)), dstack, text,
    ]

    private func registers(_ bytes: [UInt8]) throws -> QuotedRegisters {
        let replayed = EventLogFindings(of: bytes, against: .zero).registers.map(\.replayed)
        try #require(replayed.count == 4)
        return QuotedRegisters(replayed[0], replayed[1], replayed[2], replayed[3])
    }

    @Test("Cut at every length: refused, or no more than a part", arguments: logs)
    func truncation(log: [UInt8]) throws {
        let quoted = try registers(log)
        for length in 0..<log.count {
            let findings = EventLogFindings(of: Array(log.prefix(length)), against: quoted)
            #expect(findings.registers.count == (findings.error == nil ? 4 : 0))
            _ = findings.document
        }
    }

    @Test("Every byte changed in two ways: never a trap, and a digest that changed never replays", arguments: logs)
    func flips(log: [UInt8]) throws {
        let quoted = try registers(log)
        let original = EventLogFindings(of: log, against: quoted)
        let digests = original.events.map(\.event.digest)
        for position in log.indices {
            for mask in [UInt8(0x01), 0x80] {
                var changed = log
                changed[position] ^= mask
                let findings = EventLogFindings(of: changed, against: quoted)
                _ = findings.document
                guard findings.error == nil, findings.registers.allSatisfy({ $0.status.isUsable }) else { continue }
                // All four registers still hold: then every extended digest is the one that was extended.
                let extended = findings.events.filter { $0.isEvidence }.map(\.event.digest)
                #expect(extended.allSatisfy { digests.contains($0) }, "byte \(position)")
            }
        }
    }

    @Test("Random events: the reader's replay is the ten-line one's, and its own quote is always matched")
    func randomLogs() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var writer = LogWriter()
            var extended: [(Int, [UInt8])] = []
            for _ in 0..<Int.random(in: 0...20, using: &generator) {
                let index = UInt32.random(in: 1...4, using: &generator)
                let type = [0x3, 0x4, 0x5, 0x6, 0xD, 0x8000_0001, 0x8000_0007].randomElement(using: &generator) ?? 5
                let data = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                    UInt8.random(in: 0...255, using: &generator)
                }
                writer.add(index, UInt32(type), data)
                if type != 3 { extended.append((Int(index) - 1, LogWriter.sha384(data))) }
            }
            let quoted = QuotedRegisters.extended(by: extended)
            let findings = EventLogFindings(of: writer.bytes, against: quoted)
            #expect(findings.registers.allSatisfy({ $0.status.isUsable }))
            guard let last = extended.last else { continue }
            // One event more in the quote, and that register is explained no longer.
            let further = EventLogFindings(of: writer.bytes, against: .extended(by: extended + [last]))
            #expect(further.registers[last.0].status == .differs)
        }
    }

    @Test("Paths that are none, and paths to nothing, name no claim")
    func paths() {
        let findings = EventLogFindings(of: Vectors.ccel, against: Vectors.ccelRegisters)
        for path in [
            "", ".", "event_log.", "event_log..facts", "event_log[", "event_log.rtmr[9]", "event_log.rtmr[x]",
            "rtmr", "event_log.facts.secure_boot.more", "event_log.rtmr]x", "event_log.rtmr[-1]",
        ] {
            #expect(findings.claims(at: path).isEmpty, "\(path)")
        }
        #expect(findings.claims(at: "event_log.rtmr[]").count == 4)
        #expect(findings.claims(at: "event_log.rtmr[2]") == [.string("replayed")])
        #expect(findings.claims(at: "event_log.facts.digests.rtmr2[]").count == 2)
    }
}

extension ReplayedEvent {
    var isEvidence: Bool { authentication != .none }
}

/// A small deterministic generator, so that a failing case fails again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
