public import Wire

/// The hashes of a tile, in a row.
public enum HashTile {
    /// - Returns: `nil` unless `bytes` are 1 to 256 whole hashes.
    public static func parse(_ bytes: ArraySlice<UInt8>) -> [MerkleHash]? {
        guard bytes.count.isMultiple(of: 32), (1...TileCoordinate.fullWidth).contains(bytes.count / 32) else {
            return nil
        }
        var hashes: [MerkleHash] = []
        hashes.reserveCapacity(bytes.count / 32)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: 32) {
            guard let hash = MerkleHash(exactly: bytes[start..<start + 32]) else { return nil }
            hashes.append(hash)
        }
        return hashes
    }

    public static func encode(_ hashes: some Collection<MerkleHash>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * 32)
        for hash in hashes { bytes += hash.bytes }
        return bytes
    }
}
