public import Wire

/// The first entry: which log this is, and what it follows.
public struct GenesisEntry: Hashable, Sendable {
    public let origin: String
    /// The verifier key of the log, in its text form.
    public let logKey: String
    public let specification: String
    /// Of a successor: the shard before, as far as it was signed.
    public let previousOrigin: String?
    public let previousSize: Int64?
    public let previousRoot: MerkleHash?

    public init(
        origin: String, logKey: String, specification: String, previousOrigin: String? = nil,
        previousSize: Int64? = nil, previousRoot: MerkleHash? = nil
    ) {
        self.origin = origin
        self.logKey = logKey
        self.specification = specification
        self.previousOrigin = previousOrigin
        self.previousSize = previousSize
        self.previousRoot = previousRoot
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        origin = try reader.required("origin", MemberValue.string)
        logKey = try reader.required("log_vkey", MemberValue.string)
        specification = try reader.required("spec", MemberValue.string)
        previousOrigin = try reader.optional("prev_origin", MemberValue.string)
        previousSize = try reader.optional("prev_size", MemberValue.count)
        previousRoot = try reader.optional("prev_root", MemberValue.hash)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("origin", origin)
        writer.add("log_vkey", logKey)
        writer.add("spec", specification)
        writer.add("prev_origin", previousOrigin)
        writer.add("prev_size", previousSize)
        writer.add("prev_root", previousRoot)
        return writer.members
    }
}
