import Wire

/// Who read raw evidence, rolled up by the hour.
public struct AccessEntry: Hashable, Sendable {
    public enum What: String, Hashable, Sendable { case bundle, export }

    /// A pseudonym.
    public let who: String
    public let what: What
    public let count: Int64
    public let fromMilliseconds: Int64
    public let toMilliseconds: Int64

    public init(
        who: String, what: What, count: Int64, fromMilliseconds: Int64, toMilliseconds: Int64
    ) {
        self.who = who
        self.what = what
        self.count = count
        self.fromMilliseconds = fromMilliseconds
        self.toMilliseconds = toMilliseconds
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        who = try reader.required("who", MemberValue.string)
        what = try reader.required("what", MemberValue.named)
        count = try reader.required("count", MemberValue.count)
        fromMilliseconds = try reader.required("from_ms", MemberValue.integer)
        toMilliseconds = try reader.required("to_ms", MemberValue.integer)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("who", who)
        writer.add("what", what.rawValue)
        writer.add("count", count)
        writer.add("from_ms", fromMilliseconds)
        writer.add("to_ms", toMilliseconds)
        return writer.members
    }
}
