import Crypto
import Wire

extension PlainLog {
    /// Reads an honest log of any form; `nil` for one that is none, or that starts elsewhere than at zero.
    public init?(reading bytes: [UInt8]) {
        let start = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let events: [PlainEvent]?
        switch start {
        case 0x5B, 0x7B:
            form = .dstack
            events = Self.dstack(bytes)
        case 0x49 where bytes.starts(with: "INIT".utf8):
            form = .text
            events = Self.text(bytes)
        default:
            form = .tcg2
            events = Self.tcg2(bytes)
        }
        guard let events, !events.isEmpty else { return nil }
        self.events = events
    }

    private static func tcg2(_ bytes: [UInt8]) -> [PlainEvent]? {
        var reader = ByteReader(bytes)
        guard let (algorithms, _) = try? header(&reader) else { return nil }
        var events: [PlainEvent] = []
        while reader.remaining >= 16 {
            let rest = bytes[reader.offset...].prefix(8)
            if rest.allSatisfy({ $0 == 0xFF }) || rest.allSatisfy({ $0 == 0 }) { break }
            do {
                if let event = try event(&reader, algorithms) { events.append(event) }
            } catch {
                return nil
            }
        }
        return events
    }

    private static func header(_ reader: inout ByteReader) throws -> ([UInt16: UInt16], Int) {
        _ = try reader.slice(4, "index")
        guard try reader.integer("type", as: UInt32.self) == PlainEvent.noAction else { return ([:], 0) }
        _ = try reader.slice(20, "digest")
        let size: UInt32 = try reader.integer("size")
        let end = reader.offset + Int(size)
        _ = try reader.slice(24, "signature")
        let count: UInt32 = try reader.integer("algorithms")
        var algorithms: [UInt16: UInt16] = [:]
        for _ in 0..<min(count, 16) {
            let algorithm: UInt16 = try reader.integer("algorithm")
            algorithms[algorithm] = try reader.integer("digest size")
        }
        _ = try reader.slice(end - reader.offset, "vendor information")
        return (algorithms, end)
    }

    /// `nil` for an event on MRTD, which extends nothing.
    private static func event(_ reader: inout ByteReader, _ algorithms: [UInt16: UInt16]) throws -> PlainEvent? {
        let index: UInt32 = try reader.integer("index")
        let type: UInt32 = try reader.integer("type")
        let count: UInt32 = try reader.integer("digests")
        var digest: [UInt8]?
        for _ in 0..<min(count, 8) {
            let algorithm: UInt16 = try reader.integer("algorithm")
            let value = try reader.slice(Int(algorithms[algorithm] ?? 0), "digest")
            if algorithm == 0xC { digest = Array(value) }
        }
        let size: UInt32 = try reader.integer("size")
        let data = Array(try reader.slice(Int(size), "data"))
        guard (1...4).contains(index), let digest else {
            return type == PlainEvent.noAction
                ? PlainEvent(register: 0, type: type, digest: [UInt8](repeating: 0, count: 48), data: data) : nil
        }
        return PlainEvent(register: Int(index) - 1, type: type, digest: digest, data: data)
    }

    private static func dstack(_ bytes: [UInt8]) -> [PlainEvent]? {
        guard let document = try? JSONDocument(parsing: bytes, limit: bytes.count, depth: 8) else { return nil }
        var array = document.root
        if let member = array.member("event_log") { array = member }
        if let text = array.string { return dstack(Array(text.utf8)) }
        guard array.kind == .array else { return nil }
        var events: [PlainEvent] = []
        for element in array.elements {
            guard case .value(let register)? = element.member("imr")?.integer, register < 4,
                case .value(let type)? = element.member("event_type")?.integer,
                let data = Hex.decode(element.member("event_payload")?.string ?? ""),
                let given = Hex.decode(element.member("digest")?.string ?? "")
            else { return nil }
            let name = element.member("event")?.string ?? ""
            var version: Int?
            if case .value(let number)? = element.member("version")?.integer { version = Int(number) }
            let computed = version == 2 ? PlainEvent.v2(name, data) : PlainEvent.v1(name, data)
            var event = PlainEvent(
                register: Int(register), type: UInt32(type),
                digest: given.isEmpty ? Array(SHA384.hash(data: computed)) : given, data: data, name: name,
                version: version)
            event.leavesDigestOut = given.isEmpty
            events.append(event)
        }
        return events
    }

    private static func text(_ bytes: [UInt8]) -> [PlainEvent]? {
        let lines = bytes.split(separator: 0x0A).map(Array.init)
        guard let first = lines.first, first.suffix(96).allSatisfy({ $0 == 0x30 }) else { return nil }
        return lines.map { PlainEvent(register: 3, type: 6, extending: $0) }
    }
}
