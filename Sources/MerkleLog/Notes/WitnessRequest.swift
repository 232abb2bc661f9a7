public import Wire

/// The body of `POST <witness>/add-checkpoint` (transparency-log 7.2): what the log believes the witness last saw, the
/// proof from there, and the new checkpoint.
public struct WitnessRequest: Hashable, Sendable {
    public let oldSize: UInt64
    public let path: [MerkleHash]
    public let checkpoint: SignedNote

    public init(oldSize: UInt64, path: [MerkleHash], checkpoint: SignedNote) {
        self.oldSize = oldSize
        self.path = path
        self.checkpoint = checkpoint
    }

    /// - Returns: `nil` for anything but the exact form.
    public init?(parsing bytes: [UInt8]) {
        guard bytes.count <= Limits.proofBytes else { return nil }
        var rest = bytes[...]
        func line() -> ArraySlice<UInt8>? {
            guard let end = rest.firstIndex(of: 0x0A) else { return nil }
            defer { rest = rest[(end + 1)...] }
            return rest[..<end]
        }
        guard let first = line(), first.starts(with: "old ".utf8), let oldSize = Decimal.parse(first.dropFirst(4))
        else { return nil }
        var path: [MerkleHash] = []
        while true {
            guard let current = line() else { return nil }
            if current.isEmpty { break }
            guard path.count < TreeSize.maximumProofLength, let bytes = Base64.decode(current),
                let hash = MerkleHash(exactly: bytes)
            else { return nil }
            path.append(hash)
        }
        guard let note = try? SignedNote(parsing: Array(rest)) else { return nil }
        self.init(oldSize: oldSize, path: path, checkpoint: note)
    }

    public var bytes: [UInt8] {
        var bytes = Array("old \(oldSize)\n".utf8)
        for hash in path { bytes += Array((Base64.encode(hash.bytes) + "\n").utf8) }
        return bytes + [0x0A] + checkpoint.bytes
    }
}
