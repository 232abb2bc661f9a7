public import Wire

/// Raw evidence was deleted.
public struct PurgeEntry: Hashable, Sendable {
    public enum Basis: String, Hashable, Sendable { case retention, erasure, order }

    public let count: Int64
    public let fromMilliseconds: Int64
    public let toMilliseconds: Int64
    /// Of the sorted evidence hashes in hex, joined by newlines.
    public let setSHA256: MerkleHash
    public let basis: Basis

    public init(
        count: Int64, fromMilliseconds: Int64, toMilliseconds: Int64, setSHA256: MerkleHash, basis: Basis
    ) {
        self.count = count
        self.fromMilliseconds = fromMilliseconds
        self.toMilliseconds = toMilliseconds
        self.setSHA256 = setSHA256
        self.basis = basis
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        count = try reader.required("count", MemberValue.count)
        fromMilliseconds = try reader.required("from_ms", MemberValue.integer)
        toMilliseconds = try reader.required("to_ms", MemberValue.integer)
        setSHA256 = try reader.required("set_sha256", MemberValue.hash)
        basis = try reader.required("basis", MemberValue.named)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("count", count)
        writer.add("from_ms", fromMilliseconds)
        writer.add("to_ms", toMilliseconds)
        writer.add("set_sha256", setSHA256)
        writer.add("basis", basis.rawValue)
        return writer.members
    }

    /// What `setSHA256` is.
    public static func digest(of evidence: [MerkleHash]) -> MerkleHash {
        MerkleHashing.sha256(evidence.map { $0.hex }.sorted().joined(separator: "\n").utf8)
    }
}
