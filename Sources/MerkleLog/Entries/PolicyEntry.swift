public import Wire

/// A policy in force from here on, or no longer.
public struct PolicyEntry: Hashable, Sendable {
    public enum Operation: String, Hashable, Sendable { case activate, retire }

    public let operation: Operation
    public let policyID: String
    /// Of the stored bytes.
    public let policySHA256: MerkleHash

    public init(
        operation: Operation, policyID: String, policySHA256: MerkleHash
    ) {
        self.operation = operation
        self.policyID = policyID
        self.policySHA256 = policySHA256
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        operation = try reader.required("op", MemberValue.named)
        policyID = try reader.required("policy_id", MemberValue.string)
        policySHA256 = try reader.required("policy_sha256", MemberValue.hash)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("op", operation.rawValue)
        writer.add("policy_id", policyID)
        writer.add("policy_sha256", policySHA256)
        return writer.members
    }
}
