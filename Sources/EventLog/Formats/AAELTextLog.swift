import Wire

/// The historical AAEL text: a line INIT with the register before the agent ran, then a line for each event of RTMR3.
/// Each line, INIT included, extends SHA-384 of itself (event-logs 3.3).
enum AAELTextLog {
    static func parse(_ bytes: [UInt8]) throws(EventLogError) -> EventLog {
        var events: [LoggedEvent] = []
        var notes: [EventLogNote] = []
        var initial = QuotedRegisters.zero
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            let line = bytes[start..<end]
            try check(line, number: events.count + 1)
            if events.isEmpty { initial.rtmr3 = try initialValue(line) }
            let entry = events.isEmpty ? nil : AAELEntry(parsing: line)
            if entry == nil, !events.isEmpty {
                notes.append(EventLogNote(.aaelMalformed, event: events.count + 1, offset: start))
            }
            let digest = Digest.sha384(line)
            events.append(
                LoggedEvent(
                    number: events.count + 1, offset: start, measurementIndex: RuntimeRegister.rtmr3.measurementIndex,
                    type: .tag, digests: [], digest: digest, data: line,
                    details: EventDetails(
                        entry.map(EventDetails.Content.aael)
                            ?? .text(String(decoding: line, as: UTF8.self))), form: .line))
            start = end + 1
        }
        return EventLog(
            format: .aaelText, events: events, notes: notes, initial: initial, endOffset: min(start, bytes.count))
    }

    private static func check(_ line: ArraySlice<UInt8>, number: Int) throws(EventLogError) {
        guard number <= Limits.eventLogEvents else {
            throw EventLogError(
                .limit, field: "lines", offset: line.startIndex, found: "more than \(Limits.eventLogEvents) lines",
                wanted: "at most as many")
        }
        guard line.count <= Limits.eventAAELBytes else {
            throw EventLogError(
                .limit, field: "lines[\(number)]", offset: line.startIndex, found: "\(line.count) bytes",
                wanted: "at most \(Limits.eventAAELBytes)")
        }
        guard !line.isEmpty, !line.contains(0x0D), !line.contains(0) else {
            throw EventLogError(
                .aaelInvalid, field: "lines[\(number)]", offset: line.startIndex,
                found: line.isEmpty ? "an empty line" : "a carriage return or NUL", wanted: "lines ended by LF alone")
        }
    }

    /// `INIT sha384/<96 hex>` as agents wrote it, or `INIT/sha384 <96 hex>` as the documentation does.
    private static func initialValue(_ line: ArraySlice<UInt8>) throws(EventLogError) -> FixedBytes<48> {
        let text = String(decoding: line, as: UTF8.self)
        let words = text.dropFirst(5).split(
            separator: text.hasPrefix("INIT ") ? "/" : " ", omittingEmptySubsequences: false)
        guard text.hasPrefix("INIT ") || text.hasPrefix("INIT/"), words.count == 2 else {
            throw EventLogError(
                .aaelInvalid, field: "lines[1]", offset: line.startIndex, found: "\"\(text.prefix(40))\"",
                wanted: "INIT sha384/ and the register's value")
        }
        guard words[0] == "sha384" else {
            throw EventLogError(
                .aaelAlgorithm, field: "lines[1]", offset: line.startIndex, found: "\"\(words[0].prefix(20))\"",
                wanted: "sha384, the hash of a trust domain's registers")
        }
        guard let value: FixedBytes<48> = Hex.fixed(Array(words[1].utf8)[...]) else {
            throw EventLogError(
                .aaelInvalid, field: "lines[1]", offset: line.startIndex, found: "\(words[1].count) characters",
                wanted: "96 hexadecimal digits")
        }
        return value
    }
}
