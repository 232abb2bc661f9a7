import DCAPFormats
import Wire
import X509Formats

/// Phase C: both CRLs, genuine. Whether they are in date is freshness; whether they list somebody is asked of them.
struct RevocationLists: Sendable {
    let root: CertificateRevocationList
    let pck: CertificateRevocationList
    let rootNextUpdate: Instant
    let pckNextUpdate: Instant

    /// Steps C1 to C10.
    init(
        _ collateral: Collateral, root rootCertificate: Certificate, rootKey: Signatures.Key,
        intermediate: Certificate, intermediateKey: Signatures.Key, at time: NotYetValidLimit
    ) throws(Refusal) {
        (root, rootNextUpdate) = try check(.rootCRL) { () throws(VerificationFailure) in
            try Self.list(
                collateral.rootCRL, name: "rootCRL", issuer: rootCertificate, chain: nil, key: rootKey, at: time)
        }
        (pck, pckNextUpdate) = try check(.pckCRL) { () throws(VerificationFailure) in
            try Self.list(
                collateral.pckCRL, name: "pckCRL", issuer: intermediate, chain: collateral.pckCRLIssuerChain,
                key: intermediateKey, at: time)
        }
    }

    /// Steps C11 and C12. An expired CRL that lists a certificate still revokes it.
    func checkRevocation(intermediate: Certificate, leaf: Certificate) throws(VerificationFailure) {
        try checkRevocation(of: intermediate)
        try require(
            !pck.revokes(leaf.serial),
            VerificationFailure(
                .pckRevoked, field: "pck.leaf.serialNumber", found: "listed on the PCK CRL", wanted: "not listed"))
    }

    /// Step C11.
    func checkRevocation(of intermediate: Certificate) throws(VerificationFailure) {
        try require(
            !root.revokes(intermediate.serial),
            VerificationFailure(
                .intermediateRevoked, field: "pck.intermediate.serialNumber",
                found: "\(Hex.encode(intermediate.serial)) on the root CRL", wanted: "not listed"))
    }

    private static func list(
        _ input: [UInt8], name: String, issuer: Certificate, chain: [UInt8]?, key: Signatures.Key,
        at time: NotYetValidLimit
    ) throws(VerificationFailure) -> (CertificateRevocationList, Instant) {
        let list = try parse(input, name: name)
        try require(
            list.version == 2 && list.der[list.tbsSignatureAlgorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA256)
                && list.der[list.signatureAlgorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA256),
            VerificationFailure(
                .crlUnsupportedFormat, field: "\(name).signatureAlgorithm", found: "another version or algorithm",
                wanted: "a v2 CRL signed with ecdsa-with-SHA256"))
        guard let nextUpdate = list.nextUpdate else {
            throw VerificationFailure(
                .crlUnsupportedFormat, field: "\(name).nextUpdate", found: "absent", wanted: "a date")
        }
        try require(
            list.der[list.issuer] == issuer.der[issuer.subject],
            VerificationFailure(
                .crlIssuerUnknown, field: "\(name).issuer",
                found: (try? DistinguishedName(parsing: list.der, in: list.issuer))?.text ?? "an unreadable name",
                wanted: CertificateProfile.nameText(issuer, issuer.subject)))
        if let chain { try checkIssuerChain(chain, issuer, name) }
        try checkExtensions(list, name)
        try require(
            Signatures.verify(der: list.der[list.signature], over: list.der[list.tbs], by: key),
            VerificationFailure(
                .crlSignatureInvalid, field: "\(name).signature", found: "a signature that does not verify",
                wanted: "a signature by the issuing CA"))
        try time.check(list.thisUpdate, .crlNotYetValid, "\(name).thisUpdate")
        return (list, nextUpdate)
    }

    /// DER, hex or PEM, by content (dcap 3.4).
    private static func parse(_ input: [UInt8], name: String) throws(VerificationFailure) -> CertificateRevocationList {
        guard let der = CRLEncoding.decode(input) else {
            throw VerificationFailure(
                .crlUnsupportedFormat, field: name, found: input.isEmpty ? "nothing" : "\(input.count) other bytes",
                wanted: "a CRL as DER, as hex of DER, or as PEM")
        }
        do throws(DERError) {
            return try CertificateRevocationList(parsing: der)
        } catch {
            throw VerificationFailure(
                .crlUnsupportedFormat, field: name, offset: error.offset, found: "\(error.reason)",
                wanted: "one complete CRL in DER")
        }
    }

    /// C7, second half: a chain that accompanies the CRL is no trust input, but it must not contradict.
    private static func checkIssuerChain(
        _ chain: [UInt8], _ issuer: Certificate, _ name: String
    ) throws(VerificationFailure) {
        let certificates = try CertificateChainText(
            text: .crlIssuerUnknown, content: .crlIssuerUnknown, field: "\(name)IssuerChain"
        ).certificates(in: chain[...], count: 2)
        let roles = certificates.map { CertificateRole(of: $0) }
        guard roles.contains(.root),
            let position = roles.firstIndex(where: { $0 == .platformCA || $0 == .processorCA }),
            let supplied = PublicKeyInfo.p256(certificates[position]), let wanted = PublicKeyInfo.p256(issuer),
            supplied == wanted
        else {
            throw VerificationFailure(
                .crlIssuerUnknown, field: "\(name)IssuerChain", found: "another chain",
                wanted: "the PCK CA of the quote and its root")
        }
    }

    private static func checkExtensions(
        _ list: CertificateRevocationList, _ name: String
    ) throws(VerificationFailure) {
        var seen: Set<[UInt8]> = []
        for found in list.extensions {
            let identifier = Array(list.der[found.identifier])
            let isKnown =
                identifier == ObjectIdentifier.authorityKeyIdentifier || identifier == ObjectIdentifier.crlNumber
            try require(
                seen.insert(identifier).inserted && (isKnown || !found.critical),
                VerificationFailure(
                    .crlInvalidExtensions, field: "\(name).extensions",
                    found: "extension \(ObjectIdentifier.dotted(identifier)), twice or critical and unknown",
                    wanted: "no such extension"))
        }
        for (identifier, label) in [
            (ObjectIdentifier.authorityKeyIdentifier, "authorityKeyIdentifier"),
            (ObjectIdentifier.crlNumber, "cRLNumber"),
        ] {
            try require(
                seen.contains(identifier),
                VerificationFailure(
                    .crlInvalidExtensions, field: "\(name).extensions", found: "no \(label)", wanted: label))
        }
        try require(
            list.criticalEntryExtension == nil,
            VerificationFailure(
                .crlInvalidExtensions, field: "\(name).revokedCertificates", found: "a critical entry extension",
                wanted: "none"))
    }
}
