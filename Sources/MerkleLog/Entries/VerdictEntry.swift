public import Wire

/// What was decided about one piece of evidence, and from what (transparency-log 2.3). Commits to everything by hash;
/// holds nothing that identifies a host or a caller (E-12).
public struct VerdictEntry: Hashable, Sendable {
    public enum Decision: String, Hashable, Sendable { case accept, reject, error }

    /// Further evidence judged together with the quote.
    public struct Device: Hashable, Sendable {
        public let sha256: MerkleHash
        public let type: String
        public let verdict: Decision

        public init(sha256: MerkleHash, type: String, verdict: Decision) {
            self.sha256 = sha256
            self.type = type
            self.verdict = verdict
        }
    }

    public var verdict: Decision
    /// Stable codes, sorted; empty for a clean accept.
    public var reasons: [String]
    public var tee: String
    /// Of the canonical quote, without padding.
    public var evidenceSHA256: MerkleHash
    public var jti: String
    public var policyID: String
    public var policySHA256: MerkleHash
    public var verifierSHA256: MerkleHash
    public var collateralSHA256: MerkleHash?
    public var claimsSHA256: MerkleHash?
    public var kid: String?
    /// When the token ends: until then the verdict is live, and judged again when what it rests on changes.
    public var tokenExpiresMilliseconds: Int64?
    /// The status list that says whether the token still stands, and its place in it.
    public var statusList: String?
    public var statusIndex: Int64?
    public var tcbStatus: String?
    public var tcbEvaluationNumber: Int64?
    /// Sorted.
    public var advisories: [String]
    public var fmspc: [UInt8]?
    /// MRTD or MRENCLAVE.
    public var measurement: [UInt8]?
    public var nonceSHA256: MerkleHash?
    public var userDataSHA256: MerkleHash?
    /// Whether what was bound is, or holds, a challenge of this service. Only ever written as `true`.
    public var isChallenge: Bool?
    public var eventLogSHA256: MerkleHash?
    /// Of each reference-set version the policy read, sorted; `nil` where it read none.
    public var references: [MerkleHash]?
    /// The report_data scheme, where report_data was compared.
    public var binding: String?
    /// The interface, where it was not the native one.
    public var adapter: String?
    /// SHA-256 of the anchor's SubjectPublicKeyInfo, where it is not Intel's.
    public var trustRoot: MerkleHash?
    public var devices: [Device]?
    /// Only ever written as `true`.
    public var isCollateralExpired: Bool?
    public var tenant: String?
    /// `false` where raw evidence was deliberately not kept.
    public var isArchived: Bool?

    public init(
        verdict: Decision, reasons: [String], tee: String, evidenceSHA256: MerkleHash, jti: String, policyID: String,
        policySHA256: MerkleHash, verifierSHA256: MerkleHash, advisories: [String] = []
    ) {
        self.verdict = verdict
        self.reasons = reasons.sorted()
        self.tee = tee
        self.evidenceSHA256 = evidenceSHA256
        self.jti = jti
        self.policyID = policyID
        self.policySHA256 = policySHA256
        self.verifierSHA256 = verifierSHA256
        self.advisories = advisories.sorted()
    }

