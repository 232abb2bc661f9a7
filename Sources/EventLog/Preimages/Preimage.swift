import Wire

/// The bytes that an event's digest is of, found among what the event shows (event-logs 2.4).
///
/// The digest fixes them: whoever sends a log can show an event or not show it, and cannot show it as something else. What
/// an event means follows from them and its register alone, never from its type, its name or the log's format.
public struct Preimage: Hashable, Sendable {
    public let bytes: ArraySlice<UInt8>
    /// Which reading of the event they are.
    public let rule: DigestRule
    public let eventClass: EventClass

    /// - Returns: `nil` for an event that extends nothing, and for one that is not shown: none of its readings has its digest.
    init?(of event: LoggedEvent) {
        guard let (register, digest) = event.extended, let (rule, bytes) = Self.reading(of: event, with: digest) else {
            return nil
        }
        self.bytes = bytes
        self.rule = rule
        eventClass = Self.known(event, rule) ?? EventClass(of: bytes, in: register)
    }

    /// The class of what the reader already took apart the same way, for logs with thousands of events.
    private static func known(_ event: LoggedEvent, _ rule: DigestRule) -> EventClass? {
        switch (rule, event.form, event.details.content) {
        case (.whole, .tcg2, .aael(let entry)) where event.data.count <= Limits.eventAAELBytes: .tagged(entry)
        // A name with a colon would be read otherwise.
        case (.dstackV1, .runtime(let runtime, _), _) where !runtime.name.utf8.contains(0x3A): .dstack1(runtime)
        case (.dstackV2, .runtime(let runtime, _), _): .dstack2(runtime)
        default: nil
        }
    }

    /// The first reading whose SHA-384 is the digest; the whole data, which most events hash, before any other.
    private static func reading(of event: LoggedEvent, with digest: FixedBytes<48>) -> (DigestRule, ArraySlice<UInt8>)?
    {
        switch event.form {
        // The reader computed these digests from these bytes.
        case .line: return (.aaelLine, event.data)
        case .runtime(let runtime, let preimage):
            return (runtime.version == 1 ? .dstackV1 : .dstackV2, preimage[...])
        case .tcg2, .dstack: break
        }
        if Digest.sha384(event.data) == digest { return (.whole, event.data) }
        if case .dstack(let name, let preimage) = event.form {
            if let preimage, Digest.sha384(preimage[...]) == digest { return (.preimage, preimage[...]) }
            for version in name.isEmpty ? [] : [1, 2] {
                let bytes = DstackEvent(name: name, payload: Array(event.data), version: version).preimage[...]
                if Digest.sha384(bytes) == digest { return (version == 1 ? .dstackV1 : .dstackV2, bytes) }
            }
        }
        return DigestRule.partialReadings(of: event.data).first { Digest.sha384($0.covered) == digest }
    }
}
