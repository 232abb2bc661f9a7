import DCAPFormats
import DCAPVerification
import Wire

/// Every rule of dcap 6.7 that the policy configures, evaluated whole: all failures are listed, not the first.
enum Rules {
    static func evaluate(
        _ quote: VerifiedQuote, under policy: Policy, expecting reportData: ExpectedReportData?
    ) -> [RuleResult] {
        [
            tcbStatus(quote, policy), relaunch(quote, policy), currentTCB(quote, policy),
            collateralExpiry(quote, policy), debug(quote, policy),
        ] + tdBits(quote, policy) + [reportDataRule(quote, reportData)]
    }

    private static func tcbStatus(_ quote: VerifiedQuote, _ policy: Policy) -> RuleResult {
        let status = quote.tcb.status
        let wanted = policy.acceptedStatuses.map(\.rawValue).sorted().joined(separator: " or ")
        guard !status.isRelaunchAdvised else {
            return RuleResult(
                "tcb.status", .notPerformed(reason: "judged by tcb.relaunch"), found: status.rawValue, wanted: wanted)
        }
        return RuleResult(
            "tcb.status", holds: policy.acceptedStatuses.contains(status), else: .tcbStatus, .warning,
            found: status.rawValue, wanted: wanted)
    }

    private static func relaunch(_ quote: VerifiedQuote, _ policy: Policy) -> RuleResult {
        RuleResult(
            "tcb.relaunch", holds: policy.acceptRelaunchAdvised || !quote.tcb.status.isRelaunchAdvised,
            else: .relaunch, .warning, found: quote.tcb.status.rawValue,
            wanted: policy.acceptRelaunchAdvised ? "any" : "no relaunch advised")
    }

    /// What runs now: Revoked never, out of date only where the policy lists it.
    private static func currentTCB(_ quote: VerifiedQuote, _ policy: Policy) -> RuleResult {
        let current = quote.tcb.current.status
        let isAcceptable =
            current != .revoked && (!current.isOutOfDate || policy.acceptedStatuses.contains(current))
        return RuleResult(
            "tcb.current", holds: isAcceptable, else: .currentTCB,
            current == .revoked ? .contraindicated : .warning, found: current.rawValue,
            wanted: "not Revoked, and not out of date unless listed")
    }

    private static func collateralExpiry(_ quote: VerifiedQuote, _ policy: Policy) -> RuleResult {
        let end = quote.collateral.earliestExpiration
        let isWithinGrace =
            policy.collateralGraceSeconds > 0
            && end.advanced(bySeconds: policy.collateralGraceSeconds) >= quote.time
        let names = quote.expiredItems.map { "\($0.name) ended \($0.expires)" }
        return RuleResult(
            "collateral.expiry", holds: !quote.collateralExpired || isWithinGrace, else: .collateralExpired, .warning,
            found: names.isEmpty ? "first end \(end)" : names.joined(separator: ", "),
            wanted: "every end after \(quote.time)"
                + (policy.collateralGraceSeconds > 0 ? ", \(policy.collateralGraceSeconds) s of grace" : ""))
    }

    private static func debug(_ quote: VerifiedQuote, _ policy: Policy) -> RuleResult {
        let isDebug =
            switch quote.quote.body {
            case .sgx(let report): report.flags.contains(.debug)
            case .td(let report): report.tdAttributes.contains(.debug)
            }
        return RuleResult(
            "debug", holds: policy.allowDebug || !isDebug, else: .debug, .contraindicated,
            found: isDebug ? "debug bit set: the host can read the memory" : "debug bit clear",
            wanted: policy.allowDebug ? "any" : "debug bit clear")
    }

    private static func tdBits(_ quote: VerifiedQuote, _ policy: Policy) -> [RuleResult] {
        guard case .td(let report) = quote.quote.body else {
            return ["td.profiling", "td.reserved_bits", "td.service_td"].map {
                RuleResult($0, .notPerformed(reason: "the quote is of SGX"), found: "", wanted: "")
            }
        }
        let profiling = report.tdAttributes.intersection(.profiling)
        let reserved = report.tdAttributes.intersection(.mustBeZero)
        let service = report.tdx15?.mrServiceTD
        return [
            RuleResult(
                "td.profiling", holds: policy.allowTDProfiling || profiling.isEmpty, else: .tdProfiling,
                .contraindicated, found: hex(profiling), wanted: policy.allowTDProfiling ? "any" : hex([])),
            RuleResult(
                "td.reserved_bits", holds: policy.allowTDReservedBits || reserved.isEmpty, else: .tdReserved,
                .contraindicated, found: hex(reserved), wanted: policy.allowTDReservedBits ? "any" : hex([])),
            service.map {
                RuleResult(
                    "td.service_td", holds: policy.allowServiceTD || $0.isZero, else: .serviceTD, .contraindicated,
                    found: $0.hex, wanted: policy.allowServiceTD ? "any" : "zero: no service TD is bound")
            }
                ?? RuleResult(
                    "td.service_td", .notPerformed(reason: "a TDX 1.0 body has no mrServiceTd"), found: "", wanted: ""),
        ]
    }

    private static func reportDataRule(_ quote: VerifiedQuote, _ expected: ExpectedReportData?) -> RuleResult {
        let found = quote.quote.reportData
        guard let expected else {
            let reason =
                found.isZero
                ? "nothing to compare with was given, and report_data is all zero" : "nothing to compare with was given"
            return RuleResult("report_data", .notPerformed(reason: reason), found: found.hex, wanted: "")
        }
        return RuleResult(
            "report_data", holds: expected.holds(in: found), else: .reportData, .contraindicated, found: found.hex,
            wanted: expected.text)
    }

    private static func hex(_ attributes: TDAttributes) -> String { "0x" + String(attributes.rawValue, radix: 16) }
}

extension TCBStatus {
    var isRelaunchAdvised: Bool { self == .tdRelaunchAdvised || self == .tdRelaunchAdvisedConfigurationNeeded }
}
