import Wire

/// Entries as tiles carry them: each with its length before it, `u16be(length) ‖ leaf` (transparency-log 5.2).
public enum EntryBundle {
    /// - Returns: `nil` unless `bytes` are exactly `count` entries, none of them empty.
    public static func parse(_ bytes: ArraySlice<UInt8>, count: Int) -> [[UInt8]]? {
        guard (1...TileCoordinate.fullWidth).contains(count) else { return nil }
        var rest = bytes
        var leaves: [[UInt8]] = []
        while !rest.isEmpty {
            guard leaves.count < count, let high = rest.popFirst(), let low = rest.popFirst() else { return nil }
            let length = Int(high) << 8 | Int(low)
            guard length > 0, rest.count >= length else { return nil }
            leaves.append(Array(rest.prefix(length)))
            rest = rest.dropFirst(length)
        }
        return leaves.count == count ? leaves : nil
    }

    /// - Returns: `nil` when a leaf is empty or above 65,535 bytes, or there are none or more than 256.
    public static func encode(_ leaves: some Collection<[UInt8]>) -> [UInt8]? {
        guard (1...TileCoordinate.fullWidth).contains(leaves.count) else { return nil }
        var bytes: [UInt8] = []
        for leaf in leaves {
            guard (1...Limits.leafBytes).contains(leaf.count) else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: leaf.count >> 8))
            bytes.append(UInt8(truncatingIfNeeded: leaf.count))
            bytes += leaf
        }
        return bytes
    }
}
