import DCAPFormats
import Wire

/// The complete check list of a verification. Authenticity fails fast, so the list follows from the one failure (or none)
/// and the facts: it is derived when somebody looks, and costs nothing when nobody does.
enum CheckList {
    static func verified(_ quote: VerifiedQuote) -> [Check] {
        VerificationStep.allCases.map { step in
            if let reason = withoutObject(step, quote.quote) { return Check(step, .notPerformed(reason: reason)) }
            let (found, wanted) = facts(step, quote)
            let isFailed = step == .collateralFreshness && quote.collateralExpired
            return Check(step, isFailed ? .failed : .passed, found: found, wanted: wanted)
        }
    }

    static func refused(_ refusal: Refusal, tee: TEE?) -> [Check] {
        let steps = VerificationStep.allCases
        let failed = steps.firstIndex(of: refusal.step) ?? 0
        return steps.enumerated().map { position, step in
            if position == failed {
                return Check(step, .failed, found: refusal.failure.found, wanted: refusal.failure.wanted)
            }
            if step == .tdxModule, tee == .sgx { return Check(step, .notPerformed(reason: "the quote is of SGX")) }
            if position < failed { return Check(step, .passed) }
            return Check(step, .notPerformed(reason: "\(refusal.step.rawValue) failed"))
        }
    }

    /// Why a check has nothing to look at in this kind of quote.
    private static func withoutObject(_ step: VerificationStep, _ quote: Quote) -> String? {
        switch (step, quote.body) {
        case (.tdxModule, .sgx): "the quote is of SGX"
        case (.tcbCurrent, .sgx): "the quote is of SGX"
        case (.tcbCurrent, .td(let report)) where report.tdx15 == nil:
            "a TDX 1.0 body does not say which module runs now"
        default: nil
        }
    }

    private static func facts(_ step: VerificationStep, _ verified: VerifiedQuote) -> (found: String, wanted: String) {
        let quote = verified.quote
        let tcb = verified.tcb
        switch step {
        case .quoteFormat:
            return (
                "version \(quote.header.version), \(quote.tee.name.uppercased()), body type \(quote.bodyType.rawValue)",
                ""
            )
        case .time: return ("\(verified.time)", "")
        case .pckRoot:
            return (
                verified.isUnderIntelRoot ? "Intel SGX Root CA" : "a root that is NOT Intel's, named by the operator",
                ""
            )
        case .pckIntermediate: return (verified.platform.authority.role.rawValue, "")
        case .pckExtension: return ("FMSPC \(verified.platform.fmspc.hex)", "")
        case .tcbInfoContent: return ("evaluation data number \(tcb.tcbInfoEvaluationNumber)", "")
        case .qeIdentityContent: return ("evaluation data number \(tcb.qeIdentityEvaluationNumber)", "")
        case .tdxModule:
            guard case .td(let report) = quote.body else { return ("", "") }
            return ("module version \(report.teeTCBSVN[1]), SVN \(report.teeTCBSVN[0])", "")
        case .qeReportIdentity: return ("ISVSVN \(quote.signatureData.qeReport.isvSVN)", "")
        case .tcbLaunch: return (text(tcb.launch), "")
        case .tcbCurrent: return (text(tcb.current), "")
        case .tcbResult: return (tcb.status.rawValue, "any published status but Revoked")
        case .collateralFreshness:
            let expired = verified.expiredItems
            guard !expired.isEmpty else { return ("first end \(verified.collateral.earliestExpiration)", "") }
            return (
                expired.map { "\($0.name) ended \($0.expires)" }.joined(separator: ", "),
                "every end after \(verified.time)"
            )
        default: return ("", "")
        }
    }

    private static func text(_ level: TCBEvaluation.Level) -> String {
        let module = level.moduleStatus.map { ", module \($0.rawValue)" } ?? ""
        return "\(level.status.rawValue) (platform \(level.platformStatus.rawValue)\(module), "
            + "QE \(level.qeStatus.rawValue)), TCB date \(level.date)"
    }
}
