import DCAPFormats
import DCAPVerification
import Wire
import Words

/// Every rule of dcap 6.7, evaluated whole: all failures are listed, not the first. A pure function of facts, policy,
/// reference sets, event log and expected report data.
struct Rules {
    let facts: RecordedFacts
    let policy: Policy
    let references: ReferenceLibrary
    let eventLog: EventLogRecord?
    let expected: ExpectedReportData?

    func evaluate() -> (rules: [RuleResult], comparison: Comparison) {
        var comparison = Comparison()
        var results = tcbRules() + [collateralExpiry(), platformGrace()] + hostPowerRules()
        results += [sgxIdentity(&comparison), tdIdentity(&comparison), reportData(), freshness(), platformType()]
        results += [platformID(), eventLogRule()]
        results += referenceRules() + claimRules(&comparison)
        return (results.map { applyGrace($0) }, comparison)
    }

    /// A failure that the policy puts up with until a date. Whatever is contraindicated stays a failure.
    private func applyGrace(_ result: RuleResult) -> RuleResult {
        guard case .failed(let code, let tier) = result.outcome, tier < .contraindicated,
            let grace = policy.graces.first(where: { $0.rule == result.id }), facts.time < grace.until
        else { return result }
        return result.tolerated(code, until: grace.until, reason: grace.reason)
    }
}

/// TCB levels and what Intel signed about them.
extension Rules {
    func tcbRules() -> [RuleResult] {
        [tcbStatus(), relaunch(), currentTCB(), evaluationNumber(), tcbDate(), advisories()]
    }

    private var acceptedText: Phrase { .oneOf(policy.acceptedStatuses.map(\.rawValue).sorted()) }

    private func tcbStatus() -> RuleResult {
        let status = facts.tcb.status
        guard !status.isRelaunchAdvised else {
            return RuleResult(
                .tcbStatus, .notPerformed(reason: Phrase("judged by tcb.relaunch", "由 tcb.relaunch 判断")),
                found: Phrase(status.rawValue), wanted: acceptedText)
        }
        return RuleResult(
            .tcbStatus, holds: policy.acceptedStatuses.contains(status), else: .tcbStatus, .warning,
            found: Phrase(status.rawValue), wanted: acceptedText)
    }

    /// Accepting a relaunch is not accepting a configuration that needs work: that must be listed too.
    private func relaunch() -> RuleResult {
        let status = facts.tcb.status
        let isConfigurationAccepted =
            status != .tdRelaunchAdvisedConfigurationNeeded || policy.acceptedStatuses.contains(.configurationNeeded)
        return RuleResult(
            .relaunch, holds: !status.isRelaunchAdvised || (policy.acceptRelaunchAdvised && isConfigurationAccepted),
            else: .relaunch, .warning, found: Phrase(status.rawValue),
            wanted: policy.acceptRelaunchAdvised
                ? (isConfigurationAccepted
                    ? .any : Phrase("ConfigurationNeeded among the accepted", "已列出 ConfigurationNeeded"))
                : Phrase("no relaunch advised", "不需要重新启动 TD"))
    }

    /// What runs now: Revoked never, out of date only where the policy lists it.
    private func currentTCB() -> RuleResult {
        let current = facts.tcb.current.status
        let isAcceptable = current != .revoked && (!current.isOutOfDate || policy.acceptedStatuses.contains(current))
        return RuleResult(
            .currentTCB, holds: isAcceptable, else: .currentTCB, current == .revoked ? .contraindicated : .warning,
            found: Phrase(current.rawValue),
            wanted: Phrase("not Revoked, and not out of date unless listed", "不是 Revoked；OutOfDate 须在列表中"))
    }

    private func evaluationNumber() -> RuleResult {
        guard let minimum = policy.minimumEvaluationNumber else { return .notConfigured(.evaluationNumber) }
        let number = Int64(facts.tcb.evaluationNumber)
        return RuleResult(
            .evaluationNumber, holds: number >= minimum, else: .evaluationNumber, .warning, found: Phrase("\(number)"),
            wanted: Phrase("\(minimum) or higher", "不低于 \(minimum)"))
    }

