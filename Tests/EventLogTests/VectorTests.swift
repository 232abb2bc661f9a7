import Crypto
import EventLog
import Testing
import Wire

/// The worked vectors of event-logs 9.
@Suite("Worked vectors")
struct VectorTests {
    @Test("9.1: a CCEL replays in every register, and each event says which of its bytes are genuine")
    func ccel() throws {
        #expect(Vectors.ccel.count == 943)
        let findings = EventLogFindings(of: Vectors.ccel, against: Vectors.ccelRegisters)
        #expect(findings.sha256.hex == "0dd854780b4f3b7338f48b65e18a460aeeca00edabe59d2be3cb18371decc364")
        #expect(findings.registers.map(\.status) == [.replayed, .replayed, .replayed, .replayed])
        #expect(findings.events.map(\.event.offset) == [65, 183, 253, 371, 477, 547, 635, 735, 805])
        #expect(
            findings.events.map(\.authentication.rule) == [
                .whole, .whole, .variableData, .whole, .whole, .bootLoaderTextNUL, nil, nil, .whole,
            ])
        #expect(findings.events[6].authentication == .digestOnly)
        #expect(findings.events[7].authentication == .none)
        #expect(try EventLog(parsing: Vectors.ccel).endOffset == 927)
        #expect(findings.facts?.secureBoot == false)
        #expect(findings.facts?.kernelCommandLine?.form(matching: "console=ttyS0 initrd=initrd") == .utf16LENUL)
        #expect(findings.facts?.kernelCommandLine?.form(matching: "console=ttyS0 init=/bin/sh") == nil)
        #expect(findings.facts?.applicationEvents.map(\.entry.domain) == ["assay.example"])
        #expect(findings.notes.map(\.kind) == [.noExitBootServices])
    }

    @Test("9.1 without its padding, and cut in an event")
    func lengths() {
        let trimmed = EventLogFindings(of: Array(Vectors.ccel.prefix(927)), against: Vectors.ccelRegisters)
        #expect(trimmed.registers.allSatisfy { $0.status == .replayed })
        let cut = EventLogFindings(of: Array(Vectors.ccel.prefix(900)), against: Vectors.ccelRegisters)
        #expect(cut.error?.code == .truncated)
        #expect(cut.facts == nil)
    }

    @Test("9.1 with another text on a GRUB event: the digest stays, the text is nobody's word")
    func changedText() {
        var bytes = Vectors.ccel
        bytes[622] ^= 1
        let findings = EventLogFindings(of: bytes, against: Vectors.ccelRegisters)
        #expect(findings.registers[2].status == .replayed)
        #expect(findings.events[5].authentication == .digestOnly)
    }

    @Test("9.1 with two events of RTMR2 swapped, and with the mistake of extending EV_NO_ACTION")
    func negatives() {
        let swapped =
            Vectors.ccel[..<547] + Vectors.ccel[635..<735] + Vectors.ccel[547..<635] + Vectors.ccel[735...]
        let findings = EventLogFindings(of: Array(swapped), against: Vectors.ccelRegisters)
        #expect(findings.registers.map(\.status) == [.replayed, .replayed, .differs, .replayed])
        #expect(findings.registers[2].hint == .prefixOfNothing)
        #expect(findings.registers[2].code == .replayMismatch)
        #expect(findings.facts?.kernelCommandLine == nil)
        #expect(findings.hints == [])

        var quoted = Vectors.ccelRegisters
        quoted.rtmr2 = Vectors.rtmr2WithNoAction
        let mistaken = EventLogFindings(of: Vectors.ccel, against: quoted)
        #expect(mistaken.registers[2].status == .differs)
        #expect(mistaken.hints == [.noActionExtended])
    }

    @Test("9.2: dstack's runtime events of both versions")
    func dstack() throws {
        let log = """
            [{"imr":3,"event_type":134217729,"digest":"","event":"system-preparing","event_payload":""},
             {"imr":3,"event_type":134217729,"digest":"67b4be4efed0893cfa2bb1d35dca209ad8348b4c97f980807bcde8b9a0f26398dd0923d6eccb5aa2096d98046da8740f","event":"app-id","event_payload":"DEADBEEF"},
             {"imr":3,"event_type":134217729,"digest":"","event":"boot-mr-done","event_payload":""}]
            """
        var quoted = QuotedRegisters.zero
        quoted.rtmr3 = Vectors.register(
            "8a45452ba400a8e9a34c24a0739aef8a80bfe914084e7af5c96c70d7308eaa375df09bf09e658ea7f6da5e2d88351e7a")
        let findings = EventLogFindings(of: Array(log.utf8), against: quoted)
        #expect(findings.registers.map(\.status) == [.untouched, .untouched, .untouched, .replayed])
        #expect(findings.events.map(\.authentication.rule) == [.dstackV1, .dstackV1, .dstackV1])
        #expect(findings.events[1].preimage?.eventClass.runtimeEvent?.payload == [0xDE, 0xAD, 0xBE, 0xEF])
        // Without system-ready nobody knows where the agent's own events end.
        #expect(findings.claims(at: "event_log.facts.dstack.app_id").isEmpty)

        let preimage = Hex.encode(Array(#"{"name":"compose-hash","payload":"abcd","type":134217729}"#.utf8))
        let second = """
            [{"imr":3,"event_type":134217729,"version":2,"event":"compose-hash","event_payload":"abcd",
              "preimage":"\(preimage)"}]
            """
        #expect(
            try EventLog(parsing: Array(second.utf8)).events.first?.digest?.hex
                == "9dde1673f544faa94b921825209593ddde08d0baf9cd6990175dffaf3081f1bb10311d56de189491feb33842a050ad7b")
    }

    @Test("9.3: an agent's log with the synthetic header")
    func llm() {
        let log = LogWriter.aael(Vectors.llm.map(\.text))
        #expect(log.count == 1_277)
        var quoted = QuotedRegisters.zero
        quoted.rtmr3 = Vectors.llmRTMR3
        let findings = EventLogFindings(of: log, against: quoted)
        #expect(findings.sha256.hex == "83bcdab222105950a1c8f575e9ea7907beaf55636ae04040c52296f99757d50b")
        #expect(findings.registers.map(\.status) == [.untouched, .untouched, .untouched, .replayed])
        #expect(findings.events.map { $0.event.digest?.hex } == Vectors.llm.map(\.digest))
        #expect(findings.notes.map(\.kind) == [.headerSynthetic])
        #expect(findings.facts?.llm?.phase == .complete)
        #expect(findings.facts?.llm?.models.map(\.level) == [.named])
        #expect(
            findings.claims(at: "event_log.facts.llm.exec[name=ollama].sha256") == [
                .string("8b0fbaacf901078951d3412a35577be7c85734f66b8b05727b2c3b4c62379c0d")
            ])

        quoted.rtmr3 = Vectors.llmPlainRTMR3
        let plain = EventLogFindings(of: log, against: quoted)
        #expect(plain.registers[3].status == .differs)
        #expect(plain.hints == [.aaelPlain])
        #expect(plain.facts?.llm == nil)
    }

    @Test("9.4: the AAEL text, its INIT line extended like the others")
    func aaelText() {
        let log = "INIT sha384/\(String(repeating: "0", count: 96))\nimage-rs CreateContainer docker.io/library/alpine"
        var quoted = QuotedRegisters.zero
        quoted.rtmr3 = Vectors.register(
            "71563a23b430b8637970b866169052815ef9434056516dc9f78c1b3bfb745cee18a2ca92aa53c8122be5cbe59a100764")
        for text in [log, log + "\n"] {
            let findings = EventLogFindings(of: Array(text.utf8), against: quoted)
            #expect(findings.registers[3].status == .replayed)
            #expect(findings.facts?.applicationEvents.map(\.entry.operation) == ["CreateContainer"])
        }
    }
}
