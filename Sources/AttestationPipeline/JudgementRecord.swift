public import Appraisal
public import DCAPFormats
import DCAPVerification
public import MerkleLog
public import Wire

/// A judgement as the log tells it. Pure: an auditor who judges the same again writes the same entry (transparency-log 14.5).
extension Judgement {
    public func logEntry(verifier: MerkleHash, _ commitment: TokenCommitment?) -> LogEntry {
        LogEntry(timeMilliseconds: timeMilliseconds, body: .verdict(verdictEntry(verifier: verifier, commitment)))
    }

    /// - Parameters:
    ///   - verifier: SHA-256 of the verifier object.
    ///   - commitment: The token to come, if any.
    public func verdictEntry(verifier: MerkleHash, _ commitment: TokenCommitment?) -> VerdictEntry {
        let (evidence, given) = (submission.evidence, submission.given)
        var entry = VerdictEntry(
            verdict, of: evidence.quote, evidenceSHA256: evidence.sha256, jti: identifier, policy: policy,
            verifier: verifier)
        entry.collateralSHA256 = collateral?.manifestSHA256
        entry.claimsSHA256 = commitment?.claimsSHA256
        entry.kid = commitment?.keyIdentifier
        entry.tokenExpiresMilliseconds = commitment.map { $0.expires.seconds * 1_000 }
        entry.statusList = commitment?.status?.list
        entry.statusIndex = commitment?.status?.index
        entry.nonceSHA256 = given.nonceSHA256
        entry.userDataSHA256 = given.userDataSHA256
        entry.isChallenge = given.isChallenge ? true : nil
        entry.eventLogSHA256 = evidence.eventLogSHA256
        if !references.isEmpty {
            entry.references = references.recordedHashes
        }
        entry.adapter = submission.adapter == .native ? nil : submission.adapter.rawValue
        return entry
    }

    /// The documents that the verdict rests on, by name and as received; `nil` where none were at hand.
    public var collateral: RecordedCollateral? {
        endorsements?.recorded(tee: submission.evidence.quote.tee.name)
    }
}

extension [ReferenceSet] {
    /// As an entry names them.
    public var recordedHashes: [MerkleHash] { map(\.digest).sorted { $0.hex < $1.hex } }
}

/// What a verdict was judged by, under one hash. One policy is its own document; several that had to hold together are a
/// document that names them in their order.
public struct RecordedPolicy: Hashable, Sendable {
    public let id: String
    public let document: [UInt8]
    public let sha256: MerkleHash
    /// The policies themselves.
    public let policies: [Policy]

    public init(_ policies: [Policy]) {
        self.policies = policies
        // Eight names of any length must fit an entry.
        id = String(policies.map(\.id).joined(separator: "+").prefix(256))
        if let policy = policies.first, policies.count == 1 {
            document = policy.bytes
            sha256 = policy.digest
        } else {
            document =
                JSON.object([
                    ("kind", .string("policy-set")), ("policies", .array(policies.map { .string($0.sha256) })),
                    ("v", .integer(1)),
                ]).canonicalBytes
            sha256 = MerkleHashing.sha256(document)
        }
    }

    /// The hashes of the policies that a recorded document names; `nil` where it is a policy itself.
    public static func members(of document: [UInt8]) -> [MerkleHash]? {
        guard let root = try? JSONDocument(parsing: document).root, root.member("kind")?.string == "policy-set",
            let list = root.member("policies")
        else { return nil }
        let elements = Array(list.elements)
        let hashes = elements.compactMap { element in
            element.string.flatMap { Hex.decode($0) }.flatMap { MerkleHash(exactly: $0) }
        }
        return hashes.count == elements.count ? hashes : nil
    }
}

/// Collateral as the archive keeps it: the manifest, and every part by its hash.
public struct RecordedCollateral: Sendable {
    public let manifest: CollateralManifest
    /// Its document and the hash of that, made once: every verdict that rests on it names them.
    public let manifestDocument: [UInt8]
    public let manifestSHA256: MerkleHash
    public let parts: [MerkleHash: [UInt8]]
    /// The first date at which one of the documents should have been replaced.
    public let nextUpdateMilliseconds: Int64

