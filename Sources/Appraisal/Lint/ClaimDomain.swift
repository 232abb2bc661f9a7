import DCAPFormats
import Wire

/// What a claim can be in evidence of one TEE that a policy's members let through.
struct ClaimDomain {
    private let policy: Policy
    private let tee: TEE

    init(_ policy: Policy, _ tee: TEE) {
        self.policy = policy
        self.tee = tee
    }

    /// With a value, and without one. What is unknown meets no more than what is known.
    func states(_ claim: String, _ tests: [Int: ClaimTest]) -> Set<StateSearch.State>? {
        let isKnown = !isMissing(claim)
        guard let known = isKnown ? ClaimStates.known(tests, among: values(claim)) : [] else { return nil }
        return isKnown && isCertain(claim) ? known : known.union([ClaimStates.absent(tests)])
    }

    /// A claim that evidence of this TEE never has.
    private func isMissing(_ claim: String) -> Bool {
        switch tee {
        case .tdx: Self.ofEnclaves.contains(claim)
        case .sgx: Self.isOfTDs(claim) || claim.hasPrefix("event_log.") || claim == "tcb.module"
        }
    }

    /// A claim that it always has. What only some bodies can say is unknown in the others, and absent in none.
    private func isCertain(_ claim: String) -> Bool {
        ClaimStates.isEverywhere(claim) || (tee == .tdx ? Self.isOfTDs(claim) : Self.ofEnclaves.contains(claim))
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
        default: return ClaimStates.finiteValues(claim)
        }
    }

    private static func isOfTDs(_ claim: String) -> Bool { ofTDs.contains(claim) || claim.hasPrefix("tdx_module.") }

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
