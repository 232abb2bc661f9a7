import DCAPFormats
import DCAPVerification
import StateStore
import Wire

/// What was verified, as the cache keeps it: names and bytes.
extension CollateralCache {
    func load(_ key: CollateralKey, _ update: CollateralUpdate) async throws(StateFailure) -> StoredSet? {
        try await load(Kind(key), update: update.rawValue)
    }

    /// Every platform kind that was ever fetched.
    func keys() async throws(StateFailure) -> [CollateralKey] { try await kinds().compactMap(CollateralKey.init) }

    /// Takes a verified set in, and raises the marks.
    ///
    /// - Throws: `COLLATERAL_ROLLBACK` for anything older than what was accepted before (dcap 3.9.6).
    func accept(
        _ set: CollateralSet, for key: CollateralKey, _ update: CollateralUpdate
    ) async throws(CollateralFailure) {
        let rollback: RollbackMark?
        do throws(StateFailure) {
            rollback = try await accept(
                Edition(set.collateral, update), early: set.early.map { Edition($0, .early) }, for: Kind(key),
                service: set.service, fetched: set.fetched)
        } catch {
            throw CollateralFailure(
                .internal, service: set.service, item: "state", detail: "the state database: \(error.sentence)")
        }
        if let rollback {
            throw CollateralFailure(
                .collateralRollback, service: set.service, item: rollback.item,
                detail: "the service sent \(rollback.text), older than what was accepted before")
        }
    }
}

extension CollateralCache.Kind {
    init(_ key: CollateralKey) {
        self.init(tee: key.tee.name, fmspc: key.fmspc.hex, authority: key.authority.rawValue)
    }
}

extension CollateralKey {
    /// - Returns: `nil` for names that this program does not know.
    init?(_ kind: CollateralCache.Kind) {
        guard let tee = TEE.allCases.first(where: { $0.name == kind.tee }),
            let authority = CertificateAuthority(rawValue: kind.authority),
            let bytes = Hex.decode(kind.fmspc), let fmspc = FixedBytes<6>(exactly: bytes)
        else { return nil }
        self.init(tee: tee, fmspc: fmspc, authority: authority)
    }
}

extension CollateralCache.Edition {
    init(_ collateral: VerifiedCollateral, _ update: CollateralUpdate) {
        let source = collateral.source
        self.init(
            update: update.rawValue,
            documents: CollateralCache.Documents(
                pckCRL: source.pckCRL, pckCRLIssuerChain: source.pckCRLIssuerChain ?? [], rootCRL: source.rootCRL,
                tcbInfo: source.tcbInfo.document.bytes, tcbInfoIssuerChain: source.tcbInfo.issuerChain,
                qeIdentity: source.qeIdentity.document.bytes, qeIdentityIssuerChain: source.qeIdentity.issuerChain),
            nextUpdate: collateral.nextUpdate, marks: RollbackMark.marks(of: collateral, update))
    }
}

extension CollateralCache.StoredSet {
    var source: Collateral {
        Collateral(
            pckCRL: documents.pckCRL, pckCRLIssuerChain: documents.pckCRLIssuerChain, rootCRL: documents.rootCRL,
            tcbInfo: Collateral.SignedResponse(
                document: .response(documents.tcbInfo), issuerChain: documents.tcbInfoIssuerChain),
            qeIdentity: Collateral.SignedResponse(
                document: .response(documents.qeIdentity), issuerChain: documents.qeIdentityIssuerChain))
    }
}

extension RollbackMark {
    var text: String {
        evaluationNumber == 0 ? "\(item) of \(issued)" : "\(item) number \(evaluationNumber) of \(issued)"
    }

    static func marks(of collateral: VerifiedCollateral, _ update: CollateralUpdate) -> [RollbackMark] {
        let tee = collateral.tee.name
        return [
            RollbackMark(
                item: "tcb_info/\(tee)/\(collateral.fmspc.hex)/\(update.rawValue)",
                evaluationNumber: collateral.tcbInfo.evaluationNumber, issued: collateral.tcbInfo.issued),
            RollbackMark(
                item: "qe_identity/\(tee)/\(update.rawValue)",
                evaluationNumber: collateral.qeIdentity.evaluationNumber, issued: collateral.qeIdentity.issued),
            RollbackMark(
                item: "pck_crl/\(collateral.authority.rawValue)", evaluationNumber: 0, issued: collateral.pckCRLIssued),
            RollbackMark(item: "root_crl", evaluationNumber: 0, issued: collateral.rootCRLIssued),
        ]
    }
}
