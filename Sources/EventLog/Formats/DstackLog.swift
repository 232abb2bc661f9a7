import Wire

/// dstack's JSON: an array of events, those of the firmware with their digests, those of dstack with name and payload from
/// which the digest follows (event-logs 4).
enum DstackLog {
    static func parse(_ bytes: [UInt8]) throws(EventLogError) -> EventLog {
        let document = try document(bytes)
        var array = document.root
        if array.kind == .object {
            guard let member = array.member("event_log") else {
                throw EventLogError(
                    .formatUnknown, field: "event_log", offset: array.range.lowerBound,
                    found: "a JSON object without event_log", wanted: "dstack's array, or an object that holds it")
            }
            // Some answers carry the array as text inside the object.
            if let text = member.string { return try parse(text: Array(text.utf8)) }
            array = member
        }
        guard array.kind == .array else {
            throw EventLogError(
                .formatUnknown, field: "event_log", offset: array.range.lowerBound,
                found: "a JSON \(array.kind.rawValue)", wanted: "dstack's array of events")
        }
        var events: [LoggedEvent] = []
        var notes: [EventLogNote] = []
        for element in array.elements {
            guard events.count < Limits.eventLogEvents else {
                throw EventLogError(
                    .limit, field: "events", offset: element.range.lowerBound,
                    found: "more than \(events.count) events", wanted: "at most \(Limits.eventLogEvents)")
            }
            let event = try DstackEventReader(element, number: events.count + 1).event()
            notes += EventDetails.notes(on: event)
            events.append(event)
        }
        return EventLog(format: .dstack, events: events, notes: notes, endOffset: bytes.count)
    }

    /// One level of text in an object, never more: the inner text must be the array.
    private static func parse(text: [UInt8]) throws(EventLogError) -> EventLog {
        guard text.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == 0x5B else {
            throw EventLogError(
                .formatUnknown, field: "event_log.event_log", found: "a text that is no JSON array",
                wanted: "dstack's array of events")
        }
        return try parse(text)
    }

    private static func document(_ bytes: [UInt8]) throws(EventLogError) -> JSONDocument {
        do {
            return try JSONDocument(
                parsing: bytes, limit: Limits.eventLogBytes, depth: Limits.eventLogJSONDepth)
        } catch {
            let code: EventLogCode =
                switch error.reason {
                case .tooLarge: .tooLarge
                case .tooDeep, .tooManyValues: .limit
                case .unexpectedEnd: .truncated
                default: .encoding
                }
            throw EventLogError(
                code, field: "event_log", offset: error.offset, found: error.reason.rawValue,
                wanted: "strict JSON of depth \(Limits.eventLogJSONDepth) or less")
        }
    }
}
