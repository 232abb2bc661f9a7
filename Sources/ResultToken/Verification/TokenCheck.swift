public import Appraisal
public import Wire

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
    case policy = "token.policy"
    case references = "token.references"
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
        case .status: 7
        case .policy, .references: 8
        case .confirmation: 9
        case .inclusion: 10
        case .revocation: 11
        }
    }

    public var title: Phrase {
        switch self {
        case .form: Phrase("The text is a compact JWS of an allowed algorithm", "文本是所允许算法的紧凑 JWS")
        case .type: Phrase("It is a result, and nothing else that the verifier signs", "它是结果令牌，而不是验证方签名的其他文件")
        case .key: Phrase("The key is one of the verifier's, and of that algorithm", "密钥属于验证方，且用于该算法")
        case .signature: Phrase("The verifier signed it", "由验证方签名")
        case .issuer: Phrase("The issuer is the verifier that was asked", "签发者就是所询问的验证方")
        case .time: Phrase("It is in its time", "在有效期内")
        case .audience: Phrase("It was made for this audience", "为该受众签发")
        case .profile: Phrase("Its profile is a known one", "其 profile 是已知的")
        case .nonce: Phrase("It answers this request", "回应的是这次请求")
        case .status: Phrase("Its status is good enough", "其状态足够好")
        case .policy: Phrase("The policy is one that is accepted", "其策略是所接受的")
        case .references:
            Phrase("The reference sets that were read are ones that are accepted", "所读取的参考值集合都是所接受的")
        case .confirmation: Phrase("It speaks of the key at the other end", "说的是对端的密钥")
        case .inclusion: Phrase("It is in the log", "已在日志中")
        case .revocation: Phrase("It was not withdrawn", "未被撤回")
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
