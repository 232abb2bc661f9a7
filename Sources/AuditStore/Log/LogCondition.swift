import MerkleLog

/// Whether the log takes entries, and if not, why (transparency-log 17).
public enum LogCondition: Hashable, Sendable {
    case ok
    /// The disk is nearly full: alarm, and go on.
    case degraded(String)
    /// The disk takes nothing; proofs and exports go on, and appending again as soon as there is room.
    case readOnly(String)
    /// Committed, and the key does not sign; tried every second.
    case unsigned(String)
    /// What is stored is not what was written. Only a person resolves this.
    case integrityFault(String)
    /// Nobody knows what is on the disk: the process is ending.
    case lost(String)
    case stopped

    public var name: String {
        switch self {
        case .ok: "ok"
        case .degraded: "degraded"
        case .readOnly: "read_only"
        case .unsigned: "unsigned"
        case .integrityFault: "integrity_fault"
        case .lost: "lost"
        case .stopped: "stopped"
        }
    }

    /// Those that requests cause.
    public var takesEntries: Bool {
        switch self {
        case .ok, .degraded: true
        case .readOnly, .unsigned, .integrityFault, .lost, .stopped: false
        }
    }

    /// The log's own and its operator's: for those there is a reserve on the disk.
    var takesOwnEntries: Bool {
        switch self {
        case .ok, .degraded, .readOnly: true
        case .unsigned, .integrityFault, .lost, .stopped: false
        }
    }

    func takes(_ body: LogEntryBody) -> Bool { body.isOwn ? takesOwnEntries : takesEntries }

    /// For the operator.
    public var reason: String? {
        switch self {
        case .ok, .stopped: nil
        case .degraded(let why), .readOnly(let why), .unsigned(let why), .integrityFault(let why), .lost(let why): why
        }
    }

    var refusal: AppendFailure {
        takesEntries ? .backpressure : .unavailable(reason ?? "the service is stopping")
    }
}

extension LogEntryBody {
    /// What the service and its operator have to say whatever the disk: few, and small. The others come with requests.
    var isOwn: Bool {
        switch self {
        case .verdict, .reappraisal, .collateral, .unknown: false
        case .genesis, .restart, .summary, .purge, .access, .admin, .key, .verifier, .policy, .referenceSet, .freeze:
            true
        }
    }
}