    init(_ reader: inout MemberReader) throws(LogEntryFailure) {
        verdict = try reader.required("verdict", MemberValue.named)
        reasons = try reader.required("reasons", MemberValue.strings)
        tee = try reader.required("tee", MemberValue.string)
        evidenceSHA256 = try reader.required("evidence_sha256", MemberValue.hash)
        jti = try reader.required("jti", MemberValue.string)
        policyID = try reader.required("policy_id", MemberValue.string)
        policySHA256 = try reader.required("policy_sha256", MemberValue.hash)
        verifierSHA256 = try reader.required("verifier_sha256", MemberValue.hash)
        collateralSHA256 = try reader.optional("collateral_sha256", MemberValue.hash)
        claimsSHA256 = try reader.optional("claims_sha256", MemberValue.hash)
        kid = try reader.optional("kid", MemberValue.string)
        tokenExpiresMilliseconds = try reader.optional("token_expires_ms", MemberValue.count)
        statusList = try reader.optional("status_list", MemberValue.string)
        statusIndex = try reader.optional("status_index", MemberValue.count)
        tcbStatus = try reader.optional("tcb_status", MemberValue.string)
        tcbEvaluationNumber = try reader.optional("tcb_eval", MemberValue.integer)
        advisories = try reader.required("advisories", MemberValue.strings)
        fmspc = try reader.optional("fmspc", MemberValue.hex)
        measurement = try reader.optional("measurement", MemberValue.hex)
        nonceSHA256 = try reader.optional("nonce_sha256", MemberValue.hash)
        userDataSHA256 = try reader.optional("userdata_sha256", MemberValue.hash)
        isChallenge = try reader.optional("challenge", MemberValue.bool)
        eventLogSHA256 = try reader.optional("event_log_sha256", MemberValue.hash)
        references = try reader.optional("references", MemberValue.hashes)
        binding = try reader.optional("binding", MemberValue.string)
        adapter = try reader.optional("adapter", MemberValue.string)
        trustRoot = try reader.optional("trust_root", MemberValue.hash)
        devices = try reader.optional("devices") { MemberValue.list($0, Device.init(json:)) }
        isCollateralExpired = try reader.optional("collateral_expired", MemberValue.bool)
        tenant = try reader.optional("tenant", MemberValue.string)
        isArchived = try reader.optional("archived", MemberValue.bool)
    }

    var members: [(String, JSON)] {
        var writer = MemberWriter()
        writer.add("verdict", verdict.rawValue)
        writer.add("reasons", reasons)
        writer.add("tee", tee)
        writer.add("evidence_sha256", evidenceSHA256)
        writer.add("jti", jti)
        writer.add("policy_id", policyID)
        writer.add("policy_sha256", policySHA256)
        writer.add("verifier_sha256", verifierSHA256)
        writer.add("collateral_sha256", collateralSHA256)
        writer.add("claims_sha256", claimsSHA256)
        writer.add("kid", kid)
        writer.add("token_expires_ms", tokenExpiresMilliseconds)
        writer.add("status_list", statusList)
        writer.add("status_index", statusIndex)
        writer.add("tcb_status", tcbStatus)
        writer.add("tcb_eval", tcbEvaluationNumber)
        writer.add("advisories", advisories)
        writer.add("fmspc", hex: fmspc)
        writer.add("measurement", hex: measurement)
        writer.add("nonce_sha256", nonceSHA256)
        writer.add("userdata_sha256", userDataSHA256)
        writer.add("challenge", isChallenge)
        writer.add("event_log_sha256", eventLogSHA256)
        if let references { writer.add("references", references.map { $0.hex }) }
        writer.add("binding", binding)
        writer.add("adapter", adapter)
        writer.add("trust_root", trustRoot)
        if let devices { writer.add("devices", devices.map(\.json)) }
        writer.add("collateral_expired", isCollateralExpired)
        writer.add("tenant", tenant)
        writer.add("archived", isArchived)
        return writer.members
    }
}

extension VerdictEntry.Device {
    fileprivate init?(json: JSON) {
        guard case .object(let members) = json, members.count == 3,
            let sha256 = json["sha256"].flatMap(MemberValue.hash),
            let type = json["type"].flatMap(MemberValue.string),
            let verdict: VerdictEntry.Decision = json["verdict"].flatMap(MemberValue.named)
        else { return nil }
        self.init(sha256: sha256, type: type, verdict: verdict)
    }

    fileprivate var json: JSON {
        .object([("sha256", .string(sha256.hex)), ("type", .string(type)), ("verdict", .string(verdict.rawValue))])
    }
}
