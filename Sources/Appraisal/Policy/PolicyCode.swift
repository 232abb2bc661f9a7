/// Why a genuine quote is not acceptable, and what an accept leaves open (dcap 6.7). Raw values are stable.
public enum PolicyCode: String, CaseIterable, Hashable, Sendable {
    case tcbStatus = "POLICY_TCB_STATUS"
    case relaunch = "POLICY_RELAUNCH"
    case currentTCB = "POLICY_CURRENT_TCB"
    case collateralExpired = "POLICY_COLLATERAL_EXPIRED"
    case platformGrace = "POLICY_PLATFORM_GRACE"
    case evaluationNumber = "POLICY_EVAL_NUM"
    case tcbDate = "POLICY_TCB_DATE"
    case advisory = "POLICY_ADVISORY"
    case debug = "POLICY_DEBUG"
    case tdProfiling = "POLICY_TD_PROFILING"
    case tdReserved = "POLICY_TD_RESERVED"
    case tdAttributes = "POLICY_TD_ATTRIBUTES"
    case xfam = "POLICY_XFAM"
    case serviceTD = "POLICY_SERVICE_TD"
    case mrSEAM = "POLICY_MRSEAM"
    case sgxIdentity = "POLICY_SGX_IDENTITY"
    case tdIdentity = "POLICY_TD_IDENTITY"
    case reportData = "POLICY_REPORT_DATA"
    /// Neither a challenge of this service nor, where that is enough, a nonce of the relying party is bound.
    case freshness = "POLICY_NOT_FRESH"
    case platformType = "POLICY_PLATFORM_TYPE"
    case platformID = "POLICY_PLATFORM_ID"
    case eventLog = "POLICY_EVENT_LOG"
    case claim = "POLICY_CLAIM"
    case referenceExpired = "POLICY_REFERENCE_EXPIRED"
    /// A warning: no measurement was compared with a reference value.
    case noReferenceValues = "NO_REFERENCE_VALUES"
    /// A warning: some of the measurements that say which software runs were compared, and some were not.
    case referenceValuesIncomplete = "REFERENCE_VALUES_INCOMPLETE"
    /// A warning: nothing the caller chose was found in the report data.
    case notFresh = "NOT_FRESH"
    /// A warning: a register is reported without the events that would explain it, or a rule rests on an event outside
    /// a boot phase.
    case eventLogIncomplete = "EVENT_LOG_INCOMPLETE"
    /// A warning: a rule rests on a fact of RTMR3, and nothing that is measured protects the disk its agent comes from.
    case rootUnprotected = "ROOT_UNPROTECTED"
    /// A warning: something that fails is put up with until a date.
    case graceInUse = "GRACE_IN_USE"

    /// Whether this leaves an accept open, instead of rejecting.
    public var isWarning: Bool {
        switch self {
        case .noReferenceValues, .referenceValuesIncomplete, .notFresh, .eventLogIncomplete, .rootUnprotected,
            .graceInUse:
            true
        default: false
        }
    }
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

    /// The tier of an AR4SI value.
    init(tierOf value: Int8) {
        switch value {
        case -1...1: self = .affirming
        case 2...31, -32 ... -2: self = .affirming
        case 32...95, -96 ... -33: self = .warning
        default: self = .contraindicated
        }
    }
}
