import DCAPFormats
import Wire
public import Words

extension Policy {
    /// What the policy demands, rule by rule, for a person.
    public func explanation(_ language: Language) -> String {
        let isEnglish = language == .english
        var lines = ["\(id)  version \(version)  sha256 \(sha256)"]
        if let summary { lines.append(summary) }
        lines.append("")
        for rule in PolicyRule.allCases {
            let wanted = demand(rule)
            let mark = wanted == nil ? "--" : "ok"
            let text = wanted?.text(language) ?? (isEnglish ? "not asked" : "未要求")
            lines.append("\(mark)  \(rule.rawValue)  \(rule.title.text(language))\(isEnglish ? " " : "")\(text)")
        }
        for rule in claimRules {
            lines.append("ok  \(rule.name)  \(rule.expression.text)" + (rule.note.map { "  # \($0)" } ?? ""))
        }
        for grace in graces {
            lines.append(
                isEnglish
                    ? "~~  \(grace.rule) is put up with until \(grace.until): \(grace.reason)"
                    : "~~  \(grace.rule) 宽限至 \(grace.until)：\(grace.reason)")
        }
        let needs = requirements(of: self)
        lines += limits(needs, language)
        lines.append("")
        lines.append(isEnglish ? "To be accepted, send:" : "要被接受，需要提交：")
        lines.append(
            isEnglish
                ? "  a quote of \(needs.tees.joined(separator: " or "))"
                : "  \(needs.tees.joined(separator: " 或 ")) 的 quote")
        if let requiredNonce {
            lines.append("  " + requiredNonce.phrase.text(language))
        } else if needs.reportData {
            lines.append(isEnglish ? "  a nonce that report_data binds" : "  绑定在 report_data 中的 nonce")
        }
        if needs.eventLog { lines.append(isEnglish ? "  the event log of the same boot" : "  同次启动的事件日志") }
        for set in needs.referenceSets { lines.append(isEnglish ? "  the reference set \(set)" : "  参考值集合 \(set)") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What the rules cannot show, however they come out.
    private func limits(_ needs: Requirements, _ language: Language) -> [String] {
        let texts =
            needs.unattributedClaims.map { claim in
                Phrase(
                    "\(claim): any TD can say this of itself; the policy does not pin what would identify whose word it is",
                    "\(claim)：任何 TD 都可以这样自称；策略没有固定能确定其出处的度量值")
            }
            + (needs.restsOnRTMR3
                ? [
                    RootFinding.sentence
                        + Phrase(
                            ", unless the measured command line has a root hash; a reference set may declare root_integrity",
                            "，除非被度量的命令行含有根哈希；参考值集合可以声明 root_integrity")
                ] : [])
        return texts.isEmpty ? [] : [""] + texts.map { "!!  " + $0.text(language) }
    }

    /// What a rule wants; `nil` where the policy does not ask for it.
    private func demand(_ rule: PolicyRule) -> Phrase? {
        func denied(_ isAllowed: Bool) -> Phrase? { isAllowed ? nil : Phrase("required", "必须满足") }
        switch rule {
        case .tcbStatus, .currentTCB: return .oneOf(acceptedStatuses.map(\.rawValue).sorted())
        case .relaunch: return denied(acceptRelaunchAdvised)
        case .collateralExpiry:
            return collateralGraceSeconds == 0
                ? Phrase("required", "必须满足")
                : Phrase("with \(collateralGraceSeconds) s of grace", "宽限 \(collateralGraceSeconds) 秒")
        case .platformGrace: return platformGraceSeconds.map { Phrase("\($0) s", "\($0) 秒") }
        case .evaluationNumber: return minimumEvaluationNumber.map { Phrase("\($0) or higher", "不低于 \($0)") }
        case .tcbDate: return minimumTCBDate.map { Phrase("\($0) or later", "不早于 \($0)") }
        case .advisories:
            if let allowedAdvisories {
                return Phrase("only ", "只允许 ") + Phrase(allowedAdvisories.joined(separator: ", "))
            }
            return rejectedAdvisories.isEmpty
                ? nil : Phrase("none of ", "不含 ") + Phrase(rejectedAdvisories.joined(separator: ", "))
        case .debug: return denied(allowDebug)
        case .tdProfiling: return denied(allowTDProfiling)
        case .tdReservedBits: return denied(allowTDReservedBits)
        case .tdAttributes: return tdAttributes?.phrase
        case .xfam: return xfam?.phrase
        case .serviceTD: return acceptedServiceTDs.map { .oneOf($0.sorted()) } ?? denied(allowServiceTD)
        case .mrSEAM: return acceptedMRSEAMs.map { .oneOf($0.sorted()) }
        case .sgxIdentity: return sgxIdentity.map { _ in Phrase("required", "必须满足") }
        case .tdIdentity: return tdIdentity.map { Phrase($0.measurements.map(\.name).joined(separator: ", ")) }
        case .reportData:
            return requireReportData
                ? Phrase("required", "必须满足") : Phrase("checked when a nonce is given", "给出 nonce 时检查")
        case .freshness: return requiredNonce?.phrase
        case .platformType:
            let flags = [
                ("dynamic_platform", allowDynamicPlatform), ("cached_keys", allowCachedKeys), ("smt", allowSMT),
            ]
            let parts = (acceptedSGXTypes ?? []) + flags.filter { $0.1 == false }.map { "\($0.0) false" }
            return parts.isEmpty ? nil : Phrase(parts.joined(separator: ", "))
        case .platformID:
            let lists = [
                ("fmspc", acceptedFMSPCs), ("ppid_sha256", acceptedPPIDHashes),
                ("platform_instance_id", acceptedInstanceIDs),
            ].compactMap { name, list in list.map { "\(name): \($0.count)" } }
            return lists.isEmpty ? nil : Phrase(lists.joined(separator: ", "))
        case .eventLog:
            if requireEventLog { return Phrase("required", "必须提交") }
            return allowEventLogMismatch ? nil : Phrase("checked when a log is sent", "提交日志时检查")
        }
    }
}

extension ClaimExpression {
    /// As one line, for people.
    var text: String {
        switch self {
        case .all(let parts): "(" + parts.map(\.text).joined(separator: " and ") + ")"
        case .any(let parts): "(" + parts.map(\.text).joined(separator: " or ") + ")"
        case .not(let part): "not " + part.text
        case .leaf(let test): test.text
        }
    }
}

extension ClaimTest {
    fileprivate var text: String {
        switch values {
        case .none: "\(claim) absent"
        case .inline(let values):
            "\(claim) \(test.rawValue) \(values.sorted().prefix(4).map(\.text).joined(separator: ", "))"
                + (values.count > 4 ? " …" : "")
        case .bound(_, let text): "\(claim) at_least \(text)"
        case .masked(let masked): "\(claim) = \(masked.phrase.english)"
        case .reference(let set, let name): "\(claim) \(test.rawValue) \(set)" + (name == claim ? "" : ".\(name)")
        }
    }
}
