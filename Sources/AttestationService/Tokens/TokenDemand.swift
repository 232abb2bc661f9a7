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
    /// SHA-256 in hex.
    package var policies: [String]?
    package var references: [String]?
    /// RFC 7638 thumbprint of the key at the other end.
    package var confirmation: String?

    package init() {}

    /// The same in the verifier's words; a word that means nothing is refused, never the laxest demand.
    func expectations() throws(ServiceFailure) -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.minimumStatus = try Self.tier(minimumStatus, field: "status")
        expectations.audience = audience
        expectations.nonce = nonce
        for (category, tier) in minimum.sorted(by: { $0.key < $1.key }) {
            expectations.minimumTiers[category] = try Self.tier(tier, field: "minimum")
        }
        expectations.policies = policies.map { Set($0) }
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
        case .policy: "ear_appraisal_policy_ids"
        case .references: "references"
        case .confirmation: "cnf"
        case .inclusion: "log"
        case .revocation: "status"
        }
    }
}
