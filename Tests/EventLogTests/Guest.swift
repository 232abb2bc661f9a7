import EventLog
import Testing
import Wire
import Words

@testable import Appraisal

/// What a guest extended, and how a sender shows it: digests are of what was measured, whatever the log says beside them.
struct Guest {
    struct Event {
        var register: Int
        var type: UInt32
        var data: [UInt8]
        var digest: [UInt8]
        var name = ""
        var isExtended = true
    }

    var events: [Event] = []

    /// Extends SHA-384 of `bytes`, which the log shows as they are.
    mutating func extend(_ register: Int, _ bytes: [UInt8], type: UInt32 = 5) {
        events.append(Event(register: register, type: type, data: bytes, digest: LogWriter.sha384(bytes)))
    }

    /// An AAEL record of RTMR3.
    mutating func entry(_ text: String) { extend(3, Guest.record(text), type: 6) }

    /// An event of dstack's agent.
    mutating func runtime(_ name: String, _ payload: [UInt8] = []) {
        events.append(
            Event(
                register: 3, type: 0x0800_0001, data: payload, digest: LogWriter.sha384(Guest.runtime(name, payload)),
                name: name))
    }

    static func record(_ text: String) -> [UInt8] { LogWriter.tag(0x4141_454C, Array(text.utf8)) }

    static func runtime(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        [1, 0, 0, 8, 0x3A] + Array(name.utf8) + [0x3A] + payload
    }

    static func of(_ texts: [String]) -> Guest {
        var guest = Guest()
        for text in texts { guest.entry(text) }
        return guest
    }

    var registers: QuotedRegisters {
        .extended(by: events.filter(\.isExtended).map { ($0.register, $0.digest) })
    }

    var tcg2: [UInt8] {
        var writer = LogWriter()
        for event in events { writer.add(UInt32(event.register + 1), event.type, event.data, digest: event.digest) }
        return writer.bytes
    }

    var dstack: [UInt8] {
        let array = events.map { event in
            #"{"imr":\#(event.register),"event_type":\#(event.type),"digest":"\#(Hex.encode(event.digest))","#
                + #""event":"\#(event.name)","event_payload":"\#(Hex.encode(event.data))"}"#
        }
        return Array("[\(array.joined(separator: ","))]".utf8)
    }

    func findings(manifests: [[UInt8]] = []) -> EventLogFindings {
        EventLogFindings(of: tcg2, against: registers, manifests: manifests)
    }

    func record(manifests: [[UInt8]] = []) -> EventLogRecord { EventLogRecord(findings(manifests: manifests)) }

    var dstackRecord: EventLogRecord { EventLogRecord(EventLogFindings(of: dstack, against: registers)) }

    /// The same guest with another account of its events.
    func shown(_ edit: (inout Guest) -> Void) -> Guest {
        var guest = self
        edit(&guest)
        return guest
    }
}

extension Guest {
    static let model = "registry.ollama.ai/library/deepseek-r1:70b"

    /// A boot with one program and one model, then a change.
    static let changed = Guest.of(
        Account.phase([Account.exec("ollama", Account.a), Account.model(model, Account.a)])
            + [Account.change(model, Account.b)])
}

/// Texts of `assay-llm/1` in RFC 8785's form.
enum Account {
    static let a = String(repeating: "a", count: 64)
    static let b = String(repeating: "b", count: 64)
    static let start = #"assay-llm/1 start {"agent":"example/1"}"#

    static func exec(_ name: String, _ digest: String) -> String {
        #"assay-llm/1 exec {"name":"\#(name)","path":"/usr/bin/\#(name)","sha256":"\#(digest)"}"#
    }

    static func model(_ name: String, _ digest: String) -> String {
        #"assay-llm/1 model-manifest {"name":"\#(name)","sha256":"\#(digest)","size":3}"#
    }

    static func gpu(_ uuid: String, _ digest: String) -> String {
        #"assay-llm/1 gpu {"cc":"on","evidence_sha256":"\#(digest)","uuid":"\#(uuid)"}"#
    }

    static func change(_ name: String, _ digest: String, was: String = a) -> String {
        #"assay-llm/1 change {"name":"\#(name)","sha256":"\#(digest)","was":"\#(was)"}"#
    }

    static func ready(_ count: Int) -> String { #"assay-llm/1 ready {"count":\#(count)}"# }

    /// A whole boot phase of these texts.
    static func phase(_ texts: [String]) -> [String] { [start] + texts + [ready(texts.count + 1)] }
}

extension EventLogRecord {
    func lookup(_ name: String) -> ClaimLookup { claim(name[...]) }
    func isUnknown(_ name: String) -> Bool { lookup(name).isUnknown }
    func text(_ name: String) -> String? {
        if case .value(.text(let text)) = lookup(name) { text } else { nil }
    }
}

extension ClaimLookup {
    var isUnknown: Bool {
        if case .unknown = self { true } else { false }
    }

    var reason: String? {
        if case .unknown(let reason) = self { reason.english } else { nil }
    }
}

/// Nothing of RTMR3 is known, the log is a violation, and both name the event.
func expectUnshown(
    _ record: EventLogRecord, _ event: Int, _ claims: [String] = ["llm.complete", "llm.changes", "llm.exec.ollama"],
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let sentence = "event \(event) of RTMR3 is not shown"
    #expect(record.registers[3] == .replayed, sourceLocation: sourceLocation)
    for claim in claims {
        #expect(
            record.lookup(claim).reason?.hasPrefix(sentence) == true, "\(claim)", sourceLocation: sourceLocation)
    }
    #expect(record.violations.count == 1, sourceLocation: sourceLocation)
    #expect(
        record.violations.first?.hasPrefix("event_log.accounted.rtmr3: " + sentence) == true,
        sourceLocation: sourceLocation)
}
