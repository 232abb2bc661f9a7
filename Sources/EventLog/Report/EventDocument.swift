import Wire

/// One element of `event_log.events` (event-logs 7).
enum EventDocument {
    /// Data above this is left out: it is in the log.
    private static let shownBytes = 1_024

    static func document(_ event: ReplayedEvent) -> JSON {
        let logged = event.event
        var members: [(String, JSON)] = [
            ("n", .integer(Int64(logged.number))),
            ("register", logged.register.map { .integer(Int64($0.rawValue)) } ?? .null),
            ("type", .integer(Int64(logged.type.rawValue))), ("type_name", .string(logged.type.name)),
            ("digest", logged.digest.map { .string($0.hex) } ?? .null),
            ("authenticated", .string(event.authentication.name)),
        ]
        if let rule = event.authentication.rule { members.append(("rule", .string(rule.rawValue))) }
        if let preimage = event.preimage { members.append(("class", .string(preimage.eventClass.name))) }
        return .object(members + (measured(event) ?? details(logged.details)))
    }

    /// What an application event says by the bytes that were measured, whatever its type.
    private static func measured(_ event: ReplayedEvent) -> [(String, JSON)]? {
        guard event.event.register == .rtmr3, let eventClass = event.preimage?.eventClass else { return nil }
        if let entry = eventClass.entry {
            return [("text", .string("\(entry.domain) \(entry.operation) \(entry.content)"))]
        }
        guard let runtime = eventClass.runtimeEvent else { return nil }
        return [("text", .string(runtime.name))] + data(runtime.payload[...])
    }

    private static func details(_ details: EventDetails) -> [(String, JSON)] {
        switch details.content {
        case .text(let text), .label(let text): [("text", .string(text))]
        case .variable(let variable):
            [("text", .string(variable.name)), ("guid", .string(variable.guidText))] + data(variable.data)
        case .image(let path): [("text", .string(path.joined(separator: "/")))]
        case .tag(let id, let content):
            [("tag", .string("0x" + String(id, radix: 16)))]
                + (PlainText.read(content).map { [("text", .string($0))] } ?? data(content))
        case .aael(let entry):
            [("text", .string("\(entry.domain) \(entry.operation) \(entry.content)"))]
        case .dstack(let entry): [("text", .string(entry.name))] + data(entry.payload[...])
        case nil: []
        }
    }

    private static func data(_ bytes: ArraySlice<UInt8>) -> [(String, JSON)] {
        bytes.isEmpty || bytes.count > shownBytes ? [] : [("data", .string(Base64.encode(bytes)))]
    }
}
