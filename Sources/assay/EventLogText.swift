import EventLog
import Wire

/// An event log for people: each register, each event with how far it is evidence, and the facts.
enum EventLogText {
    static func text(_ findings: EventLogFindings) -> String {
        guard let log = findings.log else {
            let error = findings.error
            return "Event log: " + Terminal.paint(error?.code.rawValue ?? "", .red) + ": \(error?.detail ?? "")\n"
        }
        var lines = ["Event log (\(log.format.rawValue), \(findings.byteCount) bytes, sha256 \(findings.sha256))"]
        lines += log.registers.flatMap(register)
        lines += findings.notes.map { note in
            "  note: \(note.kind.rawValue)" + (note.event.map { " (event \($0))" } ?? "")
        }
        lines.append("Events")
        lines += log.events.map(event)
        return lines.joined(separator: "\n") + "\n\n" + FieldList.text(printable(log.facts.summary))
    }

    private static func register(_ register: RegisterReplay) -> [String] {
        let colour: Terminal.Colour =
            switch register.status {
            case .replayed, .untouched: .green
            case .reported, .startsElsewhere: .yellow
            case .differs: .red
            }
        var lines = [
            "  \(register.register.name)  " + Terminal.paint(register.status.rawValue, colour)
                + "  \(register.eventCount) events"
        ]
        guard register.status == .differs else { return lines }
        lines.append("    quote says \(register.quoted)")
        lines.append("    events give \(register.replayed)")
        if let hint = register.hint { lines.append("    looks like: \(hint.rawValue)") }
        if let difference = register.firstDifference {
            let wanted = difference.expected.map { ", its data would give \($0)" } ?? ""
            lines.append("    first at event \(difference.event): \(difference.found?.hex ?? "nothing")\(wanted)")
        }
        return lines
    }

    private static func event(_ event: ReplayedEvent) -> String {
        let logged = event.event
        let register = logged.register?.name ?? "mrtd"
        let evidence = event.authentication.rule.map { "content (\($0.rawValue))" } ?? event.authentication.name
        let digest = logged.digest.map { $0.hex.prefix(16) + "…" } ?? "no digest"
        return "  \(logged.number)  \(register)  \(logged.type.name)  \(digest)  \(evidence)"
            + (event.label.map { "  \(Self.printable($0))" } ?? "")
    }

    private static func printable(_ value: JSON) -> JSON {
        switch value {
        case .object(let members): .object(members.map { (printable($0.0), printable($0.1)) })
        case .array(let elements): .array(elements.map(printable))
        case .string(let text): .string(printable(text))
        default: value
        }
    }

    /// A log's texts come from outside: nothing that a terminal acts on reaches it.
    private static func printable(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(600).map { scalar in
            [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
                ? "\u{FFFD}" : scalar
        }
        return String(String.UnicodeScalarView(shown)) + (text.unicodeScalars.count > 600 ? "…" : "")
    }
}
