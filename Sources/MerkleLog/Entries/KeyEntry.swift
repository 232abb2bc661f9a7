import Wire

/// A key that signs what people get, before its first use; or its revocation.
public struct KeyEntry: Hashable, Sendable {
    public enum Use: String, Hashable, Sendable { case token, receipt }
    public enum Operation: String, Hashable, Sendable { case revoke }

    public let use: Use
    public let kid: String
    public let algorithm: String?
    /// RFC 7638, base64url.
    public let thumbprint: String?
    public let notBeforeMilliseconds: Int64?
    public let notAfterMilliseconds: Int64?
    /// `nil`: the key is announced.
    public let operation: Operation?
    public let reason: String?

    public init(
        use: Use, kid: String, algorithm: String? = nil, thumbprint: String? = nil, notBeforeMilliseconds: Int64? = nil,
        notAfterMilliseconds: Int64? = nil, operation: Operation? = nil, reason: String? = nil
    ) {
        self.use = use
        self.kid = kid
        self.algorithm = algorithm
        self.thumbprint = thumbprint
        self.notBeforeMilliseconds = notBeforeMilliseconds
        self.notAfterMilliseconds = notAfterMilliseconds
        self.operation = operation
        self.reason = reason
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        use = try reader.required("use", MemberValue.named)
        kid = try reader.required("kid", MemberValue.string)
        algorithm = try reader.optional("alg", MemberValue.string)
        thumbprint = try reader.optional("jwk_thumbprint", MemberValue.string)
        notBeforeMilliseconds = try reader.optional("not_before_ms", MemberValue.integer)
        notAfterMilliseconds = try reader.optional("not_after_ms", MemberValue.integer)
        operation = try reader.optional("op", MemberValue.named)
        reason = try reader.optional("reason", MemberValue.string)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("use", use.rawValue)
        writer.add("kid", kid)
        writer.add("alg", algorithm)
        writer.add("jwk_thumbprint", thumbprint)
        writer.add("not_before_ms", notBeforeMilliseconds)
        writer.add("not_after_ms", notAfterMilliseconds)
        writer.add("op", operation?.rawValue)
        writer.add("reason", reason)
        return writer.members
    }
}