    init(_ verified: VerifiedCollateral, early: VerifiedCollateral?, tee: String) {
        let source = verified.source
        var documents: [(CollateralManifest.Part, [UInt8])] = [
            (.tcbInfo, source.tcbInfo.document.responseBytes(member: "tcbInfo")),
            (.tcbInfoIssuerChain, source.tcbInfo.issuerChain),
            (.qeIdentity, source.qeIdentity.document.responseBytes(member: "enclaveIdentity")),
            (.qeIdentityIssuerChain, source.qeIdentity.issuerChain), (.rootCACRL, source.rootCRL),
            (.pckCRL, source.pckCRL),
        ]
        if let chain = source.pckCRLIssuerChain { documents.append((.pckCRLIssuerChain, chain)) }
        if let early = early?.source {
            documents += [
                (.earlyTCBInfo, early.tcbInfo.document.responseBytes(member: "tcbInfo")),
                (.earlyTCBInfoIssuerChain, early.tcbInfo.issuerChain),
                (.earlyQEIdentity, early.qeIdentity.document.responseBytes(member: "enclaveIdentity")),
                (.earlyQEIdentityIssuerChain, early.qeIdentity.issuerChain),
            ]
        }
        var names: [CollateralManifest.Part: MerkleHash] = [:]
        var parts: [MerkleHash: [UInt8]] = [:]
        for (part, bytes) in documents {
            let hash = MerkleHashing.sha256(bytes)
            names[part] = hash
            parts[hash] = bytes
        }
        manifest = CollateralManifest(parts: names, tee: tee)
        manifestDocument = manifest.document
        manifestSHA256 = MerkleHashing.sha256(manifestDocument)
        self.parts = parts
        nextUpdateMilliseconds = verified.nextUpdate.seconds * 1_000
    }
}

extension VerdictEntry {
    /// What the verdict itself says; what only its submission knows (nonce, adapter, token) is added by whoever has it.
    ///
    /// - Parameters:
    ///   - quote: The canonical quote that was judged.
    ///   - evidenceSHA256: SHA-256 of its bytes.
    ///   - policy: What the verdict was judged by.
    ///   - verifier: SHA-256 of the verifier object.
    public init(
        _ verdict: Verdict, of quote: Quote, evidenceSHA256: MerkleHash, jti: String, policy: RecordedPolicy,
        verifier: MerkleHash
    ) {
        self.init(
            verdict: Decision(verdict.decision), reasons: verdict.reasons, tee: quote.tee.name,
            evidenceSHA256: evidenceSHA256, jti: jti, policyID: policy.id,
            policySHA256: policy.sha256, verifierSHA256: verifier)
        measurement =
            switch quote.body {
            case .td(let report): report.mrTD.bytes
            case .sgx(let report): report.mrEnclave.bytes
            }
        if !verdict.trustAnchor.isIntel {
            trustRoot = verdict.trustAnchor.publicKeyInfoSHA256.flatMap { MerkleHash(exactly: $0) }
        }
        if case .verified(let verified) = verdict.verification { add(verified, verdict) }
    }

    /// What is known of a genuine quote.
    private mutating func add(_ verified: VerifiedQuote, _ verdict: Verdict) {
        tcbStatus = verified.tcb.status.rawValue
        tcbEvaluationNumber = Int64(verified.tcb.evaluationNumber)
        advisories = verified.tcb.launch.advisoryIDs.sorted()
        fmspc = verified.platform.fmspc.bytes
        isCollateralExpired = verified.collateralExpired ? true : nil
        binding = verdict.expectedReportData?.scheme.rawValue
    }
}

extension VerdictEntry.Decision {
    fileprivate init(_ decision: Verdict.Decision) {
        switch decision {
        case .accept: self = .accept
        case .reject: self = .reject
        case .error: self = .error
        }
    }
}

