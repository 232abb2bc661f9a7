public import Wire
public import Words

/// The checks in the order in which they run. Raw values are stable identifiers.
public enum TokenCheckStep: String, CaseIterable, Hashable, Sendable {
    case form = "token.form"
    case type = "token.type"
    case key = "token.key"
    case signature = "token.signature"
    case issuer = "token.issuer"
    case time = "token.time"
    case audience = "token.audience"
    case profile = "token.profile"
    case nonce = "token.nonce"
    case status = "token.status"
    case freshness = "token.freshness"
    case policy = "token.policy"
    case references = "token.references"
    case measurements = "token.measurements"
    case confirmation = "token.confirmation"
    case inclusion = "token.inclusion"
    case revocation = "token.revocation"

    /// Its number in wire-formats 3.7; the first of them is four here.
    public var number: Int {
        switch self {
        case .form, .type, .key, .signature: 1
        case .issuer: 2
        case .time: 3
        case .audience: 4
        case .profile: 5
        case .nonce: 6
        case .status, .freshness: 7
        case .policy, .references, .measurements: 8
        case .confirmation: 9
        case .inclusion: 10
        case .revocation: 11
        }
    }

    /// What the check asks: yes where it passes.
    public var title: Phrase {
        switch self {
        case .form: Phrase("Is the text a compact JWS of an allowed algorithm?", "文本是否为所允许算法的紧凑 JWS？")
        case .type: Phrase("Is it a result, and nothing else that the verifier signs?", "它是否为结果令牌，而不是验证方签名的其他文件？")
        case .key: Phrase("Is the key one of the verifier's, and of that algorithm?", "密钥是否属于验证方，且用于该算法？")
        case .signature: Phrase("Did the verifier sign it?", "是否由验证方签名？")
        case .issuer: Phrase("Is the issuer the verifier that was asked?", "签发者是否就是所询问的验证方？")
        case .time: Phrase("Is it in its time?", "是否在有效期内？")
        case .audience: Phrase("Was it made for this audience?", "是否为该受众签发？")
        case .profile: Phrase("Is its profile a known one?", "其 profile 是否已知？")
        case .nonce: Phrase("Does it answer this request?", "回应的是否为这次请求？")
        case .status: Phrase("Is its status good enough?", "其状态是否足够好？")
        case .freshness: Phrase("Was the quote made just now?", "引用是否刚刚生成？")
        case .policy: Phrase("Is the policy one that is accepted?", "其策略是否为所接受的？")
        case .references:
            Phrase("Are the reference sets that were read ones that are accepted?", "所读取的参考值集合是否都是所接受的？")
        case .measurements: Phrase("Are the measurements ones that are accepted?", "度量值是否为所接受的？")
        case .confirmation: Phrase("Does it speak of the key at the other end?", "说的是否为对端的密钥？")
        case .inclusion: Phrase("Is it in the log?", "是否已在日志中？")
        case .revocation: Phrase("Does it still stand?", "是否未被撤回？")
        }
    }
}

public struct TokenCheck: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        case failed
        case notPerformed(reason: String)
    }

    public let step: TokenCheckStep
    public let outcome: Outcome
    public let found: String
    public let wanted: String

    init(_ step: TokenCheckStep, _ outcome: Outcome, found: String = "", wanted: String = "") {
        self.step = step
        self.outcome = outcome
        self.found = found
        self.wanted = wanted
    }
}

/// What was found out about a token: every check, and the claims where the signature holds.
public struct TokenVerification: Sendable {
    public let checks: [TokenCheck]
    /// The payload, for a token whose signature holds; `nil` otherwise, so that nobody reads what nobody signed.
    public let claims: JSONValue?

    /// The status of the whole, whichever shape the token has; `nil` where the signature does not hold.
    public var status: String? { claims.flatMap { TokenVerifier.overallStatus($0)?.string } }

    /// Where to ask whether the token still stands; `nil` for a token that names no list of its own issuer's, and where the
    /// signature does not hold.
    public var statusListURL: String? {
        guard let claims, case .place(let place) = StatusReference.read(claims), place.isIssuers(of: claims) else {
            return nil
        }
        return place.uri
    }

    public var isAcceptable: Bool { checks.allSatisfy { $0.outcome != .failed } }
    public var firstFailure: TokenCheck? { checks.first { $0.outcome == .failed } }
}
