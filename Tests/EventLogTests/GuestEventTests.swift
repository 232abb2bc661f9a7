import EventLog
import Testing
import Wire

@testable import Appraisal

/// Rows 96 to 106 of event-logs 8, as far as facts go: what the guest itself extends, and what is left out.
@Suite("What a guest extends")
struct GuestEventTests {
    private static let good = Account.a
    private static let bad = Account.b
    private let boot = Account.phase([Account.exec("ollama", good), Account.model("m", good)])

    /// Events of the domain that no entry can be.
    private static let unreadable: [[UInt8]] = [
        Guest.record(#"assay-llm/1 change {"name":"a\#u{7F}","sha256":"\#(bad)","was":"\#(good)"}"#),
        Guest.record("assay-llm/1 change {\"name\":\"a\nb\",\"sha256\":\"\(bad)\",\"was\":\"\(good)\"}"),
        LogWriter.tag(0x4141_454C, Array(Account.change("a", bad).utf8)) + [0x20],
        Array("assay-llm/1 change {\"name\":\"a\nb\"}".utf8), Array("assay-llm/1 ".utf8),
        [1, 0, 0, 8, 0x3A] + Array("assay-llm/change".utf8),
        [1, 0, 0, 8, 0x3A] + Array("assay-llm/".utf8) + [0xFF, 0x3A],
    ]

    @Test("Row 96: behind ready each is a change that nobody can read", arguments: unreadable)
    func row96(bytes: [UInt8]) {
        var guest = Guest.of(boot)
        guest.extend(3, bytes)
        let record = guest.record()
        guard case .present = record.lookup("llm.changes") else {
            Issue.record("\(record.lookup("llm.changes"))")
            return
        }
        #expect(record.lookup("llm.complete") == .value(.boolean(true)))
        for claim in ["llm.exec.ollama", "llm.manifest.m", "llm.models", "llm.level.m", "llm.tree.none"] {
            #expect(record.isUnknown(claim), "\(claim)")
        }
        #expect(record.violations.isEmpty && record.accounted[3] == .yes)
    }

    @Test("Row 97: between start and ready, counted or not, the phase is broken", arguments: unreadable, [3, 4])
    func row97(bytes: [UInt8], count: Int) {
        var guest = Guest.of([Account.start, Account.exec("ollama", Self.good), Account.exec("x", Self.good)])
        guest.extend(3, bytes)
        guest.entry(Account.ready(count))
        let record = guest.record()
        #expect(record.violations.first?.hasPrefix("llm.phase") == true)
        #expect(record.lookup("llm.complete") == .value(.boolean(false)))
        #expect(record.isUnknown("llm.exec.ollama"))
    }

    @Test("2.4: what only resembles the domain is none of it")
    func neighbours() {
        for bytes in [
            Guest.record("assay-llm/1\u{A0}change {}"), Array("assay-llm/10 change {\n".utf8),
            Array("ASSAY-LLM/1 change {\n".utf8), [1, 0, 0, 8, 0x3A] + Array("assay-llm".utf8),
        ] {
            var guest = Guest.of(boot)
            guest.extend(3, bytes)
            #expect(guest.record().lookup("llm.changes") == .absent)
            #expect(guest.record().text("llm.exec.ollama") == Self.good)
        }
        // On another register the domain has no events.
        var guest = Guest.of(boot)
        guest.extend(2, Self.unreadable[0])
        #expect(guest.record().lookup("llm.changes") == .absent)
    }

    @Test("Row 98: aliases behind a whole phase are no facts, and one without a path is none at all")
    func row98() {
        let record = Guest.of(
            Account.phase([Account.exec("webui", Self.good)])
                + ["file ollama \(Self.good)", "file /usr/local/bin/ollama \(Self.good)"]
        ).record()
        #expect(record.lookup("llm.exec.ollama") == .absent)
        #expect(record.lookup("llm.exec./usr/local/bin/ollama") == .absent)
        let inside = Guest.of(
            [Account.start, "file ollama \(Self.good)", "file /bin/ollama \(Self.good)", Account.ready(1)]
        ).record()
        #expect(inside.text("llm.exec./bin/ollama") == Self.good)
        #expect(!inside.isAlias("llm.exec./bin/ollama"))
        #expect(inside.lookup("llm.exec.ollama") == .absent)
    }

    @Test("Row 99: with no phase, aliases are weighed over the whole register")
    func row99() {
        let alias = "file /usr/local/bin/ollama "
        for texts in [[alias + Self.bad, alias + Self.good], [alias + Self.good, alias + "unreadable"]] {
            let record = Guest.of(texts).record()
            #expect(record.lookup("llm.exec./usr/local/bin/ollama").reason?.hasPrefix("ambiguous") == true)
        }
        let load = "trustiflux.alibaba.com pai/load-model "
        let models = [#"{"hash":"aa","model-id":"m"}"#, #"{"hash":"bb","model-id":"m"}"#]
        for texts in [[load + models[0], load + models[1]], [load + models[0], load + "unreadable"]] {
            let record = Guest.of(texts).record()
            #expect(record.isUnknown("llm.verity.m") && record.isUnknown("llm.models"))
        }
        let named = Guest.of([load + models[0]]).record()
        #expect(named.text("llm.verity.m") == "aa" && named.isAlias("event_log.llm.verity.m"))
        #expect(named.isUnknown("llm.manifest.m"))
    }

    @Test("Row 100: one alias with no phase is a fact that says so")
    func row100() {
        let guest = Guest.of(["file /usr/local/bin/ollama \(Self.good)"])
        let record = guest.record()
        #expect(record.text("llm.exec./usr/local/bin/ollama") == Self.good)
        #expect(record.isAlias("llm.exec./usr/local/bin/ollama"))
        #expect(record.isAlias("event_log.llm.exec./usr/local/bin/ollama"))
        #expect(guest.findings().notes.contains { $0.kind == .llmNoPhase })
        // Without a phase nobody can say what the boot did not measure.
        #expect(record.isUnknown("llm.exec.other") && record.isUnknown("llm.models"))
        #expect(record.lookup("llm.changes") == .absent)
    }

    @Test("Rows 101 to 103: a change weighs on every fact of its name")
    func changes() {
        let record = Guest.of(boot + [Account.change("m", Self.bad)]).record()
        #expect(record.lookup("llm.manifest.m") == .each([.text(Self.good), .text(Self.bad)]))
        #expect(record.isUnknown("llm.level.m") && record.isUnknown("llm.models"))
        #expect(record.text("llm.exec.ollama") == Self.good)
        #expect(record.lookup("llm.changes") == .value(.list(["m \(Self.bad)"])))
        // Of that name in another family the boot had none, and now nobody can say.
        #expect(record.isUnknown("llm.exec.m") && record.isUnknown("llm.gpu.m"))
        #expect(record.lookup("llm.exec.other") == .absent)

        // A program's change is no model's.
        let program = Guest.of(boot + [Account.change("ollama", Self.bad), Account.change("ollama", Self.good)])
            .record()
        #expect(
            program.lookup("llm.exec.ollama")
                == .each([.text(Self.good), .text(Self.bad), .text(Self.good)]))
        #expect(program.lookup("llm.models") == .value(.list(["m"])))
        #expect(program.text("llm.level.m") == "named")
        // Of a name that the boot did not have, it may be a model's.
        #expect(Guest.of(boot + [Account.change("new", Self.bad)]).record().isUnknown("llm.models"))
        // An ambiguous fact stays unknown.
        let ambiguous = Guest.of(
            Account.phase([Account.exec("x", Self.good), Account.exec("x", Self.bad)]) + [
                Account.change("x", Self.good)
            ])
        #expect(ambiguous.record().lookup("llm.exec.x").reason?.hasPrefix("ambiguous") == true)
    }

    @Test("R2: a model with two digests is unknown, its level and the list of models with it")
    func ambiguousModel() {
        let record = Guest.of(
            Account.phase([Account.model("m", Self.good), Account.model("m", Self.bad), Account.model("n", Self.good)])
        ).record()
        for claim in ["llm.manifest.m", "llm.level.m", "llm.models"] {
            #expect(record.lookup(claim).reason?.hasPrefix("ambiguous") == true, "\(claim)")
        }
        #expect(record.text("llm.manifest.n") == Self.good)
    }

    @Test("R5: no ready: not complete, nothing known, no violation; what was reported is told all the same")
    func noReady() {
        let record = Guest.of([Account.start, Account.exec("ollama", Self.good)]).record()
        #expect(record.lookup("llm.complete") == .value(.boolean(false)))
        #expect(record.isUnknown("llm.exec.ollama") && record.isUnknown("llm.exec.other"))
        #expect(record.violations.isEmpty)
        let changed = Guest.of([Account.start, Account.change("x", Self.good)]).record()
        #expect(changed.lookup("llm.changes") == .value(.list(["x \(Self.good)"])))
    }

    @Test("Row 104: dstack without system-ready")
    func row104() {
        var guest = Guest()
        guest.runtime("app-id", [1])
        guest.runtime("compose-hash", [2])
        let record = guest.dstackRecord
        #expect(record.lookup("dstack.app_id").reason == "RTMR3 has no system-ready")
        #expect(record.isUnknown("dstack.instance_id"))
        guest.runtime("system-ready")
        #expect(guest.dstackRecord.text("dstack.app_id") == "01")
        #expect(guest.dstackRecord.lookup("dstack.instance_id") == .absent)
        #expect(guest.dstackRecord.isUnknown("dstack.something"))
    }

    @Test("Row 105: names are bytes")
    func row105() {
        let record = Guest.of(["a\u{A0}b op c", "a op  c", "a\u{200B} op c", "\u{212A} op c"]).record()
        #expect(record.lookup("aael.a\u{A0}b op") == .value(.list(["c"])))
        #expect(record.lookup("aael.a op") == .value(.list([" c"])))
        #expect(record.lookup("aael.a\u{200B} op") == .value(.list(["c"])))
        #expect(record.lookup("aael.K op") == .absent)
    }

    @Test("Row 106: a register that no log accounts for says nothing, and is no violation")
    func row106() {
        let guest = Guest.of(boot)
        let without = EventLogRecord(EventLogFindings(of: Guest().tcg2, against: guest.registers))
        #expect(without.registers[3] == .reported)
        #expect(without.accounted[3] == .no(.reported))
        for claim in ["llm.complete", "llm.changes", "llm.exec.ollama", "aael.a b", "dstack.app_id"] {
            #expect(without.isUnknown(claim))
        }
        #expect(without.violations.isEmpty)
        // Nothing extended is known to be nothing.
        let untouched = Guest().record()
        #expect(untouched.lookup("llm.changes") == .absent)
        #expect(untouched.lookup("aael.a b") == .absent)
        #expect(untouched.lookup("rtmr3.digests") == .value(.list([])))
    }

    @Test("Claims of RTMR3, and those that are none")
    func families() {
        for claim in ["aael.a b", "dstack.app_id", "llm.changes", "event_log.llm.exec.x"] {
            #expect(EventLogRecord.restsOnRTMR3(claim))
        }
        for claim in ["rtmr3.digests", "event_log.rtmr3.status", "rtmr3", "secure_boot", "kernel_cmdline", "tcb.date"] {
            #expect(!EventLogRecord.restsOnRTMR3(claim))
        }
    }
}
