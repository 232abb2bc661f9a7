import CorpusSupport
import DCAPFormats
import OpenSSLOracle
import Wire
import X509Formats

@testable import DCAPVerification

/// Phases over one set of Intel's test PKI, under that set's own root. Its leaves carry a pre-release form of the SGX
/// extension, so B7 is left out; there is no signed document, so D ends with D5.
struct IntelPKIPhases {
    let set: IntelPKISet
    var time: Instant { Instant(seconds: set.now) }
    private var limit: NotYetValidLimit { NotYetValidLimit(time, skewSeconds: 300) }

    func answer() -> PhaseAnswer {
        Phases.answer(
            {
                switch set.suite {
                case .pckChain: try pckChain()
                case .crl: try crl()
                case .tcbSigningChain: try signingChain()
                }
            }, at: time)
    }

    /// B1 to B6, B8, C1 to C12.
    private func pckChain() throws -> [Instant] {
        let chain = try PCKCertificates(set.chain[...])
        let anchor = try TrustAnchor(certificate: set.trustedRoot)
        let rootKey = try root(chain.root, anchor)
        let intermediateKey = try IssuedCertificate.check(
            chain.intermediate, by: chain.root, rootKey,
            CertificateProfile(role: chain.authority.role, code: .pckIntermediateInvalid, name: "intermediate"))
        _ = try IssuedCertificate.check(
            chain.leaf, by: chain.intermediate, intermediateKey,
            CertificateProfile(role: .pckCertificate, code: .pckLeafInvalid, name: "leaf"))
        let certificates = [chain.leaf, chain.intermediate, chain.root]
        for certificate in certificates { try limit.check(certificate, name: "chain") }
        let lists = try RevocationLists(
            .onlyLists(pck: set.crl ?? [], root: set.rootCRL ?? []), root: chain.root, rootKey: rootKey,
            intermediate: chain.intermediate, intermediateKey: intermediateKey, at: limit)
        try lists.checkRevocation(intermediate: chain.intermediate, leaf: chain.leaf)
        return certificates.map(\.notAfter) + [lists.rootNextUpdate, lists.pckNextUpdate]
    }

    /// B3 to B5 and B8 over the CRL's issuer chain, then C over the CRL, as the CRL of the lowest CA there is.
    private func crl() throws -> [Instant] {
        let count = PEMText.blocks(set.chain).count
        let certificates = try CertificateChainText(
            text: .quoteCertDataInvalid, content: .pckChainInvalid, field: "chain"
        ).certificates(in: set.chain[...], count: count == 1 ? 1 : 2)
        let anchor = try TrustAnchor(certificate: set.trustedRoot)
        guard let rootCertificate = certificates.first(where: { CertificateRole(of: $0) == .root }) else {
            throw VerificationFailure(.pckChainInvalid, field: "chain", found: "no root", wanted: "a root")
        }
        let rootKey = try root(rootCertificate, anchor)
        var issuer = (rootCertificate, rootKey)
        if let authority = certificates.first(where: { $0 != rootCertificate }) {
            guard let role = CertificateRole(of: authority), role == .platformCA || role == .processorCA else {
                throw VerificationFailure(.pckChainInvalid, field: "chain", found: "another role", wanted: "a PCK CA")
            }
            issuer = (
                authority,
                try IssuedCertificate.check(
                    authority, by: rootCertificate, rootKey,
                    CertificateProfile(role: role, code: .pckIntermediateInvalid, name: "intermediate"))
            )
        }
        for certificate in certificates { try limit.check(certificate, name: "chain") }
        let list = set.crl ?? []
        let lists = try RevocationLists(
            .onlyLists(pck: list, root: list, pckIssuerChain: certificates.count == 2 ? set.chain : nil),
            root: issuer.0, rootKey: issuer.1, intermediate: issuer.0, intermediateKey: issuer.1, at: limit)
        return certificates.map(\.notAfter) + [lists.rootNextUpdate]
    }

    /// C1 to C5 over the root CRL, then D1 to D5.
    private func signingChain() throws -> [Instant] {
        let anchor = try TrustAnchor(certificate: set.trustedRoot)
        guard let certificate = anchor.certificate else {
            throw VerificationFailure(.pckRootInvalid, field: "root", found: "none", wanted: "a certificate")
        }
        let key = try Signatures.key(anchor.publicKey[...])
        let list = set.rootCRL ?? []
        let lists = try RevocationLists(
            .onlyLists(pck: list, root: list), root: certificate, rootKey: key, intermediate: certificate,
            intermediateKey: key, at: limit)
        let chain = try SigningChain(
            set.chain, .tcbInfo, trusting: anchor, revokedBy: lists.root, at: limit)
        return [chain.root.notAfter, chain.signer.notAfter, lists.rootNextUpdate]
    }

    private func root(_ root: Certificate, _ anchor: TrustAnchor) throws(VerificationFailure) -> Signatures.Key {
        try PinnedRoot(untrusted: .pckRootUntrusted, invalid: .pckRootInvalid, name: "root").check(
            root, against: anchor)
    }

    /// D1 to D5 alone, the root CRL taken as it is: what the set was made for, where C refuses first.
    func signingChainAlone() -> PhaseAnswer {
        Phases.answer(
            {
                let anchor = try TrustAnchor(certificate: set.trustedRoot)
                let list = PEMText.lists(set.rootCRL ?? []).first ?? []
                guard
                    case .refused(let code) = Phases.signingChain(set.chain, rootCRL: list, trusting: anchor, at: time)
                else { return [] }
                throw VerificationFailure(code, field: "", found: "", wanted: "")
            }, at: time)
    }

    /// OpenSSL's answer: the chain of the set under the set's root. Where the set is about a CRL there is no leaf, so the
    /// PCK CA is judged without revocation, and then the list under it.
    func openSSLAnswer() -> OracleAnswer {
        guard let anchor = PEMText.blocks(set.trustedRoot).first else { return .unreadable("anchor") }
        let chain = CorpusChain.leafFirst(PEMText.blocks(set.chain))
        let lists = PEMText.lists((set.rootCRL ?? []) + (set.crl ?? []))
        guard set.suite == .crl else {
            return OpenSSLOracle.verifyChain(leafFirst: chain, anchor: anchor, crls: lists, at: time)
        }
        let answer = OpenSSLOracle.verifyChain(leafFirst: chain, anchor: anchor, crls: nil, at: time)
        guard answer.isAccepted, let list = lists.first, let issuer = chain.first else { return answer }
        return OpenSSLOracle.verifyCRL(list, issuedBy: issuer) ? .accepted : .unreadable("CRL: signature or issuer")
    }
}
