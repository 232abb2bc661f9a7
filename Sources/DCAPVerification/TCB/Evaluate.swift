import DCAPFormats
import Wire

/// Phase I: launch, current, relaunch, and the one status that is terminal.
extension LevelMatch {
    func evaluate(_ body: Quote.Body) throws(Refusal) -> TCBEvaluation {
        let launchSVN: FixedBytes<16>?
        let currentSVN: FixedBytes<16>?
        switch body {
        case .sgx: (launchSVN, currentSVN) = (nil, nil)
        case .td(let report): (launchSVN, currentSVN) = (report.teeTCBSVN, report.tdx15?.teeTCBSVN2)
        }
        let launch = try check(.tcbLaunch) { () throws(VerificationFailure) in try evaluate(launchSVN, "launch") }
        var current = launch
        if let currentSVN, currentSVN != launchSVN {
            current = try check(.tcbCurrent) { () throws(VerificationFailure) in
                try evaluate(currentSVN, "current")
            }
        }
        let status = currentSVN == nil ? launch.status : launch.status.relaunch(current: current.status)
        try check(.tcbResult) { () throws(VerificationFailure) in
            try require(
                status != .revoked,
                VerificationFailure(
                    .tcbRevoked, field: "tcb", found: "Revoked", wanted: "any published status but Revoked"))
        }
        return TCBEvaluation(
            status: status, launch: launch, current: current,
            tcbInfoEvaluationNumber: tcbInfo.tcbEvaluationDataNumber,
            qeIdentityEvaluationNumber: qeIdentity.tcbEvaluationDataNumber,
            outOfDate: launch.status.isOutOfDate ? outOfDateComponents(launch, launchSVN) : [],
            svnRegression: Self.isRegression(launchSVN, currentSVN))
    }

    /// Bytes 0 to 2 with equal major version: the module that runs now is older than the one that launched the TD.
    private static func isRegression(_ launch: FixedBytes<16>?, _ current: FixedBytes<16>?) -> Bool {
        guard let launch, let current, launch[1] == current[1] else { return false }
        return current[0] < launch[0] || current[2] < launch[2]
    }
}
