import EventLog
import Testing
import Wire

@testable import Appraisal

/// Rows 62 to 79 and 85 to 93 of event-logs 8: what the sender changes in a log whose digests stay as they were.
@Suite("Forged logs")
struct ForgedLogTests {
    private static let model = "registry.ollama.ai/library/deepseek-r1:70b"
    /// A boot with one program and one model, then a change.
    private let changed = Guest.of(
        Account.phase([Account.exec("ollama", Account.a), Account.model(model, Account.a)])
            + [Account.change(model, Account.b)])

    /// Nothing of RTMR3 is known, the log is a violation, and both name the event.
    private func expectUnshown(
        _ record: EventLogRecord, _ event: Int,
        _ claims: [String] = ["llm.complete", "llm.changes", "llm.exec.ollama"],
        _ comment: Comment? = nil
    ) {
        #expect(record.registers[3] == .replayed, comment)
        for claim in claims {
            #expect(
                record.lookup(claim).reason?.hasPrefix("event \(event) of RTMR3 is not shown") == true, "\(claim)")
        }
        #expect(record.violations.count == 1)
        #expect(
            record.violations.first?.hasPrefix("event_log.accounted.rtmr3: event \(event) of RTMR3 is not shown")
                == true)
    }

    @Test(
        "Row 62: the change event's type is another: it is what it was",
        arguments: [0x1, 0x5, 0xA, 0xD, 0x8000_0001, 0x7777])
    func row62(type: Int) {
        let forged = changed.shown { $0.events[4].type = UInt32(type) }.record()
        #expect(forged == changed.record())
        #expect(forged.lookup("llm.changes") == .value(.list(["\(Self.model) \(Account.b)"])))
    }

    @Test(
        "Rows 63 and 66: data replaced, emptied, or cut by one byte; whatever the policy asks, the log is a violation")
    func row63() {
        let honest = changed.events[4].data
        for data in [[UInt8](repeating: 0, count: 8), [], Array(honest.dropLast())] {
            expectUnshown(changed.shown { $0.events[4].data = data }.record(), 5)
        }
        let hidden = changed.shown { guest in
            for place in guest.events.indices { guest.events[place].data = [] }
        }
        expectUnshown(hidden.record(), 1)
        #expect(hidden.record().violations.first?.hasSuffix("and 4 more") == true)
    }

    @Test("Row 64: the true account emptied, a good one extended behind it")
    func row64() {
        let bad = Account.phase([Account.exec("ollama", Account.b)])
        let good = Account.phase([Account.exec("ollama", Account.a)])
        let forged = Guest.of(bad + good).shown { guest in
            for place in 0..<3 { guest.events[place].data = [1, 2, 3] }
        }
        expectUnshown(forged.record(), 1)
    }

    @Test("Row 65: the true account with other types; the second one is runtime")
    func row65() {
        let bad = Account.phase([Account.exec("ollama", Account.b)])
        let good = Account.phase([Account.exec("ollama", Account.a)])
        let forged = Guest.of(bad + good).shown { guest in
            for place in 0..<3 { guest.events[place].type = 5 }
        }
        #expect(forged.record().text("llm.exec.ollama") == Account.b)
        #expect(forged.record().lookup("llm.changes") == .absent)
    }

    @Test("Row 67: tagged records as dstack JSON, the whole event field as payload")
    func row67() {
        let record = changed.shown { guest in
            for place in guest.events.indices { guest.events[place].type = 5 }
        }.dstackRecord
        #expect(record.lookup("llm.changes") == changed.record().lookup("llm.changes"))
        #expect(record.text("llm.exec.ollama") == Account.a)
        #expect(record.violations.isEmpty)
    }

    @Test("Row 68: the same with empty payloads")
    func row68() {
        expectUnshown(
            changed.shown { guest in
                for place in guest.events.indices { guest.events[place] = Self.emptied(guest.events[place]) }
            }.dstackRecord, 1)
    }

    private static func emptied(_ event: Guest.Event) -> Guest.Event {
        var event = event
        event.type = 5
        event.data = []
        event.name = ""
        return event
    }

    private static let dstack: Guest = {
        var guest = Guest()
        guest.runtime("system-preparing")
        guest.runtime("app-id", [0xAA])
        guest.runtime("compose-hash", [0xBB])
        guest.runtime("system-ready")
        guest.runtime("app-id", [0xCC])
        return guest
    }()
    private static let dstackClaims = ["dstack.app_id", "dstack.compose_hash", "dstack.instance_id"]

    @Test("Row 69: dstack's identity events with another event_type, name and payload kept")
    func row69() {
        let honest = Self.dstack.dstackRecord
        #expect(honest.text("dstack.app_id") == "aa")
        #expect(honest.lookup("dstack.instance_id") == .absent)
        let forged = Self.dstack.shown { guest in
            for place in 1..<4 { guest.events[place].type = 5 }
        }.dstackRecord
        #expect(forged == honest)
    }

    @Test("Row 70: the same with the preimage as payload and no name; also as TCG2 events")
    func row70() {
        let forged = Self.dstack.shown { guest in
            for place in guest.events.indices {
                let event = guest.events[place]
                guest.events[place].data = Guest.runtime(event.name, event.data)
                guest.events[place].name = ""
                guest.events[place].type = 5
            }
        }
        for record in [forged.dstackRecord, forged.record()] {
            for claim in Self.dstackClaims { #expect(record.lookup(claim) == Self.dstack.dstackRecord.lookup(claim)) }
            #expect(record.violations.isEmpty)
        }
    }

    @Test("Rows 71 and 72: neither name nor payload: unknown, and never the application's own later event")
    func rows71And72() {
        let forged = Self.dstack.shown { guest in
            for place in 1..<3 { guest.events[place] = Self.emptied(guest.events[place]) }
        }
        expectUnshown(forged.dstackRecord, 2, Self.dstackClaims)
    }

    @Test("Row 73: a V2 event's version removed")
    func row73() throws {
        let text = #"{"name":"compose-hash","payload":"abcd","type":134217729}"#
        let digest = LogWriter.sha384(Array(text.utf8))
        func findings(type: UInt32, _ more: String = "") -> EventLogFindings {
            EventLogFindings(
                of: Array(
                    #"[{"imr":3,"event_type":\#(type),"digest":"\#(Hex.encode(digest))","event":"compose-hash","event_payload":"abcd"\#(more)}]"#
                        .utf8), against: .extended(by: [(3, digest)]))
        }
        #expect(findings(type: 0x0800_0001, #","version":2"#).events.first?.preimage?.eventClass.name == "dstack2")
        #expect(findings(type: 0x0800_0001).error?.code == .digestMismatch)
        for type: UInt32 in [5, 6, 0x7777] {
            #expect(findings(type: type).events.first?.preimage?.eventClass.name == "dstack2")
            #expect(findings(type: type, #","version":9,"preimage":"zz""#).registers[3].isAccounted)
        }
    }

    @Test("4.2: a colon in a name is refused on RTMR3 under dstack's own type; elsewhere the text is read as it stands")
    func colons() {
        var guest = Guest()
        guest.runtime("a:b", [1])
        #expect(EventLogFindings(of: guest.dstack, against: guest.registers).error?.code == .nameAmbiguous)
        let labelled = guest.shown { $0.events[0].type = 5 }
        let read = EventLogFindings(of: labelled.dstack, against: guest.registers)
        #expect(read.events.first?.preimage?.eventClass.runtimeEvent?.name == "a")
        var elsewhere = guest
        elsewhere.events[0].register = 2
        #expect(EventLogFindings(of: elsewhere.dstack, against: elsewhere.registers).registers[2].isAccounted)
    }

    @Test("2.4: the member preimage shows an event whose name and payload do not")
    func preimageMember() {
        var guest = Guest()
        guest.runtime("app-id", [1])
        let event = guest.events[0]
        let preimage = Hex.encode(Guest.runtime("app-id", [1]))
        let log =
            #"[{"imr":3,"event_type":5,"digest":"\#(Hex.encode(event.digest))","event":"x","event_payload":"ff","preimage":"\#(preimage)"}]"#
        let findings = EventLogFindings(of: Array(log.utf8), against: guest.registers)
        #expect(findings.events.first?.preimage?.rule == .preimage)
        #expect(findings.events.first?.preimage?.eventClass.runtimeEvent?.name == "app-id")
    }

    @Test("Row 74: order of members, upper-case hex, unknown members")
    func row74() {
        let event = Self.dstack.events[1]
        let log =
            #"[{"event_payload":"AA","x":{"y":1},"event":"app-id","event_type":134217729,"digest":"\#(Hex.encode(event.digest).uppercased())","imr":3}]"#
        let findings = EventLogFindings(of: Array(log.utf8), against: .extended(by: [(3, event.digest)]))
        #expect(findings.events.first?.preimage?.eventClass.runtimeEvent?.payload == [0xAA])
    }

    @Test("Row 75: an entry emptied is unknown, not absent")
    func row75() {
        let honest = Guest.of(["image-rs PullImage docker.io/evil"])
        #expect(honest.record().lookup("aael.image-rs PullImage") == .value(.list(["docker.io/evil"])))
        #expect(honest.record().lookup("aael.image-rs Other") == .absent)
        expectUnshown(honest.shown { $0.events[0].data = [] }.record(), 1, ["aael.image-rs PullImage", "aael.x y"])
    }

    @Test(
        "Row 76: a text log that begins behind hidden events is never usable; with the domain shown it is a violation")
    func row76() throws {
        let hidden = Guest.record(
            #"assay-llm/1 change {"name":"\#(Self.model)","sha256":"\#(String(repeating: "0", count: 64))","was":"\#(String(repeating: "1", count: 64))"}"#
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
        expectUnshown(changed.shown { $0.events[4].data = Array($0.events[4].data.dropFirst(8)) }.record(), 5)
    }

    @Test("Rows 85 and 86: labels move with the sender's word, and only labelled facts with them")
    func labels() {
        var guest = Guest()
        for (prefix, text) in [("grub_cmd ", "vmlinuz evil a"), ("grub_kernel_cmdline ", "vmlinuz good a")] {
            guest.extend(2, Array(text.utf8), type: 0xD)
            guest.events[guest.events.count - 1].data = Array((prefix + text).utf8)
        }
        guest.extend(1, [1], type: 0x8000_0003)
        let honest = guest.record()
        #expect(honest.text("kernel_cmdline") == "vmlinuz good a")
        let forged = guest.shown { guest in
            guest.events[0].data = Array("grub_kernel_cmdline vmlinuz evil a".utf8)
            guest.events[1].data = Array("grub_cmd vmlinuz good a".utf8)
            guest.events[2].type = 1
        }.record()
        #expect(forged.text("kernel_cmdline") == "vmlinuz evil a")
        #expect(forged.isUnknown("boot_images") && !honest.isUnknown("boot_images"))
        for claim in ["kernel_cmdline", "event_log.kernel_cmdline", "kernel_digest", "initrd_digest", "boot_images"] {
            #expect(EventLogRecord.isLabelled(claim))
        }
        for claim in ["secure_boot", "rtmr2.digests", "llm.exec.kernel_cmdline", "event_log.format"] {
            #expect(!EventLogRecord.isLabelled(claim))
        }
        let document = guest.findings().document["facts"]
        #expect(document?["kernel_cmdline"]?["labelled"] == .bool(true))
    }

    @Test("Row 90: two gpu events of one identifier with different evidence; row 91: one behind ready is runtime")
    func gpus() {
        func record(_ texts: [String], then later: [String] = []) -> EventLogRecord {
            Guest.of(Account.phase(texts) + later).record()
        }
        let one = Account.gpu("GPU-1", Account.a)
        let other = Account.gpu("GPU-1", Account.b)
        #expect(record([one]).text("llm.gpu.GPU-1") == Account.a)
        #expect(record([one, one]).text("llm.gpu.GPU-1") == Account.a)
        for texts in [[one, other], [other, one], [one, other, one]] {
            #expect(record(texts).lookup("llm.gpu.GPU-1").reason?.hasPrefix("ambiguous") == true)
        }
        #expect(record([one], then: [other]).text("llm.gpu.GPU-1") == Account.a)
        #expect(record([one]).lookup("llm.gpu.GPU-2") == .absent)
    }

    @Test("Row 92: events that extend nothing, with what a record would say")
    func row92() {
        let forged = changed.shown { guest in
            for place in [0, 2, 5] {
                guest.events.insert(
                    .init(
                        register: 3, type: 3, data: Guest.record(Account.change("ollama", Account.b)),
                        digest: [UInt8](repeating: 7, count: 48), isExtended: false), at: place)
            }
        }
        #expect(forged.record() == changed.record())
    }

    @Test("Row 93: a change whose content nobody can read")
    func row93() {
        for content in [
            "", "{}", #"{"name":"m"}"#, "no json", #"{"name": "m","sha256":"\#(Account.b)","was":"\#(Account.a)"}"#,
        ] {
            var guest = Guest.of(Account.phase([Account.exec("ollama", Account.a)]))
            guest.runtime("assay-llm/change", Array(content.utf8))
            guest.events[3].data = Guest.runtime("assay-llm/change", Array(content.utf8))
            let record = guest.record()
            guard case .present = record.lookup("llm.changes") else {
                Issue.record("\(content): \(record.lookup("llm.changes"))")
                continue
            }
            #expect(record.lookup("llm.complete") == .value(.boolean(true)))
            for claim in ["llm.exec.ollama", "llm.exec.other", "llm.models"] { #expect(record.isUnknown(claim)) }
            #expect(guest.findings().claims(at: "event_log.facts.llm.changes[].unreadable") == [.bool(true)])
        }
    }
}
