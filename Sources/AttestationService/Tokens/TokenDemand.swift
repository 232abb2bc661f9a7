import Appraisal
import ResultToken
import Wire
import Words

/// What a gateway demands of a token besides being one of ours and in its time; the words are the verifier's to understand.
package struct TokenDemand: Sendable {
    /// The worst status that is good enough. Whether a warning is, is the gateway's to say.
    package var minimumStatus = "warning"
    package var audience: String?
    /// Base64url, as it stands in the token.
    package var nonce: String?
    /// The worst tier by category of the trustworthiness vector.
    package var minimum: [String: String] = [:]
    /// `require`, or `any`: a quote may be old.
    package var freshness = "require"
    /// SHA-256 in hex; the word `default`, which is meant where there is no list; or `any` alone.
    package var policies: [String]?
    /// SHA-256 in hex.
    package var references: [String]?
    /// Values in hex by name: `mr_td`, `rtmr0` and so on.
    package var measurements: [String: [String]] = [:]
    /// RFC 7638 thumbprint of the key at the other end.
    package var confirmation: String?

    package init() {}

    /// Nothing but that the token is ours, in its time and still standing: for who decides from its claims.
    package static var nothingMore: TokenDemand {
        var demand = TokenDemand()
        demand.freshness = TokenExpectations.Freshness.any.rawValue
        demand.policies = ["any"]
        return demand
    }

    /// The same in the verifier's words; a word that means nothing is refused, never the laxest demand.
    func expectations() throws(ServiceFailure) -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.minimumStatus = try Self.tier(minimumStatus, field: "status")
        expectations.audience = audience
        expectations.nonce = nonce
        for (category, tier) in minimum.sorted(by: { $0.key < $1.key }) {
            expectations.minimumTiers[category] = try Self.tier(tier, field: "minimum")
        }
        guard let freshness = TokenExpectations.Freshness(rawValue: freshness) else {
            throw .token(.demand(field: "freshness", found: freshness, wanted: "require or any"))
        }
        expectations.freshness = freshness
        expectations.policies = policies.map { Set($0) }
        for (name, values) in measurements {
            guard let known = TokenMeasurement(rawValue: name) else {
                let names = TokenMeasurement.allCases.map(\.rawValue).joined(separator: ", ")
                throw .token(.demand(field: "measurement", found: name, wanted: "one of \(names)"))
            }
            expectations.measurements[known] = Set(values)
        }
        expectations.references = references.map { Set($0) }
        expectations.confirmation = confirmation
        return expectations
    }

    private static func tier(_ text: String, field: String) throws(ServiceFailure) -> TrustStatus {
        guard let tier = TrustStatus(rawValue: text) else {
            throw .token(
                .demand(field: field, found: text, wanted: "affirming, warning, contraindicated or none"))
        }
        return tier
    }
}

extension TokenCheckStep {
    /// Whether it is about what somebody wants of a token, and not about whether it is good.
    var isDemand: Bool {
        switch self {
        case .audience, .nonce, .status, .freshness, .policy, .references, .measurements, .confirmation: true
        case .form, .type, .key, .signature, .issuer, .time, .profile, .inclusion, .revocation: false
        }
    }

    /// What of the token a check looks at, for a reader of a refusal.
    var claim: String {
        switch self {
        case .form, .signature: "token"
        case .type: "typ"
        case .key: "kid"
        case .issuer: "iss"
        case .time: "exp"
        case .audience: "aud"
        case .profile: "eat_profile"
        case .nonce: "eat_nonce"
        case .status: "ear_status"
        case .freshness: "reasons"
        case .policy: "ear_appraisal_policy_ids"
        case .references: "references"
        case .measurements: "measurements"
        case .confirmation: "cnf"
        case .inclusion: "log"
        case .revocation: "status"
        }
    }
}
