public import MerkleLog
public import Wire

/// What an auditor asks for (transparency-log 15.1): several values of one member mean any of them, several members all.
public struct AuditFilter: Hashable, Sendable {
    /// On `time_ms`, half open.
    public var fromMilliseconds: Int64?
    public var toMilliseconds: Int64?
    public var fromIndex: UInt64?
    public var toIndex: UInt64?
    public var kinds: [String] = []
    public var verdicts: [String] = []
    public var tees: [String] = []
    public var policyIDs: [String] = []
    public var policyHashes: [MerkleHash] = []
    public var evidenceHashes: [MerkleHash] = []
    public var collateralHashes: [MerkleHash] = []
    public var measurements: [[UInt8]] = []
    public var platforms: [[UInt8]] = []
    public var tcbStatuses: [String] = []
    /// Verdicts that used documents older than this evaluation number.
    public var evaluationNumberBelow: Int64?
    public var advisories: [String] = []
    public var tenants: [String] = []
    public var identifiers: [String] = []

    public init() {}

    /// What a cursor is bound to: the same question has the same hash.
    public var sha256: MerkleHash {
        func texts(_ values: [String]) -> JSON { .array(values.sorted().map { .string($0) }) }
        func hashes(_ values: [MerkleHash]) -> JSON { texts(values.map { $0.hex }) }
        func number(_ value: Int64?) -> JSON { value.map { .integer($0) } ?? .null }
        let document = JSON.object([
            ("from_ms", number(fromMilliseconds)), ("to_ms", number(toMilliseconds)),
            ("from_index", number(fromIndex.map { Int64(clamping: $0) })),
            ("to_index", number(toIndex.map { Int64(clamping: $0) })), ("kind", texts(kinds)),
            ("verdict", texts(verdicts)), ("tee", texts(tees)), ("policy_id", texts(policyIDs)),
            ("policy_sha256", hashes(policyHashes)), ("evidence_sha256", hashes(evidenceHashes)),
            ("collateral_sha256", hashes(collateralHashes)),
            ("measurement", texts(measurements.map { Hex.encode($0) })),
            ("fmspc", texts(platforms.map { Hex.encode($0) })), ("tcb_status", texts(tcbStatuses)),
            ("tcb_eval_lt", number(evaluationNumberBelow)), ("advisory", texts(advisories)), ("tenant", texts(tenants)),
            ("jti", texts(identifiers)),
        ])
        return MerkleHashing.sha256(document.canonicalBytes)
    }
}
