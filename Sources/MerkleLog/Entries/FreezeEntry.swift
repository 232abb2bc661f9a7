import Wire

/// The last entry of a shard.
public struct FreezeEntry: Hashable, Sendable {
    public let nextOrigin: String
    public let reason: String

    public init(
        nextOrigin: String, reason: String
    ) {
        self.nextOrigin = nextOrigin
        self.reason = reason
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        nextOrigin = try reader.required("next_origin", MemberValue.string)
        reason = try reader.required("reason", MemberValue.string)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("next_origin", nextOrigin)
        writer.add("reason", reason)
        return writer.members
    }
}
