import Wire

/// One genuine event of the domain `assay-llm/1`, through AAEL or dstack (event-logs 5.3).
struct LLMEvent {
    static let domain = "assay-llm/1"
    private static let dstackPrefix = "assay-llm/"

    let number: Int
    let operation: String
    let content: String

    init?(_ event: ReplayedEvent) {
        switch event.event.details.content {
        case .aael(let entry) where entry.domain == Self.domain:
            operation = entry.operation
            content = entry.content
        case .dstack(let entry) where entry.name.hasPrefix(Self.dstackPrefix):
            operation = String(entry.name.dropFirst(Self.dstackPrefix.count))
            content = String(decoding: entry.payload, as: UTF8.self)
        default: return nil
        }
        number = event.event.number
    }

    /// The content as a strict JSON object; `nil` for anything else, duplicate names included.
    var object: LLMContent? { LLMContent(content) }
}

/// Members of an event's content.
struct LLMContent {
    private let root: JSONValue

    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let document = try? JSONDocument(parsing: bytes, limit: Limits.eventLLMContentBytes),
            document.root.kind == .object
        else { return nil }
        root = document.root
    }

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
