import Crypto
public import Wire

/// The keys of challenges (wire-formats 3.9): 32 random bytes each, used for nothing else and published nowhere. Whoever
/// checks results cannot check a challenge, and so cannot take one for a result.
///
/// One key authenticates; the one before it is still good for as long as its last challenge lives.
public struct ChallengeKeys: Sendable {
    struct Key: Sendable {
        let secret: SymmetricKey
        let created: Instant
        /// From here on nothing is good that it authenticated; `nil` for the present one.
        var end: Instant?
    }

    /// The present one last.
    let keys: [Key]

    /// How long a key authenticates.
    public static let lifetimeSeconds: Int64 = 30 * 86_400

    /// HMAC-SHA-256 with the present key.
    public func code(for bytes: [UInt8]) -> [UInt8] {
        guard let key = keys.last else { return [] }
        return Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key.secret))
    }

    /// Whether one of the keys that are good at `time` made `code`. The comparison takes the same time wherever it differs.
    public func isAuthentic(_ code: [UInt8], for bytes: [UInt8], at time: Instant) -> Bool {
        keys.contains { key in
            (key.end.map { time < $0 } ?? true)
                && HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: bytes, using: key.secret)
        }
    }
}

extension KeyStore {
    static let challengeFile = "challenge.json"

    /// The challenge keys as they are: one is made where there is none, and the next where the present one has served its
    /// time.
    ///
    /// - Parameter overlapSeconds: How long a challenge lives.
    public func challengeKeys(at time: Instant, overlapSeconds: Int64) throws(KeyError) -> ChallengeKeys {
        let known = try readChallengeKeys()
        var keys = known.filter { $0.end.map { time < $0 } ?? true }
        // A clock that was set back must not keep a key of the future for ever.
        if keys.last?.isPresent(at: time) != true {
            for index in keys.indices where keys[index].end == nil {
                keys[index].end = time.advanced(bySeconds: overlapSeconds)
            }
            keys.append(ChallengeKeys.Key(secret: SymmetricKey(size: .bits256), created: time, end: nil))
        }
        if keys.map(\.created) != known.map(\.created) { try write(keys) }
        return ChallengeKeys(keys: keys)
    }

    private func readChallengeKeys() throws(KeyError) -> [ChallengeKeys.Key] {
        guard let bytes = try folder.readIfPresent(Self.challengeFile) else { return [] }
        guard let root = try? JSONDocument(parsing: bytes).root, let list = root.member("keys") else {
            throw .store("\(Self.challengeFile) is no JSON with an array keys")
        }
        var keys: [ChallengeKeys.Key] = []
        for value in list.elements {
            guard let secret = value.member("key")?.plainString.flatMap({ Base64URL.decode($0) }), secret.count == 32,
                let created = value.member("created")?.string.flatMap({ Instant(rfc3339: $0) })
            else { throw .store("\(Self.challengeFile)\(value.path) is no key of 32 bytes with its date") }
            var end: Instant?
            if let text = value.member("good_until")?.string {
                guard let date = Instant(rfc3339: text) else {
                    throw .store("\(Self.challengeFile)\(value.path): good_until is no date")
                }
                end = date
            }
            keys.append(ChallengeKeys.Key(secret: SymmetricKey(data: secret), created: created, end: end))
        }
        return keys
    }

    private func write(_ keys: [ChallengeKeys.Key]) throws(KeyError) {
        let list = keys.map { key in
            var members: [(String, JSON)] = [
                ("key", .string(Base64URL.encode(key.secret.withUnsafeBytes { Array($0) }))),
                ("created", .string(key.created.description)),
            ]
            if let end = key.end { members.append(("good_until", .string(end.description))) }
            return JSON.object(members)
        }
        try folder.write(
            Self.challengeFile, Array(JSON.object([("keys", .array(list))]).prettyText.utf8) + [0x0A])
    }
}

extension ChallengeKeys.Key {
    fileprivate func isPresent(at time: Instant) -> Bool {
        end == nil && created <= time && time < created.advanced(bySeconds: ChallengeKeys.lifetimeSeconds)
    }
}
