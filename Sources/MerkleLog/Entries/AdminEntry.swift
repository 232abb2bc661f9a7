import Wire

/// An act on the admin listener that no other kind tells of.
public struct AdminEntry: Hashable, Sendable {
    /// A pseudonym.
    public let who: String
    public let action: String
    /// An id, never free text.
    public let subject: String

    public init(
        who: String, action: String, subject: String
    ) {
        self.who = who
        self.action = action
        self.subject = subject
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        who = try reader.required("who", MemberValue.string)
        action = try reader.required("action", MemberValue.string)
        subject = try reader.required("subject", MemberValue.string)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("who", who)
        writer.add("action", action)
        writer.add("subject", subject)
        return writer.members
    }
}
