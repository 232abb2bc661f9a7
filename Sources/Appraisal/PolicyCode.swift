/// Why a genuine quote is not acceptable, and what an accept leaves open (dcap 6.7). Raw values are stable.
public enum PolicyCode: String, CaseIterable, Hashable, Sendable {
    case tcbStatus = "POLICY_TCB_STATUS"
    case relaunch = "POLICY_RELAUNCH"
    case currentTCB = "POLICY_CURRENT_TCB"
    case collateralExpired = "POLICY_COLLATERAL_EXPIRED"
    case debug = "POLICY_DEBUG"
    case tdProfiling = "POLICY_TD_PROFILING"
    case tdReserved = "POLICY_TD_RESERVED"
    case serviceTD = "POLICY_SERVICE_TD"
    case reportData = "POLICY_REPORT_DATA"
    /// A warning: no measurement was compared with a reference value.
    case noReferenceValues = "NO_REFERENCE_VALUES"
    /// A warning: nothing the caller chose was found in the report data.
    case notFresh = "NOT_FRESH"
}

/// What a relying party may conclude (AR4SI, wire-formats 3.2), best first.
public enum TrustStatus: String, Hashable, Sendable, Comparable {
    case affirming, warning, contraindicated, none

    public static func < (left: TrustStatus, right: TrustStatus) -> Bool { left.rank < right.rank }

    private var rank: Int {
        switch self {
        case .affirming: 0
        case .warning: 1
        case .contraindicated: 2
        case .none: 3
        }
    }
}
