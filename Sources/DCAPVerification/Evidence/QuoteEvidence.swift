import Crypto
import DCAPFormats
import Wire

/// Phase H: from the platform's key to the quote. What is constant per platform (H1 to H8) is apart from the one
/// signature that every quote has for itself (H9).
enum QuoteEvidence {
    /// H1 to H8, except what depends on nothing but the quote.
    ///
    /// - Returns: the attestation key, vouched for.
    static func attestationKey(
        of quote: Quote, platformKey: Signatures.Key, identity: EnclaveIdentity
    ) throws(Refusal) -> Signatures.Key {
        let data = quote.signatureData
        try check(.qeReportSignature) { () throws(VerificationFailure) in
            try require(
                Signatures.verify(data.qeReportSignature, over: quote.qeReportBytes, by: platformKey),
                VerificationFailure(
                    .qeReportSignatureInvalid, field: "qeReportSignature", offset: data.qeReportRange.upperBound,
                    found: "a signature that does not verify", wanted: "a signature by the PCK key"))
        }
        try check(.qeReportBinding) { () throws(VerificationFailure) in try checkBinding(of: quote) }
        try check(.qeReportIdentity) { () throws(VerificationFailure) in
            try checkIdentity(data.qeReport, against: identity)
        }
        return try check(.attestationKey) { () throws(VerificationFailure) in
            guard let key = try? Signatures.key(data.attestationKey.bytes[...]) else {
                throw VerificationFailure(
                    .attestationKeyInvalid, field: "attestationKey", offset: data.platformConstant.lowerBound,
                    found: "no point on P-256", wanted: "x ‖ y of a P-256 key")
            }
            return key
        }
    }

    /// H9, over the bytes as received.
    static func checkSignature(of quote: Quote, by key: Signatures.Key) throws(Refusal) {
        try check(.quoteSignature) { () throws(VerificationFailure) in
            try require(
                Signatures.verify(
                    quote.signatureData.quoteSignature, over: quote.bytes[quote.signedPrefix], by: key),
                VerificationFailure(
                    .quoteSignatureInvalid, field: "quoteSignature",
                    offset: quote.signatureData.platformConstant.lowerBound - 64,
                    found: "a signature that does not verify", wanted: "a signature by the attestation key"))
        }
    }

    /// H2: SHA-256(attestation key ‖ authentication data), then 32 zero bytes.
    private static func checkBinding(of quote: Quote) throws(VerificationFailure) {
        let data = quote.signatureData
        let digest = Signatures.sha256(data.attestationKey.bytes[...], quote.authenticationData)
        let found = data.qeReport.reportData.bytes
        try require(
            found[..<32].elementsEqual(digest) && found[32...].allSatisfy { $0 == 0 },
            VerificationFailure(
                .qeReportDataMismatch, field: "qeReport.reportData", offset: data.qeReportRange.lowerBound + 320,
                found: Hex.encode(found), wanted: Hex.encode(digest) + " and 32 zero bytes"))
    }

    /// H3 to H7. The identity's value is not masked again: bits outside the mask can never match.
    private static func checkIdentity(
        _ report: EnclaveReport, against identity: EnclaveIdentity
    ) throws(VerificationFailure) {
        func mismatch(_ field: String, _ found: String, _ wanted: String) -> VerificationFailure {
            VerificationFailure(.qeIdentityMismatch, field: field, found: found, wanted: wanted)
        }
        try require(
            report.miscSelect & identity.miscselectMask == identity.miscselect,
            mismatch(
                "miscselect", String(report.miscSelect, radix: 16),
                "\(String(identity.miscselect, radix: 16)) under mask \(String(identity.miscselectMask, radix: 16))"))
        for index in 0..<16 {
            try require(
                report.attributes[index] & identity.attributesMask[index] == identity.attributes[index],
                mismatch(
                    "attributes", report.attributes.hex,
                    "\(identity.attributes.hex) under mask \(identity.attributesMask.hex)"))
        }
        try require(
            report.mrSigner == identity.mrsigner, mismatch("mrsigner", report.mrSigner.hex, identity.mrsigner.hex))
        try require(
            report.isvProdID == identity.isvprodid,
            mismatch("isvprodid", "\(report.isvProdID)", "\(identity.isvprodid)"))
        try require(
            !report.flags.contains(.debug), mismatch("attributes", "a debug enclave", "the DEBUG bit clear"))
    }
}
