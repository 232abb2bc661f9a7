import Appraisal
import ResultToken
import WebAPI
import Wire

extension TokenService {
    /// What a gateway wants, in the verifier's words; a word that means nothing is a problem, never the laxest demand.
    func expectations(_ demand: TokenDemand) throws(HTTPProblem) -> TokenExpectations {
        var expectations = TokenExpectations()
        expectations.minimumStatus = try Self.tier(demand.minimumStatus, field: "status")
        expectations.audience = demand.audience
        expectations.nonce = demand.nonce
        for (category, tier) in demand.minimum.sorted(by: { $0.key < $1.key }) {
            expectations.minimumTiers[category] = try Self.tier(tier, field: "minimum")
        }
        expectations.policies = demand.policies.map { Set($0) }
        expectations.references = demand.references.map { Set($0) }
        expectations.confirmation = demand.confirmation
        return expectations
    }

    private static func tier(_ text: String, field: String) throws(HTTPProblem) -> TrustStatus {
        guard let tier = TrustStatus(rawValue: text) else {
            throw HTTPProblem(
                .memberInvalid,
                "found \(text.isEmpty ? "nothing" : text), wanted affirming, warning, contraindicated or none",
                field: field, fix: TokenDemand.fix)
        }
        return tier
    }

    /// By the name that the gateway's parameter has.
    static func problem(_ defect: TokenExpectations.Defect) -> HTTPProblem {
        let parameters = [
            "confirmation": "key_thumbprint", "policies": "policy", "references": "reference_set",
        ]
        return HTTPProblem(
            .memberInvalid, "found \(defect.found.isEmpty ? "nothing" : defect.found), wanted \(defect.wanted)",
            field: parameters[defect.demand] ?? defect.demand, fix: TokenDemand.fix)
    }
}

extension TokenCheckStep {
    /// What of the token a check looks at, for whoever reads a refusal.
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
