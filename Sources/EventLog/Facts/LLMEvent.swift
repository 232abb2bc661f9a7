import Wire

/// One event of the domain `assay-llm/1` on RTMR3, told by what was measured (event-logs 2.4, 5.3).
struct LLMEvent {
    static let domain = "assay-llm/1"
    private static let entryPrefix = Array("assay-llm/1 ".utf8)
    private static let dstackPrefix = Array("assay-llm/".utf8)

    let number: Int
    /// `nil` where the event is of the domain and cannot be read: it counts all the same.
    let operation: String?
    let content: [UInt8]

    init?(_ event: ReplayedEvent) {
        guard let preimage = event.preimage else { return nil }
        number = event.event.number
        let rest: ArraySlice<UInt8>
        switch preimage.eventClass {
        case .tagged(let entry) where entry.domain.hasSameBytes(as: Self.domain),
            .line(let entry) where entry.domain.hasSameBytes(as: Self.domain):
            operation = entry.operation
            content = Array(entry.content.utf8)
            return
        case .dstack1(let runtime) where runtime.name.utf8.starts(with: Self.dstackPrefix),
            .dstack2(let runtime) where runtime.name.utf8.starts(with: Self.dstackPrefix):
            operation = String(decoding: runtime.name.utf8.dropFirst(Self.dstackPrefix.count), as: UTF8.self)
            content = runtime.payload
            return
        // An agent that reports a name which no entry may hold must not report it into nothing.
        case .malformedTag:
            rest = preimage.bytes.dropFirst(8)
            guard rest.starts(with: Self.entryPrefix) else { return nil }
        case .other:
            rest = preimage.bytes
            guard rest.starts(with: Self.entryPrefix) else { return nil }
        case .malformedRuntime:
            rest = preimage.bytes.dropFirst(5)
            guard rest.starts(with: Self.dstackPrefix) else { return nil }
        case .tagged, .line, .dstack1, .dstack2, .initial, .oversized: return nil
        }
        operation = nil
        content = Array(rest)
    }

    /// The content as the JSON object that RFC 8785 writes, numbers in it integers that every reader keeps, at most 4 KiB;
    /// `nil` for anything else.
    var object: LLMContent? {
        guard let read = LLMContent(content), read.isCanonical else { return nil }
        return read
    }
}

/// Members of an event's content.
struct LLMContent {
    private let document: JSONDocument
    private var root: JSONValue { document.root }

    /// - Returns: `nil` for what is no strict JSON object, duplicate names included.
    init?(_ bytes: [UInt8]) {
        guard let document = try? JSONDocument(parsing: bytes, limit: Limits.eventLLMContentBytes),
            document.root.kind == .object
        else { return nil }
        self.document = document
    }

    /// Whether the bytes are the one text that RFC 8785 gives for them.
    var isCanonical: Bool {
        guard let json = JSON(document: root), Self.hasExactIntegers(json) else { return false }
        return json.canonicalBytes == document.bytes
    }

    private static func hasExactIntegers(_ json: JSON) -> Bool {
        switch json {
        case .integer(let number): JSON.exactIntegers.contains(number)
        case .array(let elements): elements.allSatisfy(hasExactIntegers)
        case .object(let members): members.allSatisfy { hasExactIntegers($0.1) }
        default: true
        }
    }

    func has(_ name: StaticString) -> Bool { root.member(name) != nil }

    func text(_ name: StaticString) -> String? { root.member(name)?.string }

    func digest(_ name: StaticString) -> FixedBytes<32>? {
        guard let text = root.member(name)?.string else { return nil }
        return Hex.fixed(Array(text.utf8)[...])
    }

    func number(_ name: StaticString) -> UInt64? {
        guard case .value(let number) = root.member(name)?.integer else { return nil }
        return number
    }
}
