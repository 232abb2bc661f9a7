public import Appraisal
public import DCAPFormats
import DCAPVerification
public import MerkleLog
public import Wire

/// A judgement as the log tells it. Pure: an auditor who judges the same again writes the same entry (transparency-log 14.5).
extension Judgement {
    /// The whole entry, with its time.
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

    /// What the entry commits to, for the archive: everything where the quote verified. Of another quote, which anybody can
    /// write, no more than its own bytes: nothing that came with it was looked at (transparency-log 14.1). The verifier
    /// object is not among it: it is announced, and archived then.
    package func items(_ commitment: TokenCommitment?) -> [EvidenceItem] {
        let evidence = submission.evidence
        var items = [EvidenceItem(.quote, evidence.quote.bytes, sha256: evidence.sha256)]
        if case .verified = verdict.verification { items += accompanying }
        for policy in policy.policies { items.append(EvidenceItem(.policy, policy.bytes, sha256: policy.digest)) }
        if policy.policies.count > 1 { items.append(EvidenceItem(.policy, policy.document, sha256: policy.sha256)) }
        for set in references { items.append(EvidenceItem(.referenceSet, set.bytes, sha256: set.digest)) }
        if let collateral {
            items.append(EvidenceItem(.manifest, collateral.manifestDocument, sha256: collateral.manifestSHA256))
            for (hash, bytes) in collateral.parts { items.append(EvidenceItem(.collateral, bytes, sha256: hash)) }
        }
        if let commitment { items.append(EvidenceItem(.claims, commitment.claims, sha256: commitment.claimsSHA256)) }
        return items
    }

    /// What came with the quote.
    private var accompanying: [EvidenceItem] {
        let (evidence, given) = (submission.evidence, submission.given)
        var items: [EvidenceItem] = []
        if let nonce = given.nonce { items.append(EvidenceItem(.nonce, nonce, sha256: given.nonceSHA256)) }
        if let data = given.userData { items.append(EvidenceItem(.userData, data, sha256: given.userDataSHA256)) }
        if let eventLog = evidence.eventLog {
            items.append(EvidenceItem(.eventLog, eventLog, sha256: evidence.eventLogSHA256))
        }
        return items
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
