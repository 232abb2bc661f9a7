import EventLog

/// The edits of event-logs 2.7: each keeps, for every register, the list of digests that are extended (but for the text form,
/// which has RTMR3 alone and hashes what it shows).
package enum LogEdit: String, CaseIterable, Sendable {
    /// An event's type becomes another.
    case type
    case emptied, cut, flipped
    /// Its data becomes another event's.
    case exchanged
    /// Its data becomes what another form would hash: with a tag, without one, dstack's texts.
    case otherForm
    /// Its data becomes a label, or gets another one in front.
    case label
    /// Its name, or its name and payload, become another event's.
    case names, payloads
    /// Every event of a register is no longer shown.
    case hidden
    case noActionAdded, noActionRemoved, noActionMoved
    /// The registers' events stand otherwise among each other.
    case order
    case asTCG2, asTCG2WithoutBytes, asDstack, asDstackWithoutBytes, asText, asTextWithoutBytes

    /// Types that readers know, and some that none does; EV_NO_ACTION is not among them, for it extends nothing.
    package static let types: [UInt32] = [
        0x0, 0x1, 0x4, 0x5, 0x6, 0x7, 0x8, 0xA, 0xD, 0x12, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0006,
        0x8000_0007, 0x8000_000A, 0x8000_000B, 0x8000_000C, 0x8000_00E0, 0x8000_00E1, 0x0800_0001, 0x7777, 0xFFFF_FFFF,
    ]

    private static let labels = [
        "", "grub_kernel_cmdline ", "grub_cmd ", "kernel_cmdline: ", "grub_linuxefi Kernel\0", "INIT sha384/",
        "assay-llm/1 change ", "assay-llm/1 ready {\"count\":1}", "file /usr/local/bin/ollama ", "LEAA",
        "\u{1}\0\0\u{8}:",
    ].map { Array($0.utf8) }

    /// Whether each register's list of digests is what it was.
    package var keepsDigests: Bool { self != .asText && self != .asTextWithoutBytes }

    /// One edit of this kind; a log that has nothing to edit so comes back as it was.
    package func edited(_ log: EditableLog, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var log = log
        // A text's digests are of what it shows: another form is needed to keep them.
        if log.format == .aaelText { log.format = .tcg2 }
        let places = log.events.indices.filter { log.events[$0].isExtended }
        guard let place = places.randomElement(using: &generator),
            let other = log.events.indices.randomElement(using: &generator)
        else { return log.bytes }
        switch self {
        case .type: log.events[place].type = Self.types.randomElement(using: &generator) ?? 5
        case .emptied: log.events[place].data = []
        case .cut:
            let count = log.events[place].data.count
            log.events[place].data.removeLast(count < 2 ? count : Int.random(in: 1..<count, using: &generator))
        case .flipped:
            guard let byte = log.events[place].data.indices.randomElement(using: &generator) else { break }
            log.events[place].data[byte] ^= UInt8(1) << UInt8.random(in: 0...7, using: &generator)
        case .exchanged:
            let data = log.events[place].data
            log.events[place].data = log.events[other].data
            log.events[other].data = data
        case .otherForm: rewrite(&log.events[place], using: &generator)
        case .label:
            let label = Self.labels.randomElement(using: &generator) ?? []
            log.events[place].data = Bool.random(using: &generator) ? label + log.events[place].data : label
        case .names:
            (log.events[place].name, log.events[other].name) = (log.events[other].name, log.events[place].name)
        case .payloads:
            (log.events[place].name, log.events[other].name) = (log.events[other].name, log.events[place].name)
            (log.events[place].data, log.events[other].data) = (log.events[other].data, log.events[place].data)
        case .hidden:
            let index = log.events[place].index
            for place in places where log.events[place].index == index {
                log.events[place].data = []
                log.events[place].name = ""
                if log.events[place].type == Self.runtime { log.events[place].type = 5 }
            }
        case .noActionAdded, .noActionRemoved, .noActionMoved: editUnextended(&log, using: &generator)
        case .order: interleave(&log, using: &generator)
        case .asTCG2, .asDstack, .asText: return rewritten(log, showsBytes: true, using: &generator)
        case .asTCG2WithoutBytes, .asDstackWithoutBytes, .asTextWithoutBytes:
            return rewritten(log, showsBytes: false, using: &generator)
        }
        return log.bytes
    }

    private static let runtime: UInt32 = 0x0800_0001

    /// What was measured, in the place and with the surroundings of another form.
    private func rewrite(_ event: inout EditableLog.Event, using generator: inout some RandomNumberGenerator) {
        let bytes = event.measured ?? event.data
        let tagged = Array("LEAA".utf8) + EditableLog.littleEndian(UInt32(bytes.count)) + bytes
        let runtime: [UInt8] = [1, 0, 0, 8, 0x3A] + Array(event.name.utf8) + [0x3A] + event.data
        let forms = [bytes, tagged, Array(bytes.dropFirst(8)), runtime, Array("grub_cmd ".utf8) + bytes + [0, 0x5A]]
        event.data = forms.randomElement(using: &generator) ?? bytes
        if Bool.random(using: &generator) { event.name = "" }
        if event.type == Self.runtime { event.type = 5 }
    }

    /// Events that extend nothing, with what an application's event would say.
    private func editUnextended(_ log: inout EditableLog, using generator: inout some RandomNumberGenerator) {
        let idle = log.events.indices.filter { log.events[$0].type == 3 }
        let destination = Int.random(in: 0...log.events.count, using: &generator)
        var event = EditableLog.Event(
            index: UInt32.random(in: 1...4, using: &generator), type: 3,
            digest: [UInt8](repeating: UInt8.random(in: 0...255, using: &generator), count: 48), data: [])
        let text = Array("assay-llm/1 change {}".utf8)
        event.data = Array("LEAA".utf8) + EditableLog.littleEndian(UInt32(text.count)) + text
        guard self != .noActionAdded, let place = idle.randomElement(using: &generator) else {
            log.events.insert(event, at: destination)
            return
        }
        let moved = log.events.remove(at: place)
        if self == .noActionMoved { log.events.insert(moved, at: min(destination, log.events.count)) }
    }

    /// The same order within each register, another one between them.
    private func interleave(_ log: inout EditableLog, using generator: inout some RandomNumberGenerator) {
        var queues = Dictionary(grouping: log.events, by: \.index).mapValues { $0[...] }
        var events: [EditableLog.Event] = []
        while let index = queues.keys.sorted().randomElement(using: &generator) {
            if let event = queues[index]?.popFirst() { events.append(event) }
            if queues[index]?.isEmpty ?? true { queues[index] = nil }
        }
        log.events = events
    }

    /// The whole log in another form, each event with the bytes that were measured, or with none.
    private func rewritten(
        _ log: EditableLog, showsBytes: Bool, using generator: inout some RandomNumberGenerator
    ) -> [UInt8] {
        var log = log
        for place in log.events.indices {
            log.events[place].data = showsBytes ? log.events[place].measured ?? log.events[place].data : []
            log.events[place].name = ""
            // dstack's own type asks for a name from which the digest follows.
            if log.events[place].type == Self.runtime || Bool.random(using: &generator), log.events[place].type != 3 {
                log.events[place].type = [5, 6, 0xD].randomElement(using: &generator) ?? 5
            }
        }
        switch self {
        case .asDstack, .asDstackWithoutBytes: return log.bytes(as: .dstack)
        case .asText, .asTextWithoutBytes: return log.bytes(as: .aaelText)
        default: return log.bytes(as: .tcg2)
        }
    }
}

/// A small deterministic generator, so that a failing edit fails again.
package struct EditGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
