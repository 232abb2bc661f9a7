import DCAPFormats
import Wire

/// Whether there can be evidence that meets a policy, as far as its members and rules show. It errs towards yes: what it
/// calls impossible is impossible.
enum Satisfiability {
    static func canBeMet(_ policy: Policy) -> Bool { [TEE.tdx, .sgx].contains { canBeMet(policy, by: $0) } }

    /// Whether a rule holds for every quote, of whatever TEE.
    static func isAlwaysMet(_ expression: ClaimExpression) -> Bool {
        switch expression {
        case .all(let parts): parts.allSatisfy(isAlwaysMet)
        case .any(let parts): parts.contains(where: isAlwaysMet) || coversTogether(parts)
        case .not(.leaf(let test)):
            values(test.claim).map { $0.allSatisfy { test.isComparable(with: $0) && !test.holds($0) } } ?? false
        case .not: false
        case .leaf(let test):
            values(test.claim).map { $0.allSatisfy(test.holds) } ?? (test.isLeastOfAll && isEverywhere(test.claim))
        }
    }

    /// Alternatives of one claim that leave none of its values out.
    private static func coversTogether(_ parts: [ClaimExpression]) -> Bool {
        let tests = parts.compactMap { if case .leaf(let test) = $0 { test } else { nil } }
        return Set(tests.map(\.claim)).contains { claim in
            let alternatives = tests.filter { $0.claim == claim }
            return values(claim).map { $0.allSatisfy { value in alternatives.contains { $0.holds(value) } } } ?? false
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
        let expressions = policy.claimRules.filter { !policy.hasGrace($0) }.map(\.expression)
        return canHold(expressions, for: Domain(policy, tee))
    }

    /// Whether the tests that must hold in any case leave a value for every claim, and every `any` an alternative.
    private static func canHold(_ expressions: [ClaimExpression], for domain: Domain) -> Bool {
        guard domain.isPossible(expressions.flatMap(\.constraints)) else { return false }
        return expressions.flatMap(\.alternatives).allSatisfy { parts in
            parts.contains { domain.isPossible(($0.constraints + expressions.flatMap(\.constraints))) }
        }
    }

    /// The values of claims that every quote has, where they are few; `nil` for all others.
    fileprivate static func values(_ claim: String) -> [ClaimValue]? {
        guard isEverywhere(claim) else { return nil }
        switch claim {
        case "quote.version": return [3, 4, 5].map { .integer($0) }
        case "quote.body_type": return [1, 2, 3, 4].map { .integer($0) }
        default:
            switch ClaimCatalogue.kind(claim) {
            case .word(let words): return words.map { .text($0) }
            case .boolean: return [.boolean(false), .boolean(true)]
            default: return nil
            }
        }
    }

    private static func isEverywhere(_ claim: String) -> Bool {
        ["tee", "quote.version", "quote.body_type", "trust_root.intel", "platform.ca", "platform.sgx_type"]
            .contains(claim)
            || claim.hasPrefix("tcb.") && claim != "tcb.module" && claim != "tcb.advisory_ids"
            || claim.hasPrefix("collateral.")
    }
}

/// What a claim can be in evidence of one TEE that a policy's members let through.
private struct Domain {
    let policy: Policy
    let tee: TEE

    init(_ policy: Policy, _ tee: TEE) {
        self.policy = policy
        self.tee = tee
    }

    func isPossible(_ constraints: [Constraint]) -> Bool {
        Set(constraints.map(\.test.claim)).allSatisfy { claim in
            let own = constraints.filter { $0.test.claim == claim }
            return isPossible(claim, own)
        }
    }

    private func isPossible(_ claim: String, _ constraints: [Constraint]) -> Bool {
        let wantsAbsence = constraints.contains { $0.test.test == .absent && !$0.isDenied }
        let wantsValue = constraints.contains { $0.test.test != .absent || $0.isDenied }
        if wantsAbsence { return !wantsValue && !isCertain(claim) }
        guard !isMissing(claim) else { return false }
        let candidates = values(claim) ?? listed(constraints)
        // Of a list each value is asked about by itself.
        guard let candidates, !ClaimCatalogue.isList(claim) else { return true }
        return candidates.contains { value in constraints.allSatisfy { $0.isMet(by: value) } }
    }

    /// A claim that evidence of this TEE never has.
    private func isMissing(_ claim: String) -> Bool {
        let isTD = Self.ofTDs.contains(claim) || claim.hasPrefix("tdx_module.") || claim.hasPrefix("event_log.")
        return tee == .sgx ? isTD || claim == "tcb.module" : Self.ofEnclaves.contains(claim)
    }

