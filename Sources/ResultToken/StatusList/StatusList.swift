public import Wire

/// Which of the tokens that share a list do not stand any more, as a Status List Token says it
/// (draft-ietf-oauth-status-list): one bit each, zero while the token stands.
public struct StatusList: Sendable {
    /// Tokens of one list. Its size never changes: a list that was fetched before a token was issued has its bit already.
    public static let capacity: Int64 = 131_072
    /// `typ` of its header, and the end of its media type.
    public static let mediaType = "statuslist+jwt"
    /// `ttl`: whoever keeps the list asks again after so many seconds.
    public static let refreshSeconds: Int64 = 60
    /// `exp` after `iat`: a list that is played back says nothing after this.
    public static let lifetimeSeconds: Int64 = 300

    private var bits = [UInt8](repeating: 0, count: Int(capacity / 8))

    /// - Parameter withdrawn: The places of tokens that do not stand.
    public init(withdrawn: some Sequence<Int64>) {
        for index in withdrawn where (0..<Self.capacity).contains(index) {
            // From the least significant bit on (4.1).
            bits[Int(index / 8)] |= 1 << UInt8(index % 8)
        }
    }

    /// The claims of the token over this list.
    ///
    /// - Parameter uri: What tokens name in `status.status_list.uri`.
    public func claims(uri: String, issuer: String, at time: Instant) -> JSON {
        .object([
            ("iss", .string(issuer)), ("sub", .string(uri)), ("iat", .integer(time.seconds)),
            ("exp", .integer(time.seconds + Self.lifetimeSeconds)), ("ttl", .integer(Self.refreshSeconds)),
            (
                "status_list",
                .object([("bits", .integer(1)), ("lst", .string(Base64URL.encode(ZlibStream.compress(bits))))])
            ),
        ])
    }
}
