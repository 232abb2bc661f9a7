import EventLog
import Testing
import Wire

/// Rules R1 to R5 of event-logs 5.3 and their rows of section 8.
@Suite("The domain assay-llm/1")
struct LLMPhaseTests {
    private static let a = String(repeating: "a", count: 64)
    private static let b = String(repeating: "b", count: 64)
    private static let start = #"assay-llm/1 start {"agent":"example/1"}"#

    private static func exec(_ name: String, _ digest: String) -> String {
        #"assay-llm/1 exec {"name":"\#(name)","path":"/usr/bin/\#(name)","sha256":"\#(digest)"}"#
    }

    private static func model(_ name: String, _ digest: String) -> String {
        #"assay-llm/1 model-manifest {"name":"\#(name)","sha256":"\#(digest)","size":3}"#
    }

    private static func ready(_ count: Int) -> String { #"assay-llm/1 ready {"count":\#(count)}"# }

    /// The findings of texts that were truly extended into RTMR3.
    private func findings(_ texts: [String], manifests: [[UInt8]] = []) -> EventLogFindings {
        let digests = texts.map { (3, LogWriter.sha384(LogWriter.tag(0x4141_454C, Array($0.utf8)))) }
        return EventLogFindings(of: LogWriter.aael(texts), against: .extended(by: digests), manifests: manifests)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let texts: [String]
        let phase: LLMFacts.Phase
        var executables = 0
        var notes: [EventLogNote.Kind] = []
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "R1: in order", texts: [start, exec("ollama", a), ready(2)], phase: .complete, executables: 1),
        Case(
            name: "R1: start is not first", texts: [exec("ollama", a), start, ready(2)], phase: .noStart,
            notes: [.llmPhase]),
        Case(
            name: "R1: count too low", texts: [start, exec("ollama", a), ready(1)], phase: .countMismatch,
            notes: [.llmPhase]),
        Case(
            name: "R1: count too high", texts: [start, exec("ollama", a), ready(3)], phase: .countMismatch,
            notes: [.llmPhase]),
        Case(
            name: "R1: ready without count", texts: [start, "assay-llm/1 ready {}"], phase: .contentRefused,
            notes: [.llmPhase]),
        Case(name: "R5: no ready", texts: [start, exec("ollama", a)], phase: .noReady, notes: [.llmPhase]),
        Case(
            name: "R4: an unknown operation counts and is ignored",
            texts: [start, "assay-llm/1 weather sunny", exec("x", a), ready(3)], phase: .complete, executables: 1),
        Case(
            name: "R2: names are bytes: é composed and decomposed are two programs",
            texts: [start, exec("caf\u{E9}", a), exec("cafe\u{301}", b), ready(3)], phase: .complete, executables: 2),
        Case(
            name: "Row 45: duplicate names in content",
            texts: [start, #"assay-llm/1 exec {"name":"x","name":"y","path":"/y","sha256":"\#(a)"}"#, ready(2)],
            phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "Content above its cap",
            texts: [
                start,
                #"assay-llm/1 exec {"name":"\#(String(repeating: "x", count: 4_096))","path":"/x","sha256":"\#(a)"}"#,
                ready(2),
            ],
            phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "Content that RFC 8785 writes otherwise",
            texts: [start, #"assay-llm/1 exec {"path":"/x","name":"x","sha256":"\#(a)"}"#, ready(2)],
            phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "A number that readers lose",
            texts: [
                start, #"assay-llm/1 model-manifest {"name":"m","sha256":"\#(a)","size":9007199254740992}"#, ready(2),
            ],
            phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "A member that is not there",
            texts: [start, #"assay-llm/1 exec {"name":"x","sha256":"\#(a)"}"#, ready(2)],
            phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "A digest that is none",
            texts: [start, exec("x", "abc"), ready(2)], phase: .contentRefused, notes: [.llmContentRefused, .llmPhase]),
        Case(
            name: "Row 49: after ready", texts: [start, ready(1), exec("x", a), model("m", a)], phase: .complete),
        Case(
            name: "Row 50: two ready", texts: [start, exec("x", a), ready(2), exec("y", b), ready(4)],
            phase: .complete, executables: 1, notes: [.llmReadyRepeated]),
        Case(name: "Another domain alone", texts: ["example op content"], phase: .none),
    ]

    @Test("Phases", arguments: cases)
    func phases(_ testCase: Case) throws {
        let findings = findings(testCase.texts)
        #expect(findings.registers[3].status == .replayed)
        let llm = try #require(findings.facts?.llm)
        #expect(llm.phase == testCase.phase)
        #expect(llm.isComplete == (testCase.phase == .complete))
        #expect(llm.executables.count == testCase.executables)
        #expect(llm.models.isEmpty)
        #expect(findings.notes.map(\.kind).filter { $0 != .headerSynthetic } == testCase.notes)
        #expect(findings.claims(at: "event_log.facts.llm.complete") == [.bool(testCase.phase == .complete)])
    }

    @Test("R2: one name with two digests satisfies nothing, and hides nothing")
    func ambiguous() throws {
        let findings = findings([
            Self.start, Self.exec("ollama", Self.a), Self.exec("ollama", Self.b), Self.exec("ollama", Self.a),
            Self.model("m", Self.a), Self.model("m", Self.b), Self.exec("same", Self.a), Self.exec("same", Self.a),
            Self.ready(8),
        ])
        #expect(
            findings.claims(at: "event_log.facts.llm.exec[].sha256") == [.string("ambiguous"), .string(Self.a)])
        #expect(findings.claims(at: "event_log.facts.llm.models[name=m].sha256") == [.string("ambiguous")])
        #expect(findings.notes.map(\.kind).filter { $0 == .llmAmbiguous }.count >= 2)
        #expect(findings.facts?.llm?.executables.first?.sha256 == nil)
    }

    @Test("R3: what changes after ready is told, and is no fact of the boot")
    func changes() {
        let change = #"assay-llm/1 change {"name":"m","sha256":"\#(Self.b)","was":"\#(Self.a)"}"#
        let findings = findings([Self.start, Self.model("m", Self.a), Self.ready(2), change])
        #expect(findings.claims(at: "event_log.facts.llm.models[name=m].sha256") == [.string(Self.a)])
        #expect(findings.claims(at: "event_log.facts.llm.changes[].sha256") == [.string(Self.b)])
        #expect(findings.facts?.llm?.runtime.map(\.operation) == ["change"])
    }

    @Test("Rows 47 and 48: a bare text of RTMR3 is an entry like any other; one of RTMR2 is shown, and no fact")
    func elsewhere() {
        let text = "assay-llm/1 start {}"
        let tagged = LogWriter.tag(0x4141_454C, Array(text.utf8))
        var writer = LogWriter()
        writer.add(4, 0xD, Array(text.utf8))
        writer.add(aael: text, index: 3)
        let quoted = QuotedRegisters.extended(by: [
            (3, LogWriter.sha384(Array(text.utf8))), (2, LogWriter.sha384(tagged)),
        ])
        let findings = EventLogFindings(of: writer.bytes, against: quoted)
        #expect(findings.registers[2].status == .replayed)
        #expect(findings.registers[3].status == .replayed)
        #expect(findings.facts?.llm?.phase == .noReady)
        #expect(findings.facts?.applicationEvents.map(\.event) == [1])
        #expect(findings.events.map { $0.preimage?.eventClass.name } == ["line", "leaa"])
    }

    @Test("Aliases read as the same facts, without the protection of a phase")
    func aliases() {
        let verity = #"trustiflux.alibaba.com pai/load-model {"model-id":"deepseek","hash":"feed"}"#
        let alone = findings(["file /usr/bin/ollama \(Self.a)", verity])
        #expect(alone.claims(at: "event_log.facts.llm.exec[name=/usr/bin/ollama].sha256") == [.string(Self.a)])
        #expect(alone.claims(at: "event_log.facts.llm.models[name=deepseek].verity") == [.string("feed")])
        #expect(alone.claims(at: "event_log.facts.llm.models[name=deepseek].sha256").isEmpty)
        #expect(alone.facts?.llm?.isComplete == false)
        #expect(alone.notes.map(\.kind) == [.headerSynthetic, .llmNoPhase])

        let outside = findings([Self.start, Self.ready(1), "file /usr/bin/ollama \(Self.a)"])
        #expect(outside.facts?.llm?.executables.isEmpty == true)
        let inside = findings([Self.start, "file /usr/bin/ollama \(Self.a)", Self.ready(1)])
        #expect(inside.facts?.llm?.executables.count == 1)
    }

    @Test("A model is complete when its manifest is at hand and every blob was measured")
    func completeModel() throws {
        let manifest = Array(
            #"{"schemaVersion":2,"config":{"digest":"sha256:\#(Self.a)"},"layers":[{"digest":"sha256:\#(Self.b)"}]}"#
                .utf8)
        let digest = EventLogFindings(of: manifest, against: .zero).sha256.hex
        func blob(_ digest: String) -> String {
            #"assay-llm/1 model-blob {"digest":"sha256:\#(digest)","media_type":"x","model":"m","size":1}"#
        }
        func level(_ blobs: [String], _ manifests: [[UInt8]]) throws -> MeasuredModel.Level {
            let texts = [Self.start, Self.model("m", digest)] + blobs.map(blob)
            let findings = findings(texts + [Self.ready(texts.count)], manifests: manifests)
            return try #require(findings.facts?.llm?.models.first).level
        }
        #expect(try level([Self.a, Self.b], [manifest]) == .complete)
        #expect(try level([Self.a, Self.b], []) == .named)
        #expect(try level([Self.a], [manifest]) == .named)
        #expect(try level([Self.a, Self.b], [manifest + [0x0A]]) == .named)
        #expect(ModelManifest(parsing: Array("{}".utf8)) == nil)
    }

    @Test("The same facts through dstack's events")
    func dstack() {
        let events = [
            ("assay-llm/start", "{}"), ("assay-llm/exec", #"{"name":"ollama","path":"/ollama","sha256":"\#(Self.a)"}"#),
            ("assay-llm/ready", #"{"count":2}"#),
        ]
        let json = events.map { name, content in
            #"{"imr":3,"event_type":134217729,"event":"\#(name)","event_payload":"\#(Hex.encode(Array(content.utf8)))"}"#
        }
        let digests = events.map { name, content in
            (3, LogWriter.sha384([1, 0, 0, 8, 0x3A] + Array(name.utf8) + [0x3A] + Array(content.utf8)))
        }
        let findings = EventLogFindings(
            of: Array("[\(json.joined(separator: ","))]".utf8), against: .extended(by: digests))
        #expect(findings.facts?.llm?.phase == .complete)
        #expect(findings.claims(at: "event_log.facts.llm.exec[name=ollama].sha256") == [.string(Self.a)])
    }
}
