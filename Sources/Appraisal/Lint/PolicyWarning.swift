import DCAPFormats
import Wire
public import Words

/// What is odd about a policy that loads: it does what it says, and its author may have meant something else.
public struct PolicyWarning: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// No evidence can meet it.
        case neverMet = "never_met"
        /// Every genuine quote meets it, or a rule of it; or each that has the claims of a rule, whatever they say.
        case alwaysMet = "always_met"
        /// It pins measurements, and lets the caller choose how report_data is read (wire-formats 2.9 R5).
        case schemesOpen = "schemes_open"
        /// `service_td` must be `none`, which no body of TDX 1.0 can say.
        case serviceTDUnsayable = "service_td_unsayable"
        /// A rule believes an image that the policy does not compare (event-logs 7.1).
        case unattributed = "unattributed"
    }

    public let kind: Kind
    /// The rule it is about; `nil` for the policy.
    public let rule: String?
    public let text: Phrase
}

extension Policy {
    /// Everything that is odd about it, for `assay policy lint`. None of it keeps a policy from being used.
    public var warnings: [PolicyWarning] {
        var warnings: [PolicyWarning] = []
        func warn(_ kind: PolicyWarning.Kind, of rule: String? = nil, _ english: String, _ chinese: String) {
            warnings.append(PolicyWarning(kind: kind, rule: rule, text: Phrase(english, chinese)))
        }
        if !Satisfiability.canBeMet(self) {
            warn(
                .neverMet, "no evidence can meet this policy: what it demands contradicts itself",
                "任何证据都无法满足该策略：其要求自相矛盾")
        }
        if demandsNothing {
            warn(
                .alwaysMet, "every genuine quote meets this policy, whatever state it is in", "任何真实的 quote 无论状态如何都满足该策略"
            )
        }
        for rule in claimRules {
            if Satisfiability.isAlwaysMet(rule.expression) {
                warn(.alwaysMet, of: rule.name, "every quote meets this rule", "任何 quote 都满足该规则")
            } else if Satisfiability.isMetByAnyValue(rule.expression) {
                let names = Set(rule.expression.leaves.map(\.claim)).sorted().joined(separator: ", ")
                warn(
                    .alwaysMet, of: rule.name, "every quote that has \(names) meets this rule, whatever the value",
                    "只要 quote 有 \(names)，无论其值如何都满足该规则")
            }
        }
        if comparesSoftware, reportDataSchemes == nil {
            warn(
                .schemesOpen,
                "it pins measurements and names no report_data_schemes: the caller chooses how report_data is read, and a key of a caller's may be taken for the guest's",
                "策略固定了度量值却未给出 report_data_schemes：由调用方决定如何解读 report_data，调用方的密钥可能被当成虚拟机的密钥")
        }
        for rule in claimRules
        where rule.expression.mandatory.contains(where: { $0.claim == "service_td" && $0.wants(["none"]) }) {
            warn(
                .serviceTDUnsayable, of: rule.name,
                "it refuses every quote with a body of TDX 1.0 (version 4, and version 5 type 2), which has no field for a service TD",
                "它拒绝所有 TDX 1.0 报告（版本 4 以及版本 5 类型 2）：这种报告没有服务 TD 字段")
        }
        for claim in unattributed {
            let lacking = (ClaimCatalogue.speakers(claim) ?? []).filter { !pinned.contains($0) }
            let names = lacking.joined(separator: ", ")
            let rules = claimRules.filter { $0.expression.leaves.contains { $0.claim == claim } }
            warn(
                .unattributed, of: rules.first?.name,
                "\(claim): any TD can say this of itself, for the policy does not pin \(names); no verdict by it is ever affirming",
                "\(claim)：策略没有固定 \(names)，任何 TD 都可以这样自称；依此得出的结论永远不会是 affirming")
        }
        return warnings
    }

    private var comparesSoftware: Bool { !pinned.isEmpty || sgxIdentity != nil }

    /// Nothing of what a policy may demand is demanded.
    private var demandsNothing: Bool {
        acceptedStatuses.isSuperset(of: Self.listable) && acceptRelaunchAdvised && allowDebug && allowTDProfiling
            && allowTDReservedBits && allowServiceTD && minimumEvaluationNumber == nil && minimumTCBDate == nil
            && platformGraceSeconds == nil && rejectedAdvisories.isEmpty && allowedAdvisories == nil
            && tdAttributes == nil && xfam == nil && acceptedMRSEAMs == nil && sgxIdentity == nil && tdIdentity == nil
            && !requireReportData && requiredNonce == nil && reportDataSchemes == nil && acceptedSGXTypes == nil
            && ![allowDynamicPlatform, allowCachedKeys, allowSMT].contains(false) && acceptedFMSPCs == nil
            && acceptedPPIDHashes == nil && acceptedInstanceIDs == nil && !requireEventLog
            && !requireAllRegistersReplayed && claimRules.allSatisfy { Satisfiability.isAlwaysMet($0.expression) }
    }
}

extension ClaimTest {
    /// Whether it wants one of these and nothing else.
    fileprivate func wants(_ texts: [String]) -> Bool {
        guard test == .equals || test == .in, case .inline(let values) = values else { return false }
        return values == Set(texts.map { ExactText($0) })
    }
}
