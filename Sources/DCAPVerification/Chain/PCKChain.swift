import DCAPFormats
import Wire
import X509Formats

/// Phase B: the PCK chain inside the quote, anchored in the pinned root. That a value exists is the proof; its facts are
/// what the collateral service may be asked with (dcap 5.2).
struct PCKChain: Sendable {
    let root: Certificate
    let intermediate: Certificate
    let leaf: Certificate
    let authority: CertificateAuthority
    let rootKey: Signatures.Key
    let intermediateKey: Signatures.Key
    let leafKey: Signatures.Key
    let platform: PCKExtension

    /// Steps B1 to B8.
    init(of quote: Quote, trusting anchor: TrustAnchor, at time: NotYetValidLimit) throws(Refusal) {
        let chain = try check(.pckCertificates) { () throws(VerificationFailure) in
            try PCKCertificates(quote.pckChainText)
        }
        try self.init(chain, trusting: anchor, at: time)
    }

    /// Steps B3 to B8, for a chain that is three certificates in their roles.
    init(_ chain: PCKCertificates, trusting anchor: TrustAnchor, at time: NotYetValidLimit) throws(Refusal) {
        let rootKey = try check(.pckRoot) { () throws(VerificationFailure) in
            try PinnedRoot(untrusted: .pckRootUntrusted, invalid: .pckRootInvalid, name: "pck.root")
                .check(chain.root, against: anchor)
        }
        let intermediateKey = try check(.pckIntermediate) { () throws(VerificationFailure) in
            try IssuedCertificate.check(
                chain.intermediate, by: chain.root, rootKey,
                CertificateProfile(
                    role: chain.authority.role, code: .pckIntermediateInvalid, name: "pck.intermediate"))
        }
        try self.init(chain, rootKey, intermediateKey, at: time)
    }

    /// The same, where the root and the PCK CA are byte for byte those that `collateral` was verified under.
    ///
    /// - Returns: `nil` where they are not.
    init?(
        of quote: Quote, issuedUnder collateral: VerifiedCollateral, trusting anchor: TrustAnchor,
        at time: NotYetValidLimit
    ) throws(Refusal) {
        let chain = try check(.pckCertificates) { () throws(VerificationFailure) in
            try PCKCertificates(quote.pckChainText)
        }
        guard chain.intermediate == collateral.intermediate, chain.root == collateral.root else { return nil }
        try self.init(chain, collateral.rootKey, collateral.intermediateKey, at: time)
    }

    /// Steps B6 to B8.
    private init(
        _ chain: PCKCertificates, _ rootKey: Signatures.Key, _ intermediateKey: Signatures.Key,
        at time: NotYetValidLimit
    ) throws(Refusal) {
        root = chain.root
        intermediate = chain.intermediate
        leaf = chain.leaf
        authority = chain.authority
        self.rootKey = rootKey
        self.intermediateKey = intermediateKey
        leafKey = try check(.pckLeaf) { () throws(VerificationFailure) in
            try IssuedCertificate.check(
                chain.leaf, by: chain.intermediate, intermediateKey,
                CertificateProfile(role: .pckCertificate, code: .pckLeafInvalid, name: "pck.leaf"))
        }
        platform = try check(.pckExtension) { () throws(VerificationFailure) in
            try chain.leaf.intelExtension(authority: chain.authority)
        }
        try check(.pckValidity) { () throws(VerificationFailure) in
            try time.check(chain.leaf, name: "pck.leaf")
            try time.check(chain.intermediate, name: "pck.intermediate")
            try time.check(chain.root, name: "pck.root")
        }
    }
}

/// Which PCK CA issued the leaf (dcap 2.7).
public enum CertificateAuthority: String, Hashable, Sendable {
    case platform
    case processor

    var role: CertificateRole { self == .platform ? .platformCA : .processorCA }
}

/// Rule 4 of dcap 2.5 together with the profile.
enum IssuedCertificate {
    static func check(
        _ certificate: Certificate, by issuer: Certificate, _ issuerKey: Signatures.Key, _ profile: CertificateProfile
    ) throws(VerificationFailure) -> Signatures.Key {
        let key = try profile.check(certificate, issuedBy: issuer)
        try require(
            Signatures.verify(certificate, by: issuerKey),
            profile.failure("signature", "a signature that does not verify", "a signature by the issuer's key"))
        return key
    }
}

/// Steps B3 and B4, D2 and the root's part of D3: the supplied root carries the pinned key and is well made. A root that
/// equals the anchor's byte for byte was judged when the anchor was made; older genuine ones are judged here (dcap 2.1).
struct PinnedRoot {
    let untrusted: ErrorCode
    let invalid: ErrorCode
    let name: String

    func check(_ root: Certificate, against anchor: TrustAnchor) throws(VerificationFailure) -> Signatures.Key {
        guard let raw = PublicKeyInfo.p256(root), raw.elementsEqual(anchor.publicKey) else {
            throw VerificationFailure(
                untrusted, field: "\(name).subjectPublicKeyInfo",
                found: "key " + Hex.encode(Signatures.sha256(root.der[root.subjectPublicKeyInfo])),
                wanted: "the pinned root key" + (anchor.isIntel ? " of Intel" : ""))
        }
        guard let key = try? Signatures.key(raw) else {
            throw VerificationFailure(
                untrusted, field: "\(name).subjectPublicKeyInfo", found: "a point off the curve", wanted: "a P-256 key")
        }
        guard root.der != anchor.der else { return key }
        return try IssuedCertificate.check(
            root, by: root, key, CertificateProfile(role: .root, code: invalid, name: name))
    }
}
