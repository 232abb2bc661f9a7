/// What a policy compares in any case, and what it therefore may rest on (event-logs 7.1).
///
/// A register is pinned by `equals` or `in` on its value or on its list of digests, and by `td_identity`. A pin counts
/// where it must hold whenever what it anchors is evaluated: in a rule of its own, or in an `all` around both; never under
/// `any`, `not` or a grace.
extension Policy {
    /// MRTD and the registers that are compared whatever else holds.
    package var pinned: Set<String> {
        var pinned = Set(tdIdentity?.measurements.map(\.name) ?? [])
        for rule in claimRules where !hasGrace(rule) {
            for test in rule.expression.mandatory { if let register = test.pinnedRegister { pinned.insert(register) } }
        }
        return pinned
    }

    func hasGrace(_ rule: ClaimRule) -> Bool { graces.contains { $0.rule == rule.name } }

    /// Tests of labelled facts that lack the register they come from.
    struct Unanchored: Hashable {
        let rule: ClaimRule
        let claim: String
        let missing: [String]
    }

    var unanchored: [Unanchored] {
        let pinned = pinned
        return claimRules.flatMap { rule in
            rule.expression.labelled(under: pinned, pinning: !hasGrace(rule)).compactMap { test in
                let missing = test.needed.filter { !test.anchors.contains($0) }
                return missing.isEmpty ? nil : Unanchored(rule: rule, claim: test.claim, missing: missing)
            }
        }
    }

    /// Claims that are the word of an image which the policy does not compare: any TD can say the same of itself.
    var unattributed: [String] {
        let pinned = pinned
        let claims = claimRules.flatMap(\.expression.leaves).map(\.claim).filter { claim in
            ClaimCatalogue.speakers(claim).map { !pinned.isSuperset(of: $0) } ?? false
        }
        return Set(claims).sorted()
    }

    /// Whether a rule rests on what an agent in the guest extended into RTMR3. Comparing the register itself does not.
    var usesRTMR3: Bool { claimRules.flatMap(\.expression.leaves).contains { ClaimCatalogue.restsOnRTMR3($0.claim) } }
}

extension ClaimExpression {
    /// The tests that must hold for this to hold: reached through `all` alone.
    var mandatory: [ClaimTest] {
        switch self {
        case .all(let parts): parts.flatMap(\.mandatory)
        case .leaf(let test): [test]
        case .any, .not: []
        }
    }

    fileprivate struct Labelled {
        let claim: String
        /// The registers that it comes from.
        let needed: [String]
        /// Those that are pinned wherever it is evaluated.
        let anchors: Set<String>
    }

    /// Every test of a labelled fact with what anchors it. Nothing does below a `not`, but for one around it alone.
    fileprivate func labelled(under anchors: Set<String>, pinning: Bool) -> [Labelled] {
        switch self {
        case .leaf(let test): return test.labelled(under: anchors)
        case .not(.leaf(let test)): return test.labelled(under: anchors)
        case .not(let part): return part.leaves.flatMap { $0.labelled(under: []) }
        case .any(let parts): return parts.flatMap { $0.labelled(under: anchors, pinning: pinning) }
        case .all(let parts):
            let here = pinning ? anchors.union(mandatory.compactMap(\.pinnedRegister)) : anchors
            return parts.flatMap { $0.labelled(under: here, pinning: pinning) }
        }
    }
}

extension ClaimTest {
    /// The register that this test pins, where it must hold.
    var pinnedRegister: String? {
        guard test == .equals || test == .in else { return nil }
        if ClaimCatalogue.registers.contains(claim) || claim == "rtmr3" { return claim }
        return ClaimCatalogue.digestsOfRegister(claim).map { "rtmr\($0)" }
    }

    fileprivate func labelled(under anchors: Set<String>) -> [ClaimExpression.Labelled] {
        ClaimCatalogue.labelledRegisters(claim).map {
            [ClaimExpression.Labelled(claim: claim, needed: $0, anchors: anchors)]
        } ?? []
    }
}
