public import Wire

/// The member `event_log` of a verdict (event-logs 7).
extension EventLogFindings {
    /// The largest real log has 87; facts, statuses and `accounted` are over all events.
    private static let listedEvents = 512

    /// With the first events of the log, and how many more it has; for tokens and short answers there is `summary`.
    public var document: JSON {
        guard let log else { return summary }
        let listed = log.events.prefix(Self.listedEvents)
        let leftOut = log.events.count - listed.count
        return summary.adding(
            [("events", .array(listed.map(EventDocument.document)))]
                + (leftOut > 0 ? [("events_left_out", .integer(Int64(leftOut)))] : []))
    }

    /// Without the list of events, which can have a megabyte.
    public var summary: JSON {
        let head: [(String, JSON)] = [("sha256", .string(sha256.hex)), ("bytes", .integer(Int64(byteCount)))]
        switch outcome {
        case .unreadable(let error):
            return .object(head + [("error", error.document)])
        case .replayed(let log):
            return .object(
                head + [
                    ("format", .string(log.format.rawValue)),
                    ("rtmr", .array(log.registers.map { .string($0.status.rawValue) })),
                    ("registers", .array(log.registers.map(\.document))), ("facts", log.facts.document),
                    ("notes", .array(log.notes.map(\.document))),
                    ("hints", .array(hints.map { .string($0.rawValue) })),
                ])
        }
    }

    /// The values at a dotted path, such as `event_log.facts.llm.exec[name=ollama].sha256`; none where the log does not
    /// establish the claim.
    public func claims(at path: String) -> [JSON] {
        guard let claimPath = ClaimPath(path) else { return [] }
        return claimPath.values(in: .object([("event_log", document)]))
    }
}

extension EventLogError {
    var document: JSON {
        let place: [(String, JSON)] = offset.map { [("offset", .integer(Int64($0)))] } ?? []
        return .object(
            [("code", .string(code.rawValue)), ("field", .string(field))] + place + [
                ("found", .string(found)), ("wanted", .string(wanted)),
            ])
    }
}

extension EventLogNote {
    var document: JSON {
        let number: [(String, JSON)] = event.map { [("event", .integer(Int64($0)))] } ?? []
        let place: [(String, JSON)] = offset.map { [("offset", .integer(Int64($0)))] } ?? []
        return .object([("note", .string(kind.rawValue))] + number + place)
    }
}

extension RegisterReplay {
    var document: JSON {
        var members: [(String, JSON)] = [
            ("register", .string(register.name)), ("status", .string(status.rawValue)),
            ("quote", .string(quoted.hex)), ("replayed", .string(replayed.hex)),
            ("events", .integer(Int64(eventCount))), ("accounted", .bool(isAccounted)),
        ]
        if let unshown {
            members.append(
                (
                    "unshown",
                    .object([
                        ("event", .integer(Int64(unshown.event))), ("count", .integer(Int64(unshown.count))),
                    ])
                ))
        }
        if let code { members.append(("code", .string(code.rawValue))) }
        if let hint { members.append(("hint", .string(hint.rawValue))) }
        if let firstDifference { members.append(("first_difference", firstDifference.document)) }
        return .object(members)
    }
}

extension EventDifference {
    /// Also what a comparison of two boots prints.
    package var document: JSON {
        .object([
            ("reason", .string(reason.rawValue)), ("event", .integer(Int64(event))),
            ("expected", expected.map { .string($0.hex) } ?? .null), ("found", found.map { .string($0.hex) } ?? .null),
        ])
    }
}
