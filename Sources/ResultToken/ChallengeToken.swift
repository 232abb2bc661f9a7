public import Wire

/// A nonce sealed by us, so that only nonces we gave out can be spent, and only in their time. Single use is the store's
/// part.
///
/// A token of its own kind (wire-formats 3.9): its own type and audience, no claim of a result, and authenticated under a key
/// that nobody else has. No checker of results, ours or anybody's, takes it for one.
public struct ChallengeToken: Hashable, Sendable {
    /// 32 bytes.
    public let nonce: [UInt8]
    public let expires: Instant

    public init(nonce: [UInt8], expires: Instant) {
        self.nonce = nonce
        self.expires = expires
    }

    public enum Defect: Error, Hashable, Sendable {
        /// Not sealed by us, or for something else.
        case notOurs
        case expired(Instant)
    }

    public static let mediaType = "assay-challenge+jwt"
    private static let algorithm = "HS256"

    private static func audience(_ issuer: String) -> String { issuer + "/v1/challenges" }

    /// The sealed form.
    ///
    /// - Parameters:
    ///   - identifier: `jti`.
    ///   - code: The HMAC-SHA-256 of the signing input, under the key of challenges.
    public func sealed(
        issuer: String, identifier: String, at time: Instant, code: ([UInt8]) -> [UInt8]
    ) -> String {
        let header = JSON.object([("alg", .string(Self.algorithm)), ("typ", .string(Self.mediaType))])
        let claims = JSON.object([
            ("iss", .string(issuer)), ("aud", .string(Self.audience(issuer))),
            ("nonce", .string(Base64URL.encode(nonce))), ("iat", .integer(time.seconds)),
            ("exp", .integer(expires.seconds)), ("jti", .string(identifier)),
        ])
        return JSONWebSignature(header: header).encode(payload: claims.compactBytes, sign: code)
    }

    /// - Parameter isAuthentic: Whether this code, the first, is ours over the second.
    public init(
        opening token: String, issuer: String, at time: Instant, isAuthentic: ([UInt8], [UInt8]) -> Bool
    ) throws(Defect) {
        guard let parsed = try? ParsedSignature(token), isAuthentic(parsed.signature, parsed.signingInput),
            parsed.header.member("alg")?.string.hasSameBytes(as: Self.algorithm) == true,
            parsed.header.member("typ")?.string.hasSameBytes(as: Self.mediaType) == true,
            parsed.payload.member("iss")?.string.hasSameBytes(as: issuer) == true,
            parsed.payload.member("aud")?.string.hasSameBytes(as: Self.audience(issuer)) == true,
            let nonce = parsed.payload.member("nonce")?.plainString.flatMap({ Base64URL.decode($0) }),
            nonce.count == 32,
            case .value(let end) = parsed.payload.member("exp")?.integer, let expires = Int64(exactly: end)
        else { throw .notOurs }
        self.init(nonce: nonce, expires: Instant(seconds: expires))
        guard time < self.expires else { throw .expired(self.expires) }
    }
}
