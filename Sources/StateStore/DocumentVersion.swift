package import Wire

/// One version of a policy or a reference set, as it is stored. Its identity is the hash of its bytes.
package struct DocumentVersion: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
        case policy
        case referenceSet = "reference_set"
    }

    package enum State: Hashable, Sendable {
        case draft
        case tested(at: Instant, cases: Int)
        case active(since: Instant)
        case retired(at: Instant)
    }

    package let kind: Kind
    /// The document's own name and number.
    package let id: String
    package let version: Int64
    package let sha256: FixedBytes<32>
    package let bytes: [UInt8]
    /// When it was handed in.
    package let created: Instant
    package let state: State

    package init(
        draft kind: Kind, id: String, version: Int64, bytes: [UInt8], created: Instant
    ) {
        self.init(
            kind: kind, id: id, version: version, sha256: ContentHash.of(bytes), bytes: bytes, created: created,
            state: .draft)
    }

    init(
        kind: Kind, id: String, version: Int64, sha256: FixedBytes<32>, bytes: [UInt8], created: Instant, state: State
    ) {
        self.kind = kind
        self.id = id
        self.version = version
        self.sha256 = sha256
        self.bytes = bytes
        self.created = created
        self.state = state
    }
}