    private func tcbDate() -> RuleResult {
        guard let minimum = policy.minimumTCBDate else { return .notConfigured(.tcbDate) }
        // Launch and current: what runs now may be of an older level than what the TD began on.
        let date = min(facts.tcb.launch.date, facts.tcb.current.date)
        return RuleResult(
            .tcbDate, holds: date >= minimum, else: .tcbDate, .warning, found: Phrase(date.description),
            wanted: Phrase("\(minimum) or later", "不早于 \(minimum)"))
    }

    /// Launch and current: an advisory against what runs now counts no less.
    private func advisories() -> RuleResult {
        guard policy.allowedAdvisories != nil || !policy.rejectedAdvisories.isEmpty else {
            return .notConfigured(.advisories)
        }
        let reported = facts.tcb.advisoryIDs
        let offending = reported.filter { id in
            policy.rejectedAdvisories.contains(id.lowercased())
                || policy.allowedAdvisories.map { !$0.contains(id.lowercased()) } ?? false
        }
        let none = Phrase("none", "无")
        return RuleResult(
            .advisories, holds: offending.isEmpty, else: .advisory, .warning,
            found: offending.isEmpty
                ? (reported.isEmpty ? none : Phrase(reported.joined(separator: ", ")))
                : Phrase(offending.joined(separator: ", ")),
            wanted: policy.allowedAdvisories == nil
                ? Phrase("none of the rejected advisories", "不含被拒绝的安全公告")
                : Phrase("only advisories that the policy allows", "只含策略允许的安全公告"))
    }

    func collateralExpiry() -> RuleResult {
        let end = facts.collateral.earliestExpiration
        let grace = policy.collateralGraceSeconds
        let expired = facts.expiredItems
        let wanted =
            Phrase("every end after \(facts.time)", "所有到期时间晚于 \(facts.time)")
            + (grace > 0 ? Phrase(", \(grace) s of grace", "，宽限 \(grace) 秒") : .none)
        guard facts.isCollateralExpired else {
            return RuleResult(
                .collateralExpiry, .passed, found: Phrase("first end \(end)", "最早到期 \(end)"), wanted: wanted)
        }
        let found = Phrase(
            expired.map { "\($0.name) ended \($0.expires)" }.joined(separator: ", "),
            expired.map { "\($0.name) 已于 \($0.expires) 到期" }.joined(separator: "，"))
        let last = end.advanced(bySeconds: grace)
        guard grace > 0, last >= facts.time else {
            return RuleResult(.collateralExpiry, .failed(.collateralExpired, .warning), found: found, wanted: wanted)
        }
        return RuleResult(
            .collateralExpiry,
            .tolerated(
                .collateralExpired, until: last.advanced(bySeconds: 1), reason: "collateral_grace_seconds \(grace)"),
            found: found, wanted: wanted)
    }

    /// dcap 6.4: an out-of-date platform is put up with until its level's date plus the grace. 96 after that.
    func platformGrace() -> RuleResult {
        guard let grace = policy.platformGraceSeconds else { return .notConfigured(.platformGrace) }
        let status = facts.tcb.status
        let date = facts.tcb.launch.date
        let last = date.advanced(bySeconds: grace)
        let isOutOfDate = status.isOutOfDate || facts.tcb.current.status.isOutOfDate
        let found = Phrase("\(status.rawValue), level of \(date)", "\(status.rawValue)，级别日期 \(date)")
        let wanted = Phrase(
            "not out of date, or a level whose date is at most \(grace) s ago", "未过期，或级别日期在 \(grace) 秒以内")
        if !isOutOfDate, !facts.isCollateralExpired {
            return RuleResult(.platformGrace, .passed, found: found, wanted: wanted)
        }
        guard last >= facts.time else {
            return RuleResult(
                .platformGrace, .failed(.platformGrace, isOutOfDate ? .contraindicated : .warning), found: found,
                wanted: wanted)
        }
        return RuleResult(
            .platformGrace,
            .tolerated(.platformGrace, until: last.advanced(bySeconds: 1), reason: "platform_grace_seconds \(grace)"),
            found: found, wanted: wanted)
    }
}

extension TCBStatus {
    var isRelaunchAdvised: Bool { self == .tdRelaunchAdvised || self == .tdRelaunchAdvisedConfigurationNeeded }
}
