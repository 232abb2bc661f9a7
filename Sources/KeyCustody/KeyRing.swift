public import Wire

/// The keys of a service at one moment: who signs now, what is published, what is history. A value; a rotation makes
/// another one.
public struct KeyRing: Sendable {
    public struct Entry: Sendable {
        public let record: KeyRecord
        /// `nil` for a retired key, which nobody needs to reach any more.
        public let key: SigningKey?
        public let webKey: JSON
    }

    public let entries: [Entry]

    /// The key that signs with `algorithm` at `time`; where several do, the one that began last.
    public func signer(for algorithm: SignatureAlgorithm, at time: Instant) -> SigningKey? {
        entries.filter { $0.record.algorithm == algorithm && $0.record.signs(at: time) && $0.key != nil }
            .max { $0.record.signsFrom < $1.record.signsFrom }?.key
    }

    /// RFC 7517: what verifies today's tokens, and those of the key that comes next.
    public func keySet(at time: Instant) -> JSON {
        .object([("keys", .array(entries.filter { $0.record.isPublished(at: time) }.map(\.webKey)))])
    }

    /// Every key there ever was, with the dates of its use.
    public func history(at time: Instant) -> JSON {
        func date(_ instant: Instant?) -> JSON { instant.map { .string($0.description) } ?? .null }
        return .object([
            (
                "keys",
                .array(
                    entries.map { entry in
                        entry.webKey.adding([
                            ("nbf", date(entry.record.signsFrom)), ("exp", date(entry.record.signsUntil)),
                            ("published_until", date(entry.record.publishedUntil)),
                            ("retired", .bool(!entry.record.isPublished(at: time))),
                        ])
                    })
            )
        ])
    }
}
