import Wire

/// A TCG2 log: a header in the SHA-1 layout, then events with a digest for each algorithm (event-logs 1.3, 1.4).
enum TCG2Log {
    static func parse(_ bytes: [UInt8], isForced: Bool) throws(EventLogError) -> EventLog {
        do {
            var reader = ByteReader(bytes)
            let header = try TCG2Header(from: &reader, isForced: isForced)
            var notes = header.isSynthetic ? [EventLogNote(.headerSynthetic, offset: 32)] : []
            var events: [LoggedEvent] = []
            while true {
                if let end = end(of: bytes, at: reader.offset) {
                    if let dirty = end.dirtyOffset { notes.append(EventLogNote(.tailDirty, offset: dirty)) }
                    return EventLog(format: .tcg2, events: events, notes: notes, endOffset: reader.offset)
                }
                guard events.count < Limits.eventLogEvents else {
                    throw EventLogError(
                        .limit, field: "events", offset: reader.offset, found: "more than \(events.count) events",
                        wanted: "at most \(Limits.eventLogEvents)")
                }
                let event = try event(&reader, header, number: events.count + 1)
                notes += EventDetails.notes(on: event)
                events.append(event)
            }
        } catch let error as EventLogError {
            throw error
        } catch let error as FormatError {
            throw EventLogError(error)
        } catch {
            throw EventLogError(.headerInvalid, field: "event_log", found: "an unforeseen error", wanted: "none")
        }
    }

    private struct End {
        let dirtyOffset: Int?
    }

    /// Whether the log ends at this boundary, and the first byte behind it that is not padding. The tail is never parsed:
    /// what hides there never counts.
    private static func end(of bytes: [UInt8], at offset: Int) -> End? {
        let rest = bytes[offset...]
        guard let padding = rest.first else { return End(dirtyOffset: nil) }
        if padding == 0xFF || padding == 0x00, rest.prefix(8).allSatisfy({ $0 == padding }) {
            return End(dirtyOffset: first(otherThan: padding, in: rest))
        }
        if rest.count >= 4, rest.prefix(4).allSatisfy({ $0 == 0xFF }) {
            return End(dirtyOffset: first(otherThan: 0xFF, in: rest))
        }
        return nil
    }

    private static func first(otherThan padding: UInt8, in rest: ArraySlice<UInt8>) -> Int? {
        rest.withUnsafeBytes { rest in rest.firstIndex { $0 != padding } }.map { rest.startIndex + $0 }
    }

    private static func event(_ reader: inout ByteReader, _ header: TCG2Header, number: Int) throws -> LoggedEvent {
        let offset = reader.offset
        guard reader.remaining >= 16 else {
            throw EventLogError(
                .truncated, field: "events[\(number)]", offset: offset, found: "\(reader.remaining) bytes",
                wanted: "an event of at least 16 bytes, padding, or the end")
        }
        let index: UInt32 = try reader.integer("event.mrIndex")
        let type = EventType(rawValue: try reader.integer("event.eventType"))
        guard index <= 4 else {
            throw EventLogError(
                .registerInvalid, field: "events[\(number)].mrIndex", offset: offset, found: "\(index)",
                wanted: "0 (MRTD) or 1 to 4 (RTMR0 to RTMR3): a trust domain's log, not a TPM's")
        }
        let digests = try digests(&reader, header, number)
        let sha384 = digests.filter { $0.algorithm == AlgorithmDigest.sha384 }
        guard sha384.count <= 1 else {
            throw EventLogError(
                .digestDuplicate, field: "events[\(number)].digests", offset: offset,
                found: "\(sha384.count) SHA-384 digests",
                wanted: "one")
        }
        let size: UInt32 = try reader.integer("event.eventSize")
        guard size <= Limits.eventDataBytes || UInt64(size) > UInt64(reader.remaining) else {
            throw EventLogError(
                .limit, field: "events[\(number)].event", offset: reader.offset, found: "\(size) bytes",
                wanted: "at most \(Limits.eventDataBytes)")
        }
        let data = try reader.slice(size, "event.event")
        guard !sha384.isEmpty || type == .noAction || index == 0 else {
            throw EventLogError(
                .noSHA384Digest, field: "events[\(number)].digests", offset: offset, found: "none of SHA-384",
                wanted: "the SHA-384 digest that was extended")
        }
        return LoggedEvent(
            number: number, offset: offset, measurementIndex: index, type: type, digests: digests,
            digest: sha384.first.flatMap { FixedBytes(exactly: $0.digest) }, data: data,
            details: EventDetails(of: data, type))
    }

    private static func digests(_ reader: inout ByteReader, _ header: TCG2Header, _ number: Int) throws
        -> [AlgorithmDigest]
    {
        let offset = reader.offset
        let count: UInt32 = try reader.integer("event.digestCount")
        guard count <= Limits.eventDigests else {
            throw EventLogError(
                .limit, field: "events[\(number)].digestCount", offset: offset, found: "\(count)",
                wanted: "at most \(Limits.eventDigests)")
        }
        var digests: [AlgorithmDigest] = []
        for _ in 0..<count {
            let algorithmOffset = reader.offset
            let algorithm: UInt16 = try reader.integer("event.digests.algorithm")
            guard let size = header.sizes[algorithm] else {
                throw EventLogError(
                    .algorithmUndeclared, field: "events[\(number)].digests", offset: algorithmOffset,
                    found: "algorithm 0x" + String(algorithm, radix: 16), wanted: "one that the log's header declares")
            }
            digests.append(
                AlgorithmDigest(algorithm: algorithm, digest: try reader.slice(size, "event.digests.digest")))
        }
        return digests
    }
}
