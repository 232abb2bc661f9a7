import EventLog
import Testing
import Wire

@testable import Appraisal

/// Rows 62 to 66, 75 and 85 to 93 of event-logs 8: what the sender changes in a TCG2 log whose digests stay as they were.
@Suite("Forged logs")
struct ForgedLogTests {
    @Test(
        "Row 62: the change event's type is another: it is what it was",
        arguments: [0x1, 0x5, 0xA, 0xD, 0x8000_0001, 0x7777])
    func row62(type: Int) {
        let forged = Guest.changed.shown { $0.events[4].type = UInt32(type) }.record()
        #expect(forged == Guest.changed.record())
        #expect(forged.lookup("llm.changes") == .value(.list(["\(Guest.model) \(Account.b)"])))
    }

    @Test(
        "Rows 63 and 66: data replaced, emptied, or cut by one byte; whatever the policy asks, the log is a violation")
    func row63() {
        let honest = Guest.changed.events[4].data
        for data in [[UInt8](repeating: 0, count: 8), [], Array(honest.dropLast())] {
            expectUnshown(Guest.changed.shown { $0.events[4].data = data }.record(), 5)
        }
        let hidden = Guest.changed.shown { guest in
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

    @Test("Row 75: an entry emptied is unknown, not absent")
    func row75() {
        let honest = Guest.of(["image-rs PullImage docker.io/evil"])
        #expect(honest.record().lookup("aael.image-rs PullImage") == .value(.list(["docker.io/evil"])))
        #expect(honest.record().lookup("aael.image-rs Other") == .absent)
        expectUnshown(honest.shown { $0.events[0].data = [] }.record(), 1, ["aael.image-rs PullImage", "aael.x y"])
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
        let forged = Guest.changed.shown { guest in
            for place in [0, 2, 5] {
                guest.events.insert(
                    .init(
                        register: 3, type: 3, data: Guest.record(Account.change("ollama", Account.b)),
                        digest: [UInt8](repeating: 7, count: 48), isExtended: false), at: place)
            }
        }
        #expect(forged.record() == Guest.changed.record())
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
