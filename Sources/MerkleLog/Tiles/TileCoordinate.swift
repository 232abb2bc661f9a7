/// Which 256 hashes, or the first of them: tile `index` of `level`, with `width` hashes (transparency-log 5.1).
public struct TileCoordinate: Hashable, Sendable {
    public static let fullWidth = 256

    public enum Content: Hashable, Sendable {
        /// Hashes of subtrees of 256^level leaves.
        case hashes(level: UInt8)
        /// The entries whose hashes the level-0 tile of the same index holds.
        case entries
    }

    public let content: Content
    public let index: UInt64
    /// 1 to 256.
    public let width: Int

    /// - Returns: `nil` for a level above 63, a width out of range, or an index beyond any tree.
    public init?(_ content: Content, index: UInt64, width: Int = fullWidth) {
        if case .hashes(let level) = content, level > 63 { return nil }
        guard (1...Self.fullWidth).contains(width), index <= TreeSize.maximum / 256 else { return nil }
        self.content = content
        self.index = index
        self.width = width
    }

    public var isFull: Bool { width == Self.fullWidth }

    /// Below the log's prefix: `tile/0/x001/x234/067.p/8`.
    public var path: String {
        let level =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var groups = String(index)
        groups = String(repeating: "0", count: (3 - groups.count % 3) % 3) + groups
        var text = "tile/" + level
        var rest = Substring(groups)
        while !rest.isEmpty {
            text += (rest.count > 3 ? "/x" : "/") + rest.prefix(3)
            rest = rest.dropFirst(3)
        }
        return isFull ? text : text + ".p/\(width)"
    }

    /// Reads what `path` writes, and nothing else: no leading zeros, no wrong grouping, no `.p/0` or `.p/256` (T-2).
    public init?(path: String) {
        let bytes = Array(path.utf8)
        // "tile/entries/" and six groups are far below this.
        guard bytes.count <= 64 else { return nil }
        var parts = bytes.split(separator: 0x2F, omittingEmptySubsequences: false)[...]
        guard parts.popFirst().map(Array.init) == Array("tile".utf8), let level = parts.popFirst() else { return nil }
        let content: Content
        if Array(level) == Array("entries".utf8) {
            content = .entries
        } else {
            guard let number = Decimal.parse(level), number <= 63 else { return nil }
            content = .hashes(level: UInt8(number))
        }
        var width = UInt64(Self.fullWidth)
        if parts.count >= 2, let last = parts.last, let name = parts.dropLast().last,
            name.suffix(2).elementsEqual(".p".utf8)
        {
            guard let number = Decimal.parse(last), (1...255).contains(number) else { return nil }
            width = number
            parts = parts.dropLast(2) + [name.dropLast(2)]
        }
        guard let index = Self.index(parts) else { return nil }
        self.init(content, index: index, width: Int(width))
        // The one text of an index: this also refuses a first group of zeros before others.
        guard self.path == path, Array(self.path.utf8) == bytes else { return nil }
    }

    private static func index(_ groups: ArraySlice<ArraySlice<UInt8>>) -> UInt64? {
        guard (1...7).contains(groups.count), let last = groups.last else { return nil }
        var digits: [UInt8] = []
        for group in groups.dropLast() {
            guard group.count == 4, group.first == 0x78 else { return nil }
            digits += group.dropFirst()
        }
        guard last.count == 3 else { return nil }
        digits += last
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let significant = digits.drop { $0 == 0x30 }
        return significant.isEmpty ? 0 : Decimal.parse(significant)
    }

    /// How many hashes tile `index` of `level` has in a tree of `size`: 0 where it does not exist yet.
    public static func width(level: UInt8, index: UInt64, size: UInt64) -> Int {
        let shift = UInt64(level) * 8
        guard shift < 64 else { return 0 }
        let hashes = size >> shift
        let (start, overflow) = index.multipliedReportingOverflow(by: 256)
        guard !overflow, start < hashes else { return 0 }
        return Int(min(256, hashes &- start))
    }

    /// Every tile of hashes in a tree of `size`, by level, the partial ones included.
    public static func rightEdge(size: UInt64) -> [TileCoordinate] {
        (0..<8).compactMap { level in
            let hashes = size >> (UInt64(level) * 8)
            guard hashes > 0 else { return nil }
            let index = (hashes &- 1) / 256
            return TileCoordinate(
                .hashes(level: UInt8(level)), index: index, width: Int(hashes &- index &* 256))
        }
    }
}
