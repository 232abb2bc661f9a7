import DCAPFormats
import Wire
import X509Formats

/// Steps D1 to D5 and E1 to E5: who signed a document, anchored in the pinned root and not revoked.
struct SigningChain: Sendable {
    let root: Certificate
    let signer: Certificate
    let key: Signatures.Key

    struct Codes {
        let invalid: ErrorCode
        let untrusted: ErrorCode
        let name: String

        static let tcbInfo = Codes(
            invalid: .tcbSigningChainInvalid, untrusted: .tcbSigningChainUntrusted, name: "tcbInfoIssuerChain")
        static let qeIdentity = Codes(
            invalid: .qeSigningChainInvalid, untrusted: .qeSigningChainUntrusted, name: "qeIdentityIssuerChain")
    }

    init(
        _ text: [UInt8], _ codes: Codes, trusting anchor: TrustAnchor, revokedBy rootCRL: CertificateRevocationList,
        at time: NotYetValidLimit
    ) throws(VerificationFailure) {
        let certificates = try CertificateChainText(
            text: codes.invalid, content: codes.invalid, field: codes.name
        ).certificates(in: text[...], count: 2)
        let roles = certificates.map { CertificateRole(of: $0) }
        guard let rootPosition = roles.firstIndex(of: .root), let signerPosition = roles.firstIndex(of: .tcbSigning)
        else {
            throw VerificationFailure(
                codes.invalid, field: codes.name,
                found: certificates.map { CertificateProfile.nameText($0, $0.subject) }.joined(separator: "; "),
                wanted: "one \(CertificateRole.tcbSigning.rawValue) and one \(CertificateRole.root.rawValue)")
        }
        root = certificates[rootPosition]
        signer = certificates[signerPosition]
        let rootKey = try PinnedRoot(
            untrusted: codes.untrusted, invalid: codes.invalid, name: "\(codes.name).root"
        ).check(root, against: anchor)
        key = try IssuedCertificate.check(
            signer, by: root, rootKey,
            CertificateProfile(role: .tcbSigning, code: codes.invalid, name: "\(codes.name).signer"))
        try require(
            !rootCRL.revokes(signer.serial),
            VerificationFailure(
                .signingCertRevoked, field: "\(codes.name).signer.serialNumber",
                found: "\(Hex.encode(signer.serial)) on the root CRL", wanted: "not listed"))
        try time.check(signer, name: "\(codes.name).signer")
        try time.check(root, name: "\(codes.name).root")
    }
}
