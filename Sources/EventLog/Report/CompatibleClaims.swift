package import Wire

/// Claims by the names of Trustee and OpenAnolis (event-logs 7): of registers that the quote confirms, and of nothing else.
extension ReplayedLog {
    /// `uefi_event_logs`, and where it had to be shortened, by how much.
    ///
    /// Data above a kilobyte goes first, keys of Secure Boot as a rule; then the last events.
    ///
    /// - Parameter budget: What the list may take, in bytes of JSON.
    package func compatibleEvents(within budget: Int) -> [(String, JSON)] {
        // Others have no events of a firmware's.
        guard format == .tcg2 else { return [] }
        // An event that extended nothing may say anything, its digest too, and policies of theirs would read it.
        let events = events.filter(\.isGenuine)
        let whole = Self.list(events, within: budget, shownBytes: .max)
        if whole.count == events.count { return [("uefi_event_logs", .array(whole))] }
        let list = Self.list(events, within: budget, shownBytes: Self.shownBytes)
        let shortened = events.prefix(list.count).filter { $0.event.data.count > Self.shownBytes }
        return [
            ("uefi_event_logs", .array(list)),
            (
                "uefi_event_logs_left_out",
                .object([
                    ("events", .integer(Int64(events.count - list.count))),
                    ("data", .integer(Int64(shortened.count))),
                ])
            ),
        ]
    }

    private static let shownBytes = 1_024

    private static func list(_ events: [ReplayedEvent], within budget: Int, shownBytes: Int) -> [JSON] {
        var list: [JSON] = []
        // The names of both members.
        var size = 128
        for event in events {
            let document = CompatibleEvent.document(event, isWhole: event.event.data.count <= shownBytes)
            size += document.compactBytes.count + 1
            if size > budget { break }
            list.append(document)
        }
        return list
    }

    /// `ccel`: the kernel and its parameters, where the quote confirms the command line's text. Which text that is the sender
    /// says, so it is claimed only beside a register that the policy pins (event-logs 7).
    ///
    /// - Parameters:
    ///   - commandLine: The text, from the log or from a reference value that was measured.
    ///   - isPinned: Whether the policy in force pins `rtmr2` (7.1).
    package func compatibleKernel(_ commandLine: String?, isPinned: Bool = false) -> JSON? {
        guard isPinned, let commandLine, commandLine.utf8.count <= Limits.kernelCommandLineBytes else { return nil }
        let kernel: [(String, JSON)] = facts.kernelDigest.map { [("kernel", .string($0.hex))] } ?? []
        var parameters: [(String, JSON)] = []
        for (name, value) in KernelCommandLine.parameters(of: commandLine) {
            let value = value.map { JSON.string($0) } ?? .null
            guard let place = parameters.firstIndex(where: { $0.0.hasSameBytes(as: name) }) else {
                parameters.append((name, value))
                continue
            }
            // Theirs keep the last; a policy that looks for one value must not pass where there were two.
            let before: [JSON] =
                if case .array(let values) = parameters[place].1 { values } else { [parameters[place].1] }
            parameters[place].1 = .array(before + [value])
        }
        let claims = JSON.object(kernel + [("kernel_parameters", .object(parameters))])
        // What has no canonical form cannot stand in a token that an entry commits to.
        return (try? claims.canonicalBytes(as: .claims)) == nil ? nil : claims
    }
}

/// One element of `uefi_event_logs`.
enum CompatibleEvent {
    static func document(_ replayed: ReplayedEvent, isWhole: Bool) -> JSON {
        let event = replayed.event
        let details = details(event).filter { isWhole || $0.0 != "variable_data" && $0.0 != "string" }
        return .object(
            [
                ("index", .integer(Int64(event.measurementIndex))), ("type_name", .string(event.type.name)),
                // The one algorithm that the registers confirm.
                (
                    "digests",
                    .array([
                        .object([("alg", .string("SHA-384")), ("digest", .string(event.digest?.hex ?? ""))])
                    ])
                ),
                ("digest_matches_event", .bool(event.digest == Digest.sha384(event.data))),
                ("authenticated", .string(replayed.authentication.name)),
            ] + (isWhole ? [("event", .string(Base64.encode(event.data)))] : []) + [("details", .object(details))])
    }

    private static func details(_ event: LoggedEvent) -> [(String, JSON)] {
        switch event.details.content {
        case .text(let text): [("string", .string(text))]
        case .variable(let variable):
            [
                ("unicode_name", .string(variable.name)),
                ("unicode_name_length", .integer(Int64(variable.nameUnits))),
                ("variable_data", .string(Base64.encode(variable.data))),
                ("variable_data_length", .integer(Int64(variable.data.count))),
                ("variable_name", .string(guid(variable.guid.bytes))),
            ]
        case .image(let path) where !path.isEmpty: [("device_paths", .array(path.map { .string($0) }))]
        case .tag(_, let data): PlainText.read(data).map { [("string", .string($0))] } ?? []
        case .aael(let entry):
            [
                ("unicode_name", .string("AAEL")),
                ("string", .string("\(entry.domain) \(entry.operation) \(entry.content)")),
                (
                    "data",
                    .object([
                        ("domain", .string(entry.domain)), ("operation", .string(entry.operation)),
                        ("content", content(entry.content)),
                    ])
                ),
            ]
        case .image, .dstack, .label, nil: []
        }
    }

    /// In the order in which its bytes lie, as theirs has it.
    private static func guid(_ bytes: [UInt8]) -> String {
        [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { Hex.encode(bytes[$0]) }.joined(separator: "-")
    }

    /// As JSON where it is some, no deeper than fits below nine levels of claims, and has one canonical form.
    private static func content(_ text: String) -> JSON {
        guard let root = try? JSONDocument(parsing: Array(text.utf8), limit: Limits.eventAAELBytes, depth: 7).root,
            let json = JSON(document: root),
            (try? JSON.object([("content", json)]).canonicalBytes(as: .claims)) != nil
        else { return .string(text) }
        return json
    }
}
