package import MerkleLog

/// Reads a recorded verdict, part after part, from wherever its parts are: it says which comes next and takes its bytes.
/// The one reader of archives and bundles; it fetches nothing itself.
package struct RecordReading {
    /// Which parts, and in what order. The first that cannot be had is the one that is named.
    package enum Order: Sendable {
        /// All, as they are asked of an archive.
        case archive
        /// What was submitted, to be held against something else.
        case submission
        /// All, as a bundle is read: by which rules a verdict was reached comes before everything.
        case bundle

        var kinds: [RecordedPart.Kind] {
            switch self {
            case .archive:
                [
                    .quote, .eventLog, .nonce, .userData, .policy, .memberPolicy, .verifier, .claims, .manifest,
                    .collateral, .referenceSet,
                ]
            case .submission: [.quote, .eventLog, .nonce, .userData]
            case .bundle:
                [
                    .verifier, .claims, .quote, .policy, .eventLog, .nonce, .userData, .memberPolicy, .referenceSet,
                    .manifest, .collateral,
                ]
            }
        }
    }

    /// What was read so far.
    package private(set) var record: RecordedVerdict
    private var kinds: ArraySlice<RecordedPart.Kind>
    private var waiting: ArraySlice<RecordedPart> = []

    /// - Parameter timeMilliseconds: Of the entry.
    package init(_ entry: VerdictEntry, at timeMilliseconds: Int64, _ order: Order) {
        record = RecordedVerdict(entry, at: timeMilliseconds)
        kinds = order.kinds[...]
        advance()
    }

    /// The part that is read next; `nil` where all were.
    package var next: RecordedPart? { waiting.first }

    /// Whether the verdict rests on the part that is read next; without another one the reading goes on.
    package var needsNext: Bool { next.map { record.entry.needs($0.kind) } ?? false }

    /// Takes the bytes of `next`. Whoever gives them has compared them with its hash.
    ///
    /// - Parameter bytes: `nil` where they are not there, and the caller goes on without them.
    package mutating func take(_ bytes: [UInt8]?) {
        guard let part = waiting.popFirst() else { return }
        if let bytes { record.add(bytes, as: part) }
        advance()
    }

    /// What a kind holds may be known only when the document was read that names it.
    private mutating func advance() {
        while waiting.isEmpty, let kind = kinds.popFirst() { waiting = record.parts(of: kind)[...] }
    }
}
