import AuditStore
import Words

extension EvidenceFailure {
    /// For the caller; `nil`: nothing more than that there is no verdict.
    var detail: Sentence? {
        switch kind {
        case .unavailable: nil
        case .full:
            "nothing was decided: the archive of evidence has reached its limit, and no accept is given without its evidence; the operator has to make room"
        case .callerBudget:
            "nothing was decided: the evidence of this caller's accepts has taken all bytes of the day; send smaller event logs, or ask again tomorrow (UTC)"
        }
    }
}
