import Wire

/// What the bytes that were measured are, told by their own beginning, on every register and in every format
/// (event-logs 2.4). Indirect, because events are copied more often than they are read.
public indirect enum EventClass: Hashable, Sendable {
    /// K1: an AAEL record with its tag.
    case tagged(AAELEntry)
    /// K2: dstack's text of version 1.
    case dstack1(DstackEvent)
    /// K3: dstack's text of version 2.
    case dstack2(DstackEvent)
    /// K4: an agent started a text log.
    case initial
    /// K5: a line of a text log.
    case line(AAELEntry)
    /// K6, and what its register gives no meaning.
    case other
    /// Begins as K1 and is none.
    case malformedTag
    /// Begins as K2 and is none.
    case malformedRuntime
    /// K1 or K5 on RTMR3 with more text than any: the log is refused.
    case oversized(Int)

    private static let tag = Array("LEAA".utf8)
    private static let runtime: [UInt8] = [0x01, 0x00, 0x00, 0x08, 0x3A]

    init(of bytes: ArraySlice<UInt8>, in register: RuntimeRegister) {
        switch bytes.first {
        case Self.tag[0] where bytes.starts(with: Self.tag): self = Self.record(bytes, register)
        case Self.runtime[0] where bytes.starts(with: Self.runtime):
            self = Self.runtimeEvent(bytes.dropFirst(Self.runtime.count)).map(Self.dstack1) ?? .malformedRuntime
        case 0x7B: self = Self.canonicalEvent(bytes).map(Self.dstack2) ?? .other
        case 0x49 where bytes.starts(with: "INIT ".utf8) || bytes.starts(with: "INIT/".utf8): self = .initial
        default:
            guard let entry = AAELEntry(parsing: bytes) else {
                self = .other
                return
            }
            self = Self.within(bytes.count, register) ?? .line(entry)
        }
    }

    /// A tag, the length of all that follows it, an entry.
    private static func record(_ bytes: ArraySlice<UInt8>, _ register: RuntimeRegister) -> EventClass {
        let text = bytes.dropFirst(8)
        if let refused = within(text.count, register) { return refused }
        let length = bytes.dropFirst(4).prefix(4)
        guard length.count == 4, length.reversed().reduce(0, { $0 << 8 | UInt64($1) }) == UInt64(text.count),
            let entry = AAELEntry(parsing: text)
        else { return .malformedTag }
        return .tagged(entry)
    }

    /// What a text above the cap is; `nil` for one below it.
    private static func within(_ count: Int, _ register: RuntimeRegister) -> EventClass? {
        guard count > Limits.eventAAELBytes else { return nil }
        return register == .rtmr3 ? .oversized(count) : .other
    }

    /// The name ends at the first colon: what a name with one would mean, nobody asks.
    private static func runtimeEvent(_ bytes: ArraySlice<UInt8>) -> DstackEvent? {
        guard let colon = bytes.firstIndex(of: 0x3A), colon > bytes.startIndex,
            let name = String(validating: bytes[..<colon], as: UTF8.self)
        else { return nil }
        return DstackEvent(name: name, payload: Array(bytes[(colon + 1)...]), version: 1)
    }

    /// The RFC 8785 text of name, payload and type, byte for byte.
    private static func canonicalEvent(_ bytes: ArraySlice<UInt8>) -> DstackEvent? {
        guard bytes.starts(with: #"{"name":""#.utf8),
            let document = try? JSONDocument(parsing: Array(bytes), limit: Limits.eventLogBytes, depth: 2),
            let name = document.root.member("name")?.string, !name.isEmpty,
            let text = document.root.member("payload")?.string, let payload = Hex.decode(text)
        else { return nil }
        let event = DstackEvent(name: name, payload: payload, version: 2)
        // The same bytes: then there is no other member, and the hexadecimal is lower-case.
        return bytes.elementsEqual(event.preimage) ? event : nil
    }

    /// As documents name it.
    public var name: String {
        switch self {
        case .tagged: "leaa"
        case .dstack1: "dstack1"
        case .dstack2: "dstack2"
        case .initial: "init"
        case .line: "line"
        case .other, .oversized: "other"
        case .malformedTag, .malformedRuntime: "malformed"
        }
    }

    /// The entry of K1 and K5.
    public var entry: AAELEntry? {
        switch self {
        case .tagged(let entry), .line(let entry): entry
        case .dstack1, .dstack2, .initial, .other, .malformedTag, .malformedRuntime, .oversized: nil
        }
    }

    /// The runtime event of K2 and K3.
    public var runtimeEvent: DstackEvent? {
        switch self {
        case .dstack1(let event), .dstack2(let event): event
        case .tagged, .line, .initial, .other, .malformedTag, .malformedRuntime, .oversized: nil
        }
    }
}
