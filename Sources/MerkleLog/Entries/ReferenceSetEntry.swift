public import Wire

/// A set of reference values in force from here on, or no longer.
public struct ReferenceSetEntry: Hashable, Sendable {
    public let operation: PolicyEntry.Operation
    public let setID: String
    public let setSHA256: MerkleHash

    public init(
        operation: PolicyEntry.Operation, setID: String, setSHA256: MerkleHash
    ) {
        self.operation = operation
        self.setID = setID
        self.setSHA256 = setSHA256
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        operation = try reader.required("op", MemberValue.named)
        setID = try reader.required("set_id", MemberValue.string)
        setSHA256 = try reader.required("set_sha256", MemberValue.hash)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("op", operation.rawValue)
        writer.add("set_id", setID)
        writer.add("set_sha256", setSHA256)
        return writer.members
    }
}
