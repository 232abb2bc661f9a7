public import Wire

/// What must be sent, and what must be at hand, for a policy to be able to accept.
public struct Requirements: Hashable, Sendable {
    public let policy: String
    /// A nonce, a challenge or runtime data, bound in report_data.
    public let reportData: Bool
    /// The binding schemes that count; empty: any.
    public let reportDataSchemes: [String]
    /// `require_challenge`: `false`, `true`, or `"service"`.
    public let challenge: JSON
    public let eventLog: Bool
    public let referenceSets: [String]
    /// Claims that rules read.
    public let claims: [String]
    /// Claims that are the word of an image which the policy does not pin: it is never affirming (event-logs 7.1).
    public let unattributedClaims: [String]
    /// A rule rests on facts of RTMR3: more than a warning needs a measured root hash, or a reference set that declares
    /// `root_integrity` (event-logs 5.5).
    public let restsOnRTMR3: Bool
    /// TEEs that can pass: a rule about the one keeps the other out.
    public let tees: [String]

    public var document: JSON {
        .object([
            ("policy", .string(policy)), ("report_data", .bool(reportData)),
            ("report_data_schemes", .array(reportDataSchemes.map { .string($0) })),
            ("require_challenge", challenge), ("event_log", .bool(eventLog)),
            ("reference_sets", .array(referenceSets.map { .string($0) })),
            ("claims", .array(claims.map { .string($0) })),
            ("unattributed_claims", .array(unattributedClaims.map { .string($0) })),
            ("rests_on_rtmr3", .bool(restsOnRTMR3)), ("tees", .array(tees.map { .string($0) })),
        ])
    }
}

/// What a policy needs, read off its rules alone.
public func requirements(of policy: Policy) -> Requirements {
    let leaves = policy.claimRules.flatMap(\.expression.leaves)
    let needsTD =
        policy.tdIdentity != nil || policy.tdAttributes != nil || policy.xfam != nil || policy.acceptedMRSEAMs != nil
    let needsSGX = policy.sgxIdentity != nil
    return Requirements(
        policy: policy.id, reportData: policy.requireReportData || policy.requiredNonce != nil,
        reportDataSchemes: (policy.reportDataSchemes ?? []).map(\.rawValue).sorted(),
        challenge: policy.requiredNonce?.document ?? .bool(false),
        eventLog: policy.requireEventLog || policy.requireAllRegistersReplayed
            || leaves.contains { $0.claim.hasPrefix("event_log.") },
        referenceSets: policy.referenceSets, claims: Set(leaves.map(\.claim)).sorted(),
        unattributedClaims: policy.unattributed, restsOnRTMR3: policy.usesRTMR3,
        tees: (needsTD ? [] : ["sgx"]) + (needsSGX ? [] : ["tdx"]))
}
