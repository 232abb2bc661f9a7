package import Wire

/// Tells the form of a log, and takes it out of what carries it (event-logs 1.1, 1.2).
public enum EventLogSniffing {
    /// The form of a log by its first bytes.
    static func format(of bytes: [UInt8]) throws(EventLogError) -> EventLog.Format {
        if let format = textFormat(of: bytes[...]) { return format }
        if bytes.starts(with: "CCEL".utf8) {
            throw EventLogError(
                .formatUnknown, field: "event_log", offset: 0, found: "acpi_table: the 56-byte ACPI table CCEL",
                wanted: "the log that it points to, /sys/firmware/acpi/tables/data/CCEL")
        }
        guard bytes.count >= 8, bytes[4..<8].elementsEqual([3, 0, 0, 0]) else {
            throw EventLogError(
                .formatUnknown, field: "event_log", offset: 0,
                found: "bytes that begin with \(Hex.encode(bytes.prefix(8)))",
                wanted: "a TCG2 log (its first event has type 3), an AAEL text (INIT …), or dstack's JSON array")
        }
        return .tcg2
    }

    /// The form of a text, by how it begins; `nil` for what is no text of ours.
    private static func textFormat(of bytes: ArraySlice<UInt8>) -> EventLog.Format? {
        let text = bytes.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        switch text.first {
        case 0x5B, 0x7B: return .dstack
        default: return text.starts(with: "INIT ".utf8) || text.starts(with: "INIT/".utf8) ? .aaelText : nil
        }
    }

    /// The log's bytes from the member of a request that carries it: a string (JSON text, AAEL text, or base64), or JSON as
    /// it stands.
    package static func bytes(of value: JSONValue) throws(EventLogError) -> [UInt8] {
        switch value.kind {
        case .array, .object: return Array(value.bytes)
        case .string: return try bytes(ofText: Array((value.string ?? "").utf8))
        default:
            throw EventLogError(
                .encoding, field: "event_log", found: "a JSON \(value.kind.rawValue)",
                wanted: "a string (base64, AAEL or JSON text) or dstack's JSON array")
        }
    }

    /// The log's bytes from a text: as it stands where it is a log, else decoded from base64.
    package static func bytes(ofText text: [UInt8]) throws(EventLogError) -> [UInt8] {
        guard !text.isEmpty, textFormat(of: text[...]) == nil else { return text }
        guard text.count <= Limits.eventLogBytes / 3 * 4 + 4 else {
            throw EventLogError(
                .tooLarge, field: "event_log", found: "\(text.count) characters of base64",
                wanted: "at most \(Limits.eventLogBytes) bytes")
        }
        guard let bytes = Base64.decode(text[...]) else {
            throw EventLogError(
                .encoding, field: "event_log", found: "a text that is not standard base64",
                wanted: "standard base64 with padding (RFC 4648 section 4), not base64url")
        }
        return bytes
    }

    /// The log's bytes from a file: a log as it stands, or base64 of one, lines broken or not.
    package static func bytes(ofFile file: [UInt8]) throws(EventLogError) -> [UInt8] {
        if textFormat(of: file[...]) != nil || file.contains(0) { return file }
        let text = file.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        return Base64.decode(text[...]) ?? file
    }
}
