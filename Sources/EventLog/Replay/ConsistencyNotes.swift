import Wire

/// What is odd about a log as a whole, none of it a failure (event-logs 1.4, 2.3).
enum ConsistencyNotes {
    /// SHA-384 of `Exit Boot Services Returned with Success` (event-logs 1.7).
    private static let exitBootServices = Digest.sha384("Exit Boot Services Returned with Success".utf8)

    static func of(_ log: EventLog) -> [EventLogNote] {
        var notes: [EventLogNote] = []
        var separators: Set<RuntimeRegister> = []
        var hasBootManager = false
        var hasExit = false
        for event in log.events {
            guard let (register, digest) = event.extended else { continue }
            if event.type == .separator, !separators.insert(register).inserted {
                notes.append(EventLogNote(.separatorDuplicate, event: event.number, offset: event.offset))
            }
            if register == .rtmr0, separators.contains(.rtmr0), claimsSecureBoot(event) {
                notes.append(EventLogNote(.secureBootAfterSeparator, event: event.number, offset: event.offset))
            }
            if register == .rtmr1 {
                hasBootManager = true
                hasExit = hasExit || digest == exitBootServices
                if event.type == .bootServicesApplication, !separators.contains(.rtmr1), !separators.contains(.rtmr0) {
                    notes.append(EventLogNote(.applicationBeforeSeparator, event: event.number, offset: event.offset))
                }
            }
        }
        if hasBootManager, !hasExit { notes.append(EventLogNote(.noExitBootServices)) }
        return notes
    }

    private static func claimsSecureBoot(_ event: LoggedEvent) -> Bool {
        guard event.type == .variableDriverConfiguration, case .variable(let variable) = event.details.content else {
            return false
        }
        return ["SecureBoot", "PK", "KEK", "db", "dbx"].contains { variable.name.hasSameBytes(as: $0) }
    }
}
