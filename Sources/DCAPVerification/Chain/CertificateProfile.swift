import DCAPFormats
import Wire
import X509Formats

/// Judges one certificate in its role: rules 1, 2, 3, 5 and 6 of dcap 2.5. The link to its issuer's key is rule 4 and
/// stands in `IssuedCertificate`.
struct CertificateProfile {
    let role: CertificateRole
    let code: ErrorCode
    /// How messages call the certificate: `pck.leaf`, `tcbInfo.signingCertificate`.
    let name: String

    /// - Returns: the certificate's key, x ‖ y.
    func check(_ certificate: Certificate, issuedBy issuer: Certificate) throws(VerificationFailure) -> Signatures.Key {
        try require(certificate.version == 3, failure("version", "v\(certificate.version)", "v3"))
        try checkAlgorithms(certificate)
        let key = try self.key(of: certificate)
        try require(
            role.isSubject(of: certificate),
            failure("subject", Self.nameText(certificate, certificate.subject), role.distinguishedName))
        try require(
            certificate.der[certificate.issuer] == issuer.der[issuer.subject],
            failure(
                "issuer", Self.nameText(certificate, certificate.issuer),
                Self.nameText(issuer, issuer.subject) + ", byte for byte"))
        try checkExtensionSet(certificate)
        try checkKeyIdentifiers(certificate, issuer)
        try checkUse(certificate)
        return key
    }

    func failure(_ field: String, _ found: String, _ wanted: String) -> VerificationFailure {
        VerificationFailure(code, field: "\(name).\(field)", found: found, wanted: wanted)
    }

    private func checkAlgorithms(_ certificate: Certificate) throws(VerificationFailure) {
        for algorithm in [certificate.tbsSignatureAlgorithm, certificate.signatureAlgorithm] {
            try require(
                certificate.der[algorithm].elementsEqual(AlgorithmIdentifier.ecdsaWithSHA256),
                failure("signatureAlgorithm", Hex.encode(certificate.der[algorithm].prefix(32)), "ecdsa-with-SHA256"))
        }
    }

    private func key(of certificate: Certificate) throws(VerificationFailure) -> Signatures.Key {
        guard let raw = PublicKeyInfo.p256(certificate), let key = try? Signatures.key(raw) else {
            throw failure(
                "subjectPublicKeyInfo", "another kind of key, or a point off the curve",
                "an uncompressed point of P-256, the curve given by name")
        }
        return key
    }

    private static let required: [(identifier: [UInt8], name: String)] = [
        (ObjectIdentifier.authorityKeyIdentifier, "authorityKeyIdentifier"),
        (ObjectIdentifier.crlDistributionPoints, "cRLDistributionPoints"),
        (ObjectIdentifier.subjectKeyIdentifier, "subjectKeyIdentifier"),
        (ObjectIdentifier.keyUsage, "keyUsage"),
        (ObjectIdentifier.basicConstraints, "basicConstraints"),
    ]

    /// Rule 6. A second Intel SGX extension is left to the step that reads it, which has a code of its own.
    private func checkExtensionSet(_ certificate: Certificate) throws(VerificationFailure) {
        var counts = InlineArray<5, Int>(repeating: 0)
        for (position, found) in certificate.extensions.enumerated() {
            let identifier = certificate.der[found.identifier]
            if let known = Self.required.firstIndex(where: { identifier.elementsEqual($0.identifier) }) {
                counts[known] += 1
                continue
            }
            let isIntelSGX = identifier.elementsEqual(ObjectIdentifier.intelSGX)
            try require(
                isIntelSGX || !found.critical,
                failure(
                    "extensions", "critical extension \(ObjectIdentifier.dotted(identifier)), which is unknown", "none")
            )
            let repeated = certificate.extensions[..<position].contains {
                certificate.der[$0.identifier].elementsEqual(identifier)
            }
            try require(
                isIntelSGX || !repeated,
                failure("extensions", "extension \(ObjectIdentifier.dotted(identifier)) twice", "each once"))
        }
        for (index, known) in Self.required.enumerated() {
            try require(
                counts[index] == 1,
                failure("extensions.\(known.name)", counts[index] == 0 ? "absent" : "\(counts[index]) times", "once"))
        }
    }

    /// Rule 3, second half. Intel writes the key identifier alone; other forms of AKI leave nothing to compare.
    private func checkKeyIdentifiers(
        _ certificate: Certificate, _ issuer: Certificate
    ) throws(VerificationFailure) {
        guard let authority = try? certificate.authorityKeyIdentifier(),
            let subject = try? issuer.subjectKeyIdentifier()
        else { return }
        try require(
            authority == subject,
            failure("authorityKeyIdentifier", Hex.encode(authority), Hex.encode(subject) + ", the issuer's key"))
    }

    /// Rule 5: basic constraints and key usage. The path length is not judged (a genuine root has 0).
    private func checkUse(_ certificate: Certificate) throws(VerificationFailure) {
        let isCA = certificate.isCertificateAuthority
        try require(
            isCA == role.isCA,
            failure("basicConstraints", isCA.map { "CA:\($0)" } ?? "malformed", "CA:\(role.isCA)"))
        let usage = role.isCA ? KeyUsage.keyCertSign : KeyUsage.digitalSignature
        try require(
            certificate.keyUsage?.contains(usage) == true,
            failure("keyUsage", "not set", role.isCA ? "keyCertSign" : "digitalSignature"))
    }

    static func nameText(_ certificate: Certificate, _ range: Range<Int>) -> String {
        (try? DistinguishedName(parsing: certificate.der, in: range))?.text ?? "a name that does not decode"
    }
}
