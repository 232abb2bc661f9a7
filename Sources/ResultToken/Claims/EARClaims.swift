import Appraisal
import DCAPFormats
import DCAPVerification
public import Wire

extension TokenProfile {
    /// The claims of an accept, as compact JSON.
    ///
    /// - Throws: where the token would be expired when it is made.
    public func claims(of accepted: AcceptedVerdict, _ context: TokenContext) throws(TokenError) -> [UInt8] {
        try claimSet(of: accepted, context).compactBytes
    }

    /// The claims of an accept. Without `context.log` they are what a log entry commits to.
    ///
    /// - Throws: where the token would be expired when it is made.
    public func claimSet(of accepted: AcceptedVerdict, _ context: TokenContext) throws(TokenError) -> JSON {
        claimSet(
            of: accepted, context, issued: accepted.verdict.time,
            expires: try Self.expiry(accepted.verdict, context.lifetimeSeconds))
    }

    /// The same for a token of other dates: how an auditor makes the claims again.
    public func claimSet(
        of accepted: AcceptedVerdict, _ context: TokenContext, issued: Instant, expires: Instant
    ) -> JSON {
        guard case .verified(let quote) = accepted.verdict.verification else { return .object([]) }
        let facts = TokenFacts(
            verdict: accepted.verdict, quote: quote, context: context, issued: issued, expires: expires)
        return switch self {
        case .ear: EARClaims(facts: facts).document
        case .earDotted: DottedClaims(facts: facts).document
        case .simple: SimpleClaims(facts: facts).document
        }
    }

    /// min(lifetime, first end of what the verdict rests on, its graces included): no token outlives what it rests on.
    private static func expiry(_ verdict: Verdict, _ lifetimeSeconds: Int64) throws(TokenError) -> Instant {
        let end = verdict.expires
        guard end > verdict.time else { throw .nothingLeftToClaim(expires: end) }
        return min(verdict.time.advanced(bySeconds: lifetimeSeconds), end)
    }
}

/// draft-ietf-rats-ear-04, as wire-formats 3.4 writes it out.
struct EARClaims {
    let facts: TokenFacts

    var document: JSON {
        let context = facts.context
        let status = JSON.string(facts.verdict.status.rawValue)
        var members: [(String, JSON)] = [
            ("eat_profile", .string("tag:ietf.org,2026:rats/ear#04")), ("iss", .string(context.issuer)),
        ]
        if let audience = context.audience { members.append(("aud", .string(audience))) }
        members += [
            ("sub", .string(facts.subject)), ("iat", .integer(facts.issued.seconds)),
            ("nbf", .integer(facts.issued.seconds)),
            ("exp", .integer(facts.expires.seconds)), ("jti", .string(context.identifier)),
        ]
        if let status = context.status { members.append(("status", status.claim)) }
        if let nonce = facts.nonce { members.append(("eat_nonce", .string(nonce))) }
        members += [
            ("ear_status", status),
            (
                "ear_verifier_id",
                .object([("developer", .string(context.issuer)), ("build", .string(context.build))])
            ),
        ]
        if let confirmation = facts.verdict.confirmation {
            members.append(("cnf", .object([("jkt", .string(Base64URL.encode(confirmation)))])))
        }
        members.append(("submods", .object([(facts.quote.quote.tee.name, appraisal(status))])))
        if let log = context.log { members.append(("log", log)) }
        return .object(members)
    }

    private func appraisal(_ status: JSON) -> JSON {
        let tee = facts.quote.quote.tee.name
        var members: [(String, JSON)] = [
            ("eat_profile", .string("tag:\(facts.issuerHost),2026:\(tee)#1")), ("ear_status", status),
            ("ear_trustworthiness_vector", facts.vector),
            ("ear_appraisal_policy_ids", .array(facts.policyURIs.map { .string($0) })),
        ]
        if let nonce = facts.nonce { members.append(("eat_nonce", .string(nonce))) }
        members += [
            ("ear_attester_claims", facts.quote.quote.attesterClaims),
            (
                "ear_verifier_claims",
                .object(
                    [
                        ("tcb", facts.tcb), ("collateral", facts.collateral),
                        (
                            "binding",
                            .object([
                                ("scheme", .string(facts.verdict.expectedReportData?.scheme.rawValue ?? "none")),
                                ("outcome", .string(facts.bindingOutcome)),
                            ])
                        ),
                    ] + facts.references + facts.eventLog + [
                        ("reasons", .array(facts.verdict.reasons.map { .string($0) })),
                        ("evidence_sha256", .string(facts.context.evidenceSHA256.hex)),
                    ])
            ),
        ]
        return .object(members)
    }
}