    /// A claim that it always has.
    private func isCertain(_ claim: String) -> Bool {
        claim == "report_data" || Satisfiability.values(claim) != nil
            || tee == .tdx && ["mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "service_td"].contains(claim)
            || tee == .sgx && ["mr_enclave", "mr_signer"].contains(claim)
    }

    private func values(_ claim: String) -> [ClaimValue]? {
        switch claim {
        case "tee": return [.text(tee.name)]
        case "quote.body_type": return (tee == .sgx ? [1] : [2, 3, 4]).map { .integer($0) }
        case "tcb.status":
            let relaunches: [TCBStatus] =
                policy.acceptRelaunchAdvised ? [.tdRelaunchAdvised, .tdRelaunchAdvisedConfigurationNeeded] : []
            return (policy.acceptedStatuses + (tee == .tdx ? relaunches : [])).map { .text($0.rawValue) }
        case "service_td":
            let isOpen = policy.allowServiceTD || policy.acceptedServiceTDs != nil
            return ServiceTD.allCases.filter { isOpen || $0 == .unbound || $0 == .unsayable }.map { .text($0.rawValue) }
        default: return Satisfiability.values(claim)
        }
    }

    /// Where any value may be: those that a rule lists, for it can be no other.
    private func listed(_ constraints: [Constraint]) -> [ClaimValue]? {
        for constraint in constraints where !constraint.isDenied {
            guard case .inline(let values) = constraint.test.values else { continue }
            return values.sorted().map { constraint.test.kind.value($0.text) }
        }
        return nil
    }

    private static let ofTDs: Set<String> = [
        "mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "mr_config_id", "mr_owner", "mr_owner_config", "mr_seam",
        "mr_signer_seam", "seam_attributes", "td_attributes", "xfam", "tee_tcb_svn", "tee_tcb_svn2", "service_td",
        "mr_service_td", "init_serv_td_hash", "cur_serv_td_hash", "init_serv_td_attr", "cur_serv_td_attr",
        "init_tee_tcb_svn",
    ]
    private static let ofEnclaves: Set<String> = [
        "mr_enclave", "mr_signer", "isv_prod_id", "isv_svn", "config_id", "config_svn", "isv_ext_prod_id",
        "isv_family_id", "misc_select", "attributes", "cpu_svn",
    ]
}

/// A test that must hold, or must not.
private struct Constraint {
    let test: ClaimTest
    let isDenied: Bool

    func isMet(by value: ClaimValue) -> Bool { test.isComparable(with: value) ? test.holds(value) != isDenied : true }
}

extension ClaimKind {
    /// The value that a text in a policy stands for.
    fileprivate func value(_ text: String) -> ClaimValue {
        switch self {
        case .integer: Int64(text).map { .integer($0) } ?? .text(text)
        case .date: Instant(rfc3339: text).map { .date($0) } ?? .text(text)
        case .boolean: Bool(text).map { .boolean($0) } ?? .text(text)
        case .text, .word, .advisory, .hex, .hexOfAnyLength, .digestList: .text(text)
        }
    }
}

extension ClaimExpression {
    fileprivate var constraints: [Constraint] {
        switch self {
        case .all(let parts): parts.flatMap(\.constraints)
        case .leaf(let test): [Constraint(test: test, isDenied: false)]
        case .not(.leaf(let test)): [Constraint(test: test, isDenied: true)]
        case .any, .not: []
        }
    }

    /// Each `any` that must hold.
    fileprivate var alternatives: [[ClaimExpression]] {
        switch self {
        case .all(let parts): parts.flatMap(\.alternatives)
        case .any(let parts): [parts]
        case .leaf, .not: []
        }
    }
}

extension ClaimTest {
    /// Whether one value says how the test comes out.
    fileprivate func isComparable(with value: ClaimValue) -> Bool {
        switch values {
        case .inline: true
        case .bound: value.magnitude != nil
        case .masked:
            if case .text(let text) = value { Hex.decode(text) != nil } else { false }
        case .none, .reference: false
        }
    }

    fileprivate func holds(_ value: ClaimValue) -> Bool {
        switch values {
        case .inline(let values): value.texts.contains { values.contains(ExactText($0)) }
        case .bound(let bound, _): value.magnitude.map { $0 >= bound } ?? false
        case .masked(let masked):
            if case .text(let text) = value, let bytes = Hex.decode(text) { masked.matches(bytes) } else { false }
        case .none, .reference: false
        }
    }

    /// `at_least` nothing.
    fileprivate var isLeastOfAll: Bool {
        if case .bound(0, _) = values { true } else { false }
    }
}
