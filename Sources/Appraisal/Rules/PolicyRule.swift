/// The rules of dcap 6.7 that every policy answers; claim rules and reference sets come beside them under names of their
/// own. The raw value is the rule's stable identifier.
public enum PolicyRule: String, CaseIterable, Hashable, Sendable {
    case tcbStatus = "tcb.status"
    case relaunch = "tcb.relaunch"
    case currentTCB = "tcb.current"
    case collateralExpiry = "collateral.expiry"
    case platformGrace = "platform.grace"
    case evaluationNumber = "tcb.evaluation_number"
    case tcbDate = "tcb.date"
    case advisories = "tcb.advisories"
    case debug = "debug"
    case tdProfiling = "td.profiling"
    case tdReservedBits = "td.reserved_bits"
    case tdAttributes = "td.attributes"
    case xfam = "td.xfam"
    case serviceTD = "td.service_td"
    case mrSEAM = "td.mr_seam"
    case sgxIdentity = "sgx.identity"
    case tdIdentity = "td.identity"
    case reportData = "report_data"
    case freshness = "freshness"
    case platformType = "platform.type"
    case platformID = "platform.id"
    case eventLog = "event_log"

    /// Whether a policy may put up with a failure until a date. What shows that somebody can look inside, or that this is
    /// another piece of software, is never put up with.
    var allowsGrace: Bool {
        switch self {
        case .tcbStatus, .relaunch, .currentTCB, .collateralExpiry, .evaluationNumber, .tcbDate, .advisories,
            .platformType, .mrSEAM:
            true
        case .platformGrace, .debug, .tdProfiling, .tdReservedBits, .tdAttributes, .xfam, .serviceTD, .sgxIdentity,
            .tdIdentity, .reportData, .freshness, .platformID, .eventLog:
            false
        }
    }
}
