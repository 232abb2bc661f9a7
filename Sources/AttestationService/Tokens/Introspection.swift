import Appraisal
import KeyCustody
import ResultToken
package import Wire
package import Words

/// What a token of ours is worth now.
package enum Introspection: Sendable {
    case active(claims: JSON)
    case inactive(reason: Sentence)
    /// It was good, and is in its time; but its verdict was judged again, and does not hold any more.
    case revoked(Revocation)

    /// What a re-appraisal found, as the log has it.
    package struct Revocation: Hashable, Sendable {
        package let time: Instant
        package let reasons: [String]
        /// Of its entry.
        package let index: UInt64

        package var sentence: Sentence { "revoked by re-appraisal at \(time): \(reasons.joined(separator: ", "))" }
    }
}

extension TokenIssuer {
    /// Whether a token of ours is good for what is demanded, by the one verifier that relying parties have as well.
    ///
    /// - Parameter standard: SHA-256 of the policy for requests that name none.
    package func introspect(
        _ token: String, _ demand: TokenDemand, standard: String?, at time: Instant
    ) throws(ServiceFailure) -> Introspection {
        var expectations = try demand.expectations()
        expectations.issuer = issuer
        expectations.keySetURL = issuer + "/jwks.json"
        expectations.defaultPolicies = standard.map { [$0] } ?? []
        let keys = try keys(at: time)
        let verifier: TokenVerifier
        do throws(TokenExpectations.Defect) {
            verifier = try TokenVerifier(keys: keys, expecting: expectations)
        } catch {
            // By the name that the gateway's parameter has.
            let names = ["confirmation": "key_thumbprint", "policies": "policy", "references": "reference_set"]
            throw .token(.demand(field: names[error.demand] ?? error.demand, found: error.found, wanted: error.wanted))
        }
        let result = verifier.verify(token, at: time)
        let identifier = result.claims?.member("jti")?.string
        let revocation = identifier.flatMap { statuses.revocation(of: $0) }
        // What became of a verdict says more than a demand that its token does not meet.
        if let revocation, result.checks.allSatisfy({ $0.step.isDemand || $0.outcome != .failed }) {
            return .revoked(revocation)
        }
        if let failure = result.firstFailure {
            return .inactive(
                reason:
                    "\(failure.step.claim): found \(VerdictWord.finding(failure.found)), wanted \(VerdictWord.finding(failure.wanted)) (\(failure.step.rawValue))"
            )
        }
        guard var claims = result.claims.flatMap({ JSON(document: $0) }) else {
            return .inactive(reason: "claims with numbers that are no integers (token.form)")
        }
        // A log that follows another one does not know what became of that one's verdicts.
        if let first = statuses.knownFrom, case .integer(let issued)? = claims["iat"], issued * 1_000 < first {
            return .inactive(
                reason:
                    "found a token of before \(Instant(seconds: first / 1_000)), wanted one that the present log knows (log)"
            )
        }
        // Trustee's shape has it in its submod; a reader looks for one name.
        if claims["ear_status"] == nil, let status = result.status {
            claims = claims.adding([("ear_status", .string(status))])
        }
        return .active(claims: claims)
    }
}
