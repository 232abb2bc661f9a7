import DCAPFormats
public import Wire

/// Rules over verified facts (dcap 6.7). A policy decides what is acceptable among what is genuine; it cannot make
/// anything genuine.
///
/// A value is a parsed document; its identity is the hash of that document's bytes. Versions are immutable: another rule is
/// another document with another hash. What a document leaves out has the default of dcap 6.7, which is the strict one.
public struct Policy: Hashable, Sendable {
    public let id: String
    public let version: Int64
    public internal(set) var summary: String?
    /// The document as it was stored.
    public let bytes: [UInt8]
    /// The policy's identity: SHA-256 of `bytes`.
    public let digest: FixedBytes<32>
    /// The same in hex.
    public let sha256: String

    // TCB and collateral
    var acceptedStatuses: Set<TCBStatus> = [.upToDate]
    var acceptRelaunchAdvised = false
    package internal(set) var collateralGraceSeconds: Int64 = 0
    var platformGraceSeconds: Int64?
    var minimumEvaluationNumber: Int64?
    var minimumTCBDate: Instant?
    /// In lower case; advisory ids have no case.
    var rejectedAdvisories: [String] = []
    var allowedAdvisories: [String]?

    // What the host may do
    var allowDebug = false
    var allowTDProfiling = false
    var allowTDReservedBits = false
    var tdAttributes: MaskedBytes?
    var xfam: MaskedBytes?
    var allowServiceTD = false
    var acceptedServiceTDs: Set<String>?
    var acceptedMRSEAMs: Set<String>?

    // Which software
    var sgxIdentity: SGXIdentity?
    var tdIdentity: TDIdentity?
    var requireReportData = false
    var reportDataSchemes: Set<ExpectedReportData.Scheme>?
    /// `require_challenge`; `nil` for false.
    var requiredNonce: RequiredNonce?

    // Which platform
    var acceptedSGXTypes: [String]?
    /// `false` forbids; `nil` and `true` say nothing.
    var allowDynamicPlatform: Bool?
    var allowCachedKeys: Bool?
    var allowSMT: Bool?
    var acceptUndefinedFlags = false
    var acceptedFMSPCs: Set<String>?
    var acceptedPPIDHashes: Set<String>?
    var acceptedInstanceIDs: Set<String>?

    // Event log and claims
    var requireEventLog = false
    var allowEventLogMismatch = false
    var requireAllRegistersReplayed = false
    var claimRules: [ClaimRule] = []
    var graces: [Grace] = []

    init(id: String, version: Int64, bytes: [UInt8]) {
        self.id = id
        self.version = version
        self.bytes = bytes
        digest = FixedBytes(sha256: bytes[...])
        sha256 = digest.hex
    }

    /// The document, to be shown; members in its order.
    public var document: JSON {
        (try? JSONDocument(parsing: bytes)).flatMap { JSON(document: $0.root) } ?? .object([])
    }

    public static func == (left: Policy, right: Policy) -> Bool { left.bytes == right.bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// A failure that is put up with until a day, for a reason somebody wrote down. It stays in the verdict: the rule is
/// marked, `GRACE_IN_USE` stands in the reasons, and the status is `warning` at best.
public struct Grace: Hashable, Sendable {
    /// The rule's identifier: `tcb.status`, `claim.kernel`.
    public let rule: String
    /// From here on it no longer holds.
    public let until: Instant
    public let reason: String
}

/// Which enclaves.
struct SGXIdentity: Hashable, Sendable {
    var mrEnclaves: Set<String>?
    var mrSigners: Set<String>?
    var isvProdID: Int64?
    var minimumISVSVN: Int64?
    var configID: String?
    var minimumConfigSVN: Int64?
    var isvExtProdID: String?
    var isvFamilyID: String?
    var miscSelect: MaskedBytes?
    /// FLAGS and XFRM, 16 bytes.
    var attributes: MaskedBytes?
}

/// Which TDs: for each measurement the values that are accepted.
struct TDIdentity: Hashable, Sendable {
    /// In the order of the quote; only those that are compared.
    var measurements: [(name: String, values: Set<String>)]

    static let names: [StaticString] = [
        "mr_td", "rtmr0", "rtmr1", "rtmr2", "rtmr3", "mr_config_id", "mr_owner", "mr_owner_config",
    ]

    static func == (left: TDIdentity, right: TDIdentity) -> Bool {
        left.measurements.elementsEqual(right.measurements) { $0.name == $1.name && $0.values == $1.values }
    }

    func hash(into hasher: inout Hasher) { for (name, _) in measurements { hasher.combine(name) } }
}
