public import Wire

/// A collateral manifest, the first time it is used.
public struct CollateralEntry: Hashable, Sendable {
    public let manifestSHA256: MerkleHash
    /// The earliest expiry inside.
    public let nextUpdateMilliseconds: Int64

    public init(
        manifestSHA256: MerkleHash, nextUpdateMilliseconds: Int64
    ) {
        self.manifestSHA256 = manifestSHA256
        self.nextUpdateMilliseconds = nextUpdateMilliseconds
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        manifestSHA256 = try reader.required("manifest_sha256", MemberValue.hash)
        nextUpdateMilliseconds = try reader.required("next_update_ms", MemberValue.integer)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("manifest_sha256", manifestSHA256)
        writer.add("next_update_ms", nextUpdateMilliseconds)
        return writer.members
    }
}
