import Crypto
import Wire

/// A log as somebody who carries it sees it: entries that can be rewritten at will. Shares no code with the reader that it
/// is there to try.
public struct PlainLog: Hashable, Sendable {
    public enum Form: String, CaseIterable, Hashable, Sendable { case tcg2, dstack, text }

    public var form: Form
    public var events: [PlainEvent]

    /// What a TDX module holds after the events, from zero.
    public var registers: [[UInt8]] {
        var registers = [[UInt8]](repeating: [UInt8](repeating: 0, count: 48), count: 4)
        for event in events where event.isExtended {
            registers[event.register] = Array(SHA384.hash(data: registers[event.register] + event.digest))
        }
        return registers
    }

    /// The digests of each register in order, as a reader finds them: what a quote fixes. A text has those of RTMR3 alone.
    public var digests: [[[UInt8]]] {
        (form == .text ? 3..<4 : 0..<4).map { register in
            events.filter { $0.isExtended && $0.register == register }.map { $0.digest(in: form) }
        }
    }

    /// Whether every event of RTMR3 is shown (event-logs 2.5).
    public var showsApplications: Bool {
        events.allSatisfy { !$0.isExtended || $0.register != 3 || $0.preimage != nil }
    }

    /// Where events of a register stand.
    func places(in register: Int) -> [Int] {
        events.indices.filter { events[$0].isExtended && events[$0].register == register }
    }

    /// The same events in another form, each showing what its digest is of where that is known.
    public func rewritten(as form: Form) -> PlainLog {
        guard form != self.form else { return self }
        return PlainLog(form: form, events: events.map { $0.shown(in: form) })
    }
}

/// One entry. `preimage` is what is true of it, the rest is what is said of it.
public struct PlainEvent: Hashable, Sendable {
    /// 0 to 3.
    public var register: Int
    public var type: UInt32
    public let digest: [UInt8]
    /// A TCG2 event's field, dstack's payload, a line.
    public var data: [UInt8]
    /// dstack alone.
    public var name = ""
    public var version: Int?
    /// The bytes that the digest is of, where the honest log shows them.
    public let preimage: [UInt8]?
    /// dstack alone: the digest is left to be computed.
    public var leavesDigestOut = false

    static let noAction: UInt32 = 3
    static let runtime: UInt32 = 0x0800_0001

    public var isExtended: Bool { type != Self.noAction }

    init(register: Int, type: UInt32, digest: [UInt8], data: [UInt8], name: String = "", version: Int? = nil) {
        self.register = register
        self.type = type
        self.digest = digest
        self.data = data
        self.name = name
        self.version = version
        preimage = Self.readings(data, name).first { Array(SHA384.hash(data: $0)) == digest }
    }

    /// An event that extended the digest of `preimage`.
    init(register: Int, type: UInt32, extending preimage: [UInt8]) {
        self.register = register
        self.type = type
        digest = Array(SHA384.hash(data: preimage))
        data = preimage
        self.preimage = preimage
    }

    /// What an honest log's event can be the digest of: the whole field, either preimage of dstack's, a boot variable's
    /// data, a boot loader's text.
    private static func readings(_ data: [UInt8], _ name: String) -> [[UInt8]] {
        var readings = [data, v1(name, data), v2(name, data)]
        if data.count > 32 {
            let units = data[16..<24].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            if units < 1_024, data.count >= 32 + 2 * Int(units) {
                readings.append(Array(data[(32 + 2 * Int(units))...]))
            }
        }
        for prefix in labels where data.starts(with: prefix.utf8) {
            let rest = data.dropFirst(prefix.utf8.count)
            let text = Array(rest.prefix { $0 != 0 })
            readings += [text, text + [0], Array(rest)]
        }
        return readings
    }

    /// What GRUB writes before a text, and its digest does not cover.
    static let labels = [
        "grub_kernel_cmdline ", "grub_cmd: ", "grub_cmd ", "kernel_cmdline: ", "kernel_cmdline ", "module_cmdline: ",
        "module_cmdline ",
    ]

    static func v1(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        [1, 0, 0, 8, 0x3A] + Array(name.utf8) + [0x3A] + payload
    }

    static func v2(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        JSON.object([
            ("name", .string(name)), ("payload", .string(Hex.encode(payload))), ("type", .integer(Int64(runtime))),
        ]).canonicalBytes
    }

    /// The digest that the entry gives in a form: a text gives none but that of the line, and dstack's may be left out.
    func digest(in form: PlainLog.Form) -> [UInt8] {
        switch form {
        case .tcg2: digest
        case .text: data == preimage ? digest : Array(SHA384.hash(data: data))
        case .dstack:
            leavesDigestOut
                ? Array(SHA384.hash(data: version == 2 ? Self.v2(name, data) : Self.v1(name, data))) : digest
        }
    }

    /// In a form, showing the preimage where it is known.
    func shown(in form: PlainLog.Form) -> PlainEvent {
        guard let preimage else { return self }
        var event = self
        event.name = ""
        event.version = nil
        event.leavesDigestOut = false
        event.data = preimage
        if event.type == Self.runtime { event.type = 5 }
        guard form == .dstack, preimage.starts(with: [1, 0, 0, 8, 0x3A]),
            let colon = preimage.dropFirst(5).firstIndex(of: 0x3A), colon > 5,
            let name = String(validating: preimage[5..<colon], as: UTF8.self)
        else { return event }
        event.type = Self.runtime
        event.name = name
        event.data = Array(preimage[(colon + 1)...])
        return event
    }
}
