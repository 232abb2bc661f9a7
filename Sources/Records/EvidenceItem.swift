public import MerkleLog
public import Wire

/// Why a blob is kept.
public enum EvidenceRole: String, CaseIterable, Hashable, Sendable {
    case quote
    case eventLog = "event_log"
    case userData = "user_data"
    case nonce
    /// Of a token, without `log` and without its signature: nobody can use them.
    case claims
    case policy
    case referenceSet = "reference_set"
    case collateral, manifest, verifier

    /// Documents that many verdicts rest on; the others belong to one.
    public var isShared: Bool {
        switch self {
        case .quote, .eventLog, .userData, .nonce, .claims: false
        case .policy, .referenceSet, .collateral, .manifest, .verifier: true
        }
    }
}

/// Bytes that a verdict rests on, for the archive.
public struct EvidenceItem: Hashable, Sendable {
    public let role: EvidenceRole
    public let bytes: [UInt8]
    public let sha256: MerkleHash

    public init(_ role: EvidenceRole, _ bytes: [UInt8], sha256: MerkleHash? = nil) {
        self.role = role
        self.bytes = bytes
        self.sha256 = sha256 ?? MerkleHashing.sha256(bytes)
    }
}
