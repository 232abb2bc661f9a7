import Wire

/// A process began, after others before it.
public struct RestartEntry: Hashable, Sendable {
    /// Whether the one before ended in order.
    public let isClean: Bool
    public let previousSize: Int64
    /// How many pending tokens may have been lost.
    public let pendingMaximum: Int64?

    public init(
        isClean: Bool, previousSize: Int64, pendingMaximum: Int64? = nil
    ) {
        self.isClean = isClean
        self.previousSize = previousSize
        self.pendingMaximum = pendingMaximum
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        isClean = try reader.required("clean", MemberValue.bool)
        previousSize = try reader.required("prev_size", MemberValue.count)
        pendingMaximum = try reader.optional("pending_max", MemberValue.count)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("clean", isClean)
        writer.add("prev_size", previousSize)
        writer.add("pending_max", pendingMaximum)
        return writer.members
    }
}
