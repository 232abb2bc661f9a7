import DCAPFormats

/// Whether there can be evidence that meets a policy, as far as its members and rules show, and whether there can be any
/// that does not. It errs towards "there can": what it calls impossible is impossible.
enum Satisfiability {
    static func canBeMet(_ policy: Policy) -> Bool { [TEE.tdx, .sgx].contains { canBeMet(policy, by: $0) } }

    /// Whether a rule holds for every quote, of whatever TEE.
    static func isAlwaysMet(_ expression: ClaimExpression) -> Bool { isCertain(expression, in: ClaimStates.ofAnyQuote) }

    /// Whether a rule holds whatever its claims say, once they say something. All it asks is that they are there.
    static func isMetByAnyValue(_ expression: ClaimExpression) -> Bool {
        isCertain(expression, in: ClaimStates.ofAnyValue)
    }

    /// Nothing but the states of its claims decides a rule, and they know nothing of each other. So a conjunction holds in
    /// all of them if each part does, and a disjunction if parts do that share no claim with the rest.
    private static func isCertain(_ expression: ClaimExpression, in states: StateSearch.Source) -> Bool {
        expression.conjuncts.allSatisfy { part in
            groups(part.disjuncts).contains { !StateSearch(.any($0), in: states).finds([.no, .unknown]) }
        }
    }

    private static func canBeMet(_ policy: Policy, by tee: TEE) -> Bool {
        switch tee {
        case .tdx: if policy.sgxIdentity != nil { return false }
        case .sgx:
            let wantsTD =
                policy.tdIdentity != nil || policy.tdAttributes != nil || policy.xfam != nil
                || policy.acceptedMRSEAMs != nil
            // A log beside an enclave's quote is refused.
            if wantsTD || policy.requireEventLog || policy.requireAllRegistersReplayed { return false }
        }
        let domain = ClaimDomain(policy, tee)
        let rules = policy.claimRules.filter { !policy.hasGrace($0) }.flatMap(\.expression.conjuncts)
        return groups(rules).allSatisfy { StateSearch(.all($0), in: domain.states).finds(.yes) }
    }

    /// Those that share a claim together: what one group says leaves the others as they are.
    private static func groups(_ expressions: [ClaimExpression]) -> [[ClaimExpression]] {
        var groups: [(claims: Set<String>, parts: [ClaimExpression])] = []
        for expression in expressions {
            let own = Set(expression.leaves.map(\.claim))
            let related = groups.filter { !$0.claims.isDisjoint(with: own) }
            groups.removeAll { !$0.claims.isDisjoint(with: own) }
            groups.append(
                (related.reduce(own) { $0.union($1.claims) }, related.flatMap(\.parts) + [expression]))
        }
        return groups.map(\.parts)
    }
}

extension ClaimExpression {
    /// What must all hold for this to hold.
    fileprivate var conjuncts: [ClaimExpression] {
        switch self {
        case .all(let parts): parts.flatMap(\.conjuncts)
        case .not(.any(let parts)): parts.flatMap { ClaimExpression.not($0).conjuncts }
        case .not(.not(let part)): part.conjuncts
        case .any, .leaf, .not: [self]
        }
    }

    /// What need not all hold: one is enough.
    fileprivate var disjuncts: [ClaimExpression] {
        switch self {
        case .any(let parts): parts.flatMap(\.disjuncts)
        case .not(.all(let parts)): parts.flatMap { ClaimExpression.not($0).disjuncts }
        case .not(.not(let part)): part.disjuncts
        case .all, .leaf, .not: [self]
        }
    }
}
