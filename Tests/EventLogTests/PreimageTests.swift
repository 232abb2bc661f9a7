import Testing
import Wire

@testable import Appraisal
@testable import EventLog

/// What was measured is found among what an event shows, and told by its own bytes (event-logs 2.4, vectors of 9.5).
@Suite("Preimages and their classes")
struct PreimageTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let name: String
        let bytes: [UInt8]
        let digest: String
        var testDescription: String { name }
    }

    static let vectors: [Vector] = [
        Vector(
            name: "leaa", bytes: Array("LEAA".utf8) + [29, 0, 0, 0] + Array(#"assay-llm/1 ready {"count":5}"#.utf8),
            digest: "bc834675135d90edf1d8be030fa063f4dec7bf69f607eda0f5e13abb3eaf67f2d7e46153f4d8975515b795dcb27696df"),
        Vector(
            name: "malformed",
            bytes: Array("LEAA".utf8) + [30, 0, 0, 0] + Array(#"assay-llm/1 ready {"count":5}"#.utf8),
            digest: "9d8143bf03555f1ed2b4317efad338899a987c482ea8e358739274a19e59f669d26a5b95a208be3b3357cae833733417"),
        Vector(
            name: "line", bytes: Array(#"assay-llm/1 ready {"count":5}"#.utf8),
            digest: "c345c4e41cc2bd7dd06dc0961c0681043802260cfbacbd956337ad6de110875666a7b72a2451a18b3166e8d778230b81"),
        Vector(
            name: "dstack1", bytes: Vectors.hex("010000083a6170702d69643adeadbeef"),
            digest: "67b4be4efed0893cfa2bb1d35dca209ad8348b4c97f980807bcde8b9a0f26398dd0923d6eccb5aa2096d98046da8740f"),
        Vector(
            name: "malformed", bytes: Vectors.hex("010000083a6170702d6964"),
            digest: "fa0ea6afd70040aeb876ace04e6230034d7d32b6593239cafb8f155048bc3d8fce25386d38a6ae03850fe0d9aa93c0d8"),
        Vector(
            name: "dstack2", bytes: Array(#"{"name":"compose-hash","payload":"abcd","type":134217729}"#.utf8),
            digest: "9dde1673f544faa94b921825209593ddde08d0baf9cd6990175dffaf3081f1bb10311d56de189491feb33842a050ad7b"),
        Vector(
            name: "other", bytes: Array(#"{"payload":"abcd","name":"compose-hash","type":134217729}"#.utf8),
            digest: "20111f4c9a010fb8a439dcd40dde67250ef109481af6d0b50102e70e9f721b499224e546d9ef6b88fd1af0d497c714c8"),
        Vector(
            name: "init", bytes: Array("INIT sha384/\(String(repeating: "0", count: 96))".utf8),
            digest: "5d97ae953f7b03a1e93f58f9d621f84d1bdf053d1ec5ad2461262a938ecd4ed4d42d3c5c42084828da1c8051a6c08e6a"),
        Vector(
            name: "line", bytes: Array("Exit Boot Services Invocation".utf8),
            digest: "214b0bef1379756011344877743fdc2a5382bac6e70362d624ccf3f654407c1b4badf7d8f9295dd3dabdef65b27677e0"),
        Vector(
            name: "other", bytes: [0, 0, 0, 0],
            digest: "394341b7182cd227c5c6b07ef8000cdfd86136c4292b8e576573ad7ed9ae41019f5818b4b971c9effc60e1ad9f1289f0"),
    ]

    @Test(
        "9.5: the class follows from the bytes, on every register, under every type and in every form",
        arguments: vectors)
    func classes(_ vector: Vector) {
        #expect(Hex.encode(LogWriter.sha384(vector.bytes)) == vector.digest)
        for register in 0..<4 {
            for type: UInt32 in [0x1, 0x4, 0x5, 0x6, 0xA, 0xD, 0x8000_0001, 0x8000_0003, 0x7777] {
                var guest = Guest()
                guest.extend(register, vector.bytes, type: type)
                let findings = guest.findings()
                #expect(findings.events[0].preimage?.bytes.elementsEqual(vector.bytes) == true)
                #expect(findings.events[0].preimage?.eventClass.name == vector.name)
                #expect(findings.registers[register].isAccounted)
                #expect(findings.claims(at: "event_log.events[0].class") == [.string(vector.name)])
                let dstack = EventLogFindings(of: guest.dstack, against: guest.registers)
                #expect(dstack.events[0].preimage?.eventClass == findings.events[0].preimage?.eventClass)
            }
        }
    }

    @Test("K1 and K2: what begins so and is none is malformed, and gives no entry")
    func malformed() {
        let cases: [([UInt8], EventClass)] = [
            (Array("LEAA".utf8), .malformedTag), (Array("LEAA".utf8) + [0, 0, 0], .malformedTag),
            (Array("LEAA".utf8) + [0, 0, 0, 0], .malformedTag),
            (LogWriter.tag(0x4141_454C, Array("a b".utf8)), .malformedTag),
            (LogWriter.tag(0x4141_454C, Array("a b c".utf8)) + [0], .malformedTag),
            (LogWriter.tag(0x4141_454C, Array("a b \u{7F}".utf8)), .malformedTag),
            (LogWriter.tag(0x4141_454C, [0x61, 0x20, 0x62, 0x20, 0xFF]), .malformedTag),
            (Guest.runtime("", [1]), .malformedRuntime), (Array(Guest.runtime("a", []).dropLast()), .malformedRuntime),
            ([1, 0, 0, 8, 0x3A, 0xFF, 0x3A, 1], .malformedRuntime),
            ([1, 0, 0, 8], .other), (Array("LEA".utf8), .other), ([], .other), (Array("INIT".utf8), .other),
            (Array("{}".utf8), .other), (Array("{a b c".utf8), .other),
            (Array(#"{"name":"","payload":"","type":134217729}"#.utf8), .other),
            (Array(#"{"name":"a","payload":"AB","type":134217729}"#.utf8), .other),
            (Array(#"{"name":"a","payload":"abc","type":134217729}"#.utf8), .other),
            (Array(#"{"name":"a","payload":"ab","type":134217730}"#.utf8), .other),
            (Array(#"{"name":"a","payload":"ab","type":134217729,"x":1}"#.utf8), .other),
            (Array(#"{"name":"a","payload":"ab","type":134217729} "#.utf8), .other),
            (Array(#"{"name":"\u0061","payload":"ab","type":134217729}"#.utf8), .other),
        ]
        for (bytes, wanted) in cases {
            #expect(EventClass(of: bytes[...], in: .rtmr3) == wanted, "\(Hex.encode(bytes))")
        }
        // The name ends at the first colon, and the payload is all behind it.
        let split = EventClass(of: Guest.runtime("a", [0x62, 0x3A, 0x63])[...], in: .rtmr3).runtimeEvent
        #expect(split == DstackEvent(name: "a", payload: [0x62, 0x3A, 0x63], version: 1))
    }

    @Test("A text above 64 KiB refuses the log on RTMR3, and is nothing elsewhere")
    func oversized() {
        let text = "a b " + String(repeating: "c", count: Limits.eventAAELBytes)
        for bytes in [Array(text.utf8), Guest.record(text)] {
            var guest = Guest()
            guest.extend(3, bytes)
            #expect(guest.findings().error?.code == .limit)
            guest.events[0].register = 2
            #expect(guest.findings().events.first?.preimage?.eventClass == .other)
            // Not shown, it may be anything.
            guest.events[0].register = 3
            guest.events[0].data = []
            #expect(guest.findings().registers[3].unshown == .init(event: 1, count: 1))
        }
        #expect(EventClass(of: Array(text.utf8.dropLast(4))[...], in: .rtmr3).entry != nil)
    }

    @Test("Every reading, whatever the type: variable data, a tag's data, GRUB's texts, a section's name")
    func readings() {
        let variable =
            [UInt8](repeating: 7, count: 16) + LogWriter.littleEndian(UInt64(1)) + LogWriter.littleEndian(UInt64(3))
            + [0x41, 0] + [1, 2, 3]
        let tag = LogWriter.tag(0x1234_5678, [9, 8, 7])
        let grub = Array("grub_cmd set x=1".utf8) + [0, 0x5A]
        let name: [UInt8] = [0x2E, 0, 0x6C, 0, 0, 0]
        let readings: [([UInt8], [UInt8], DigestRule)] = [
            (variable, [1, 2, 3], .variableData), (tag, [9, 8, 7], .tagData),
            (Guest.record("a b c"), Array("a b c".utf8), .tagData),
            (grub, Array("set x=1".utf8), .bootLoaderText), (grub, Array("set x=1".utf8) + [0], .bootLoaderTextNUL),
            (grub, Array("set x=1".utf8) + [0, 0x5A], .bootLoaderRest), (name, [0x2E, 0x6C, 0], .unifiedKernelName),
        ]
        for (data, measured, rule) in readings {
            for type: UInt32 in [0x1, 0xA, 0xD, 0x8000_0003] {
                var guest = Guest()
                guest.extend(1, measured, type: type)
                guest.events[0].data = data
                for log in [guest.tcg2, guest.dstack] {
                    let findings = EventLogFindings(of: log, against: guest.registers)
                    #expect(findings.events[0].preimage?.rule == rule, "\(rule.rawValue) as \(type)")
                    #expect(findings.events[0].preimage?.bytes.elementsEqual(measured) == true)
                }
            }
        }
    }

    @Test("2.5: accounted for, or the first event that is not shown and how many; RTMR0 to RTMR2 seldom are")
    func accounted() {
        var guest = Guest()
        guest.extend(0, [1])
        guest.extend(3, [2])
        guest.extend(3, [3])
        guest.extend(3, [4])
        #expect(guest.findings().registers.map(\.isAccounted) == [true, true, true, true])
        guest.events[2].data = []
        guest.events[3].data = [9]
        let findings = guest.findings()
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.registers[3].unshown == .init(event: 3, count: 2))
        #expect(
            findings.claims(at: "event_log.registers[3].unshown")
                == [.object([("event", .integer(3)), ("count", .integer(2))])])
        #expect(
            findings.claims(at: "event_log.registers[].accounted")
                == [.bool(true), .bool(true), .bool(true), .bool(false)])
        #expect(findings.claims(at: "event_log.facts.aael").isEmpty)
        #expect(findings.claims(at: "event_log.facts.llm").isEmpty)
        #expect(guest.record().accounted == [.yes, .yes, .yes, .unshown(event: 3, count: 2)])
        let other = EventLogRecord(EventLogFindings(of: guest.tcg2, against: .zero))
        #expect(other.accounted == [.no(.differs), .yes, .yes, .no(.differs)])
    }

    @Test("A document lists 512 events and says how many there are; facts are over all")
    func listed() {
        var guest = Guest.of((0..<514).map { "example op \($0)" })
        guest.entry("example last word")
        let document = guest.findings().document
        guard case .array(let events) = document["events"] else {
            Issue.record("no events")
            return
        }
        #expect(events.count == 512)
        #expect(document["events_left_out"] == .integer(3))
        #expect(guest.findings().claims(at: "event_log.facts.aael[operation=last]").count == 1)
        guest.events.removeLast(3)
        #expect(guest.findings().document["events_left_out"] == nil)
    }
}
