public import Wire

/// A nonce sealed by us, so that only nonces we gave out can be spent, and only in their time. Single use is the store's
/// part.
public struct ChallengeToken: Sendable {
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

    /// `use` keeps challenges and result tokens apart: both are signed with the same key.
    private static let use = "assay-challenge"

    public func claims(issuer: String, at time: Instant) -> [UInt8] {
        JSON.object([
            ("iss", .string(issuer)), ("iat", .integer(time.seconds)), ("exp", .integer(expires.seconds)),
            ("nonce", .string(Base64URL.encode(nonce))), ("use", .string(Self.use)),
        ]).compactBytes
    }

    public init(opening token: String, keys: JSONWebKeySet, issuer: String, at time: Instant) throws(Defect) {
        guard let parsed = try? ParsedSignature(token), let algorithm = parsed.header.member("alg")?.string,
            let identifier = parsed.header.member("kid")?.string,
            keys.keys.contains(where: {
                $0.identifier.hasSameBytes(as: identifier)
                    && $0.verifies(parsed.signature, over: parsed.signingInput, with: algorithm)
            }),
            parsed.payload.member("use")?.string.hasSameBytes(as: Self.use) == true,
            parsed.payload.member("iss")?.string.hasSameBytes(as: issuer) == true,
            let nonce = parsed.payload.member("nonce")?.plainString.flatMap({ Base64URL.decode($0) }),
            case .value(let end) = parsed.payload.member("exp")?.integer, let expires = Int64(exactly: end)
        else { throw .notOurs }
        self.init(nonce: nonce, expires: Instant(seconds: expires))
        guard time < self.expires else { throw .expired(self.expires) }
    }
}
