import Wire

/// EV_EVENT_TAG: an identifier, a length, and data (event-logs 1.7, 1.8, 3.2).
enum TaggedEvent {
    /// An AAEL record; on the wire the identifier reads `LEAA`.
    static let aael: UInt32 = 0x4141_454C
    /// The Linux EFI stub's command line: the digest is over the UTF-16 text, the data only names it.
    static let loadOptions: UInt32 = 0x8F3B_22ED
    /// The Linux EFI stub's initrd: the digest is over its bytes.
    static let initrd: UInt32 = 0x8F3B_22EC

    static func details(of data: ArraySlice<UInt8>) -> EventDetails {
        var reader = ByteReader(data)
        guard let id = try? reader.integer("taggedEventID", as: UInt32.self),
            let size = try? reader.integer("taggedEventDataSize", as: UInt32.self), size <= reader.remaining,
            id != aael || size == reader.remaining, let content = try? reader.slice(size, "taggedEventData")
        else { return EventDetails(nil, isMalformed: true) }
        // The reader has its own copy: the same bytes, counted from zero.
        if id == aael, let entry = AAELEntry(parsing: content) { return EventDetails(.aael(entry)) }
        return EventDetails(.tag(id: id, data: content))
    }
}