extension ExpectedReportData {
    /// What report_data had to hold, from what the archive keeps: the inverse of what `Submission.Given` records.
    ///
    /// - Parameter isChallenge: What the entry says: the nonce, or what is inside the user data, was a challenge.
    public init?(recorded scheme: Scheme, nonce: [UInt8]?, userData: [UInt8]?, isChallenge: Bool) {
        guard let bound = Self.bound(scheme, nonce, userData ?? [], hasKey: userData != nil) else { return nil }
        // The nonce of a challenge has 32 bytes (wire-formats 3.9).
        if isChallenge, let nonce, nonce.count != 32 { return nil }
        self = bound.asked(by: isChallenge ? .challenge : nonce == nil ? nil : .nonce)
    }

    private static func bound(
        _ scheme: Scheme, _ nonce: [UInt8]?, _ userData: [UInt8], hasKey: Bool
    ) -> ExpectedReportData? {
        let bound = (nonce ?? []) + userData
        switch scheme {
        case .raw: return ExpectedReportData(raw: bound)
        case .sha256: return ExpectedReportData(.sha256, of: bound)
        case .sha384: return ExpectedReportData(.sha384, of: bound)
        case .sha512: return ExpectedReportData(.sha512, of: bound)
        // Where the time of issue ends and data begins was not kept, and does not matter to the hash.
        case .ita: return .ita(value: nonce ?? [], issued: userData, data: [])
        case .maa: return .maa(bound)
        case .spki: return .spki(bound)
        case .assay:
            guard let nonce else { return nil }
            guard hasKey else { return .assay(nonce: nonce, keyThumbprint: nil) }
            guard let thumbprint = FixedBytes<32>(exactly: userData) else { return nil }
            return .assay(nonce: nonce, keyThumbprint: thumbprint)
        }
    }
}

extension Collateral {
    /// The documents of an archived manifest, to judge again with.
    ///
    /// - Parameter parts: By hash.
    /// - Returns: `nil` where one that every verdict needs is missing.
    public init?(_ manifest: CollateralManifest, parts: [MerkleHash: [UInt8]]) {
        self.init(
            manifest, parts, tcbInfo: (.tcbInfo, .tcbInfoIssuerChain), qeIdentity: (.qeIdentity, .qeIdentityIssuerChain)
        )
    }

    /// The newest documents of an archived manifest, which forecasts are made from, under the same lists of revocations.
    ///
    /// - Returns: `nil` where there are none.
    public init?(early manifest: CollateralManifest, parts: [MerkleHash: [UInt8]]) {
        self.init(
            manifest, parts, tcbInfo: (.earlyTCBInfo, .earlyTCBInfoIssuerChain),
            qeIdentity: (.earlyQEIdentity, .earlyQEIdentityIssuerChain))
    }

    private typealias Signed = (document: CollateralManifest.Part, issuerChain: CollateralManifest.Part)

    private init?(
        _ manifest: CollateralManifest, _ parts: [MerkleHash: [UInt8]], tcbInfo: Signed, qeIdentity: Signed
    ) {
        func bytes(_ part: CollateralManifest.Part) -> [UInt8]? { manifest.parts[part].flatMap { parts[$0] } }
        func response(_ signed: Signed) -> SignedResponse? {
            guard let document = bytes(signed.document), let chain = bytes(signed.issuerChain) else { return nil }
            return SignedResponse(document: .response(document), issuerChain: chain)
        }
        guard let tcbInfo = response(tcbInfo), let qeIdentity = response(qeIdentity),
            let rootCRL = bytes(.rootCACRL), let pckCRL = bytes(.pckCRL)
        else { return nil }
        self.init(
            pckCRL: pckCRL, pckCRLIssuerChain: bytes(.pckCRLIssuerChain), rootCRL: rootCRL, tcbInfo: tcbInfo,
            qeIdentity: qeIdentity)
    }
}
