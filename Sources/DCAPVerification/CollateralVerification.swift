public import DCAPFormats
public import Wire
import X509Formats

extension Verifier {
    /// Phases C to E without a quote: is this set what Intel signed for the platforms of `authority`. The issuing CA is
    /// the one that came with the PCK CRL, anchored in the pinned root (dcap 3.9.5).
    public func verify(
        _ source: Collateral, of authority: CertificateAuthority, at time: Instant
    ) throws(Refusal) -> VerifiedCollateral {
        let limit = try limit(time)
        let (root, intermediate) = try check(.pckCRL) { () throws(VerificationFailure) in
            try Self.issuers(source.pckCRLIssuerChain, of: authority)
        }
        let rootKey = try check(.pckCRL) { () throws(VerificationFailure) in
            try PinnedRoot(untrusted: .crlIssuerUnknown, invalid: .crlIssuerUnknown, name: "pckCRLIssuerChain.root")
                .check(root, against: anchor)
        }
        let intermediateKey = try check(.pckCRL) { () throws(VerificationFailure) in
            let key = try IssuedCertificate.check(
                intermediate, by: root, rootKey,
                CertificateProfile(
                    role: authority.role, code: .crlIssuerUnknown, name: "pckCRLIssuerChain.intermediate"))
            try limit.check(intermediate, name: "pckCRLIssuerChain.intermediate")
            return key
        }
        let lists = try RevocationLists(
            source, root: root, rootKey: rootKey, intermediate: intermediate, intermediateKey: intermediateKey,
            at: limit)
        try check(.pckRevocation) { () throws(VerificationFailure) in
            try lists.checkRevocation(of: intermediate)
        }
        let documents = try SignedCollateral(
            source, trusting: anchor, revokedBy: lists.root, at: limit, options: options)
        return VerifiedCollateral(
            source: source, lists: lists, documents: documents, intermediate: intermediate,
            intermediateKey: intermediateKey, root: root, rootKey: rootKey,
            latestIssue: Self.latestIssue(lists, documents), anchor: anchor, options: options)
    }

    private static func issuers(
        _ chain: [UInt8]?, of authority: CertificateAuthority
    ) throws(VerificationFailure) -> (root: Certificate, intermediate: Certificate) {
        guard let chain else {
            throw VerificationFailure(
                .crlIssuerUnknown, field: "pckCRLIssuerChain", found: "nothing", wanted: "the PCK CA and its root")
        }
        let certificates = try CertificateChainText(
            text: .crlIssuerUnknown, content: .crlIssuerUnknown, field: "pckCRLIssuerChain"
        ).certificates(in: chain[...], count: 2)
        guard let root = certificates.first(where: { CertificateRole(of: $0) == .root }),
            let intermediate = certificates.first(where: { CertificateRole(of: $0) == authority.role })
        else {
            throw VerificationFailure(
                .crlIssuerUnknown, field: "pckCRLIssuerChain",
                found: certificates.map { CertificateProfile.nameText($0, $0.subject) }.joined(separator: ", "),
                wanted: "\(authority.role.rawValue) and its root")
        }
        return (root, intermediate)
    }
}

/// What a cache and a rollback guard need to know of a verified set.
extension VerifiedCollateral {
    /// A document's age: its number where it has one, and its date of issue.
    public struct Edition: Hashable, Sendable {
        public let evaluationNumber: UInt32
        public let issued: Instant
        public let nextUpdate: Instant
    }

    public var tee: TEE { documents.tcbInfo.id }
    public var fmspc: FixedBytes<6> { documents.tcbInfo.fmspc }
    public var isQEIdentityOfSameTEE: Bool { documents.qeIdentity.id == (tee == .sgx ? .qe : .tdQE) }

    public var tcbInfo: Edition {
        Edition(
            evaluationNumber: documents.tcbInfo.tcbEvaluationDataNumber, issued: documents.tcbInfo.issueDate,
            nextUpdate: documents.tcbInfo.nextUpdate)
    }

    public var qeIdentity: Edition {
        Edition(
            evaluationNumber: documents.qeIdentity.tcbEvaluationDataNumber, issued: documents.qeIdentity.issueDate,
            nextUpdate: documents.qeIdentity.nextUpdate)
    }

    public var authority: CertificateAuthority {
        CertificateRole(of: intermediate) == .processorCA ? .processor : .platform
    }
    public var rootCRLIssued: Instant { lists.root.thisUpdate }
    public var pckCRLIssued: Instant { lists.pck.thisUpdate }

    /// The first date at which one of the four documents should have been replaced.
    public var nextUpdate: Instant {
        min(tcbInfo.nextUpdate, qeIdentity.nextUpdate, lists.rootNextUpdate, lists.pckNextUpdate)
    }
}

/// What newer documents will make of a platform (dcap 6.13). Advice, and never part of a verdict.
extension VerifiedQuote {
    /// The TCB status under `collateral`: the level tables alone, because the quote is verified already.
    ///
    /// - Returns: `nil` where the documents are of another platform, TEE or anchor.
    public func forecastStatus(under collateral: VerifiedCollateral) -> String? {
        let documents = collateral.documents
        guard collateral.anchor == endorsements.collateral.anchor,
            (try? CollateralMatch.checkTCBInfo(documents.tcbInfo, quote.tee, platform.extensionValues)) != nil,
            (try? CollateralMatch.checkQEIdentity(documents.qeIdentity, quote.tee)) != nil
        else { return nil }
        do throws(Refusal) {
            return try LevelMatch(
                platform: platform.extensionValues, tcbInfo: documents.tcbInfo, qeIdentity: documents.qeIdentity,
                qeSVN: endorsements.qeSVN
            ).evaluate(quote.body).status.rawValue
        } catch {
            // Below every level of the new tables, revoked, or a status that nobody knows: the code says which.
            return error.code.rawValue
        }
    }
}
