import Wire

/// What was turned away without a verdict, once a minute where there was any.
public struct SummaryEntry: Hashable, Sendable {
    public let fromMilliseconds: Int64
    public let toMilliseconds: Int64
    public let malformed: Int64
    public let rateLimited: Int64
    /// Answers that were given again; absent where there were none.
    public let repeated: Int64?

    public init(
        fromMilliseconds: Int64, toMilliseconds: Int64, malformed: Int64, rateLimited: Int64, repeated: Int64? = nil
    ) {
        self.repeated = repeated
        self.fromMilliseconds = fromMilliseconds
        self.toMilliseconds = toMilliseconds
        self.malformed = malformed
        self.rateLimited = rateLimited
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        fromMilliseconds = try reader.required("from_ms", MemberValue.integer)
        toMilliseconds = try reader.required("to_ms", MemberValue.integer)
        malformed = try reader.required("malformed", MemberValue.count)
        rateLimited = try reader.required("rate_limited", MemberValue.count)
        repeated = try reader.optional("repeated", MemberValue.count)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("from_ms", fromMilliseconds)
        writer.add("to_ms", toMilliseconds)
        writer.add("malformed", malformed)
        writer.add("rate_limited", rateLimited)
        writer.add("repeated", repeated)
        return writer.members
    }
}
