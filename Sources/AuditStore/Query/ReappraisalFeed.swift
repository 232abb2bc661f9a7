public import MerkleLog

/// The re-appraisals of a log in its order, from any index on: whoever keeps an index misses none and gets none twice.
public struct ReappraisalFeed: Sendable {
    public struct Part: Sendable {
        public let entries: [(index: UInt64, entry: LogEntry)]
        /// Where the next part begins.
        public let next: UInt64
    }

    private let log: AuditLog
    private let index: QueryIndex

    public init(log: AuditLog, index: QueryIndex) {
        self.log = log
        self.index = index
    }

    /// How far the log is signed: where somebody begins who wants only what is to come.
    public var end: UInt64 { log.tree.size }

    /// - Parameter limit: At most so many entries.
    public func part(from start: UInt64, limit: Int = 100) async throws -> Part {
        let size = log.tree.size
        guard start < size else { return Part(entries: [], next: start) }
        // The index has them at hand as far as it reaches; beyond, the leaves themselves are looked through.
        let known = min(try await index.watermark(), size)
        var indices: [UInt64] = []
        if start < known {
            var filter = AuditFilter()
            filter.kinds = ["reappraisal"]
            filter.fromIndex = start
            indices = try await index.page(filter, size: known, after: nil, ascending: true, limit: limit).indices
        }
        var entries = Self.reappraisals(zip(indices, try await log.reader.leaves(at: indices)))
        var position = max(start, known)
        while indices.count < limit, entries.count < limit, position < size {
            let end = min(size, position + 512)
            entries += Self.reappraisals(zip(position..<end, try await log.reader.leaves(in: position..<end)))
            position = end
        }
        guard indices.count < limit, entries.count <= limit else {
            entries = Array(entries.prefix(limit))
            return Part(entries: entries, next: (entries.last?.index ?? start) + 1)
        }
        return Part(entries: entries, next: max(position, start))
    }

    private static func reappraisals(
        _ leaves: some Sequence<(UInt64, [UInt8])>
    ) -> [(index: UInt64, entry: LogEntry)] {
        leaves.compactMap { index, leaf in
            guard LeafText.holds(#""kind":"reappraisal""#, leaf), let entry = try? LogEntry(leaf: leaf),
                case .reappraisal = entry.body
            else { return nil }
            return (index, entry)
        }
    }
}

/// Looks into a leaf without reading it whole: a day of leaves takes seconds so, and minutes otherwise. A leaf is canonical,
/// and a quote inside one of its strings has a backslash before it, so what looks like a member is one.
public enum LeafText {
    public static func holds(_ text: StaticString, _ leaf: [UInt8]) -> Bool { position(text, leaf) != nil }

    /// The number behind a member's name, given as `"name":`.
    public static func number(_ name: StaticString, _ leaf: [UInt8]) -> Int64? {
        guard let start = position(name, leaf).map({ $0 + name.utf8CodeUnitCount }) else { return nil }
        return Int64(String(decoding: leaf[start...].prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
    }

    private static func position(_ text: StaticString, _ leaf: [UInt8]) -> Int? {
        leaf.withUnsafeBytes { bytes -> Int? in
            let count = text.utf8CodeUnitCount
            guard bytes.count >= count else { return nil }
            // Names differ in what follows the quotation mark, which begins every one.
            return (0...bytes.count - count).first { start in
                bytes[start + 1] == text.utf8Start[1]
                    && (0..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
            }
        }
    }
}
