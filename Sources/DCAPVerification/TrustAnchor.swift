public import DCAPFormats
import Wire
package import X509Formats

/// The one root whose key everything must lead to (dcap 2.2). Pinned by public key: a root certificate that comes with
/// the evidence is evidence, not trust.
public struct TrustAnchor: Sendable, Equatable {
    /// x ‖ y of the P-256 root key, 64 bytes.
    package let publicKey: [UInt8]
    /// The embedded certificate; a supplied root with the same bytes needs no further check.
    package let certificate: Certificate?
    package let der: [UInt8]

    /// Whether this is the Intel SGX Root CA. Verdicts under any other anchor must say so.
    public var isIntel: Bool { publicKey == Self.intelPublicKey }

    /// SHA-256 of the certificate.
    public var certificateSHA256: [UInt8] { Signatures.sha256(der[...]) }

    /// SHA-256 of the SubjectPublicKeyInfo, the usual name of a pinned key.
    public var publicKeyInfoSHA256: [UInt8]? {
        certificate.map { Signatures.sha256($0.der[$0.subjectPublicKeyInfo]) }
    }

    /// The Intel SGX Root CA, compiled in.
    public static let intel = TrustAnchor(publicKey: intelPublicKey, der: intelCertificate)

    private init(publicKey: [UInt8], der: [UInt8]) {
        self.publicKey = publicKey
        self.der = der
        certificate = try? Certificate(parsing: der)
    }

    /// Another root, which *replaces* Intel's: a simulator's, or a test PKI's.
    ///
    /// - Parameter certificate: The root certificate, DER or one PEM block, with the profile of Intel's (dcap 2.1) and
    ///   its own key.
    public init(certificate input: [UInt8]) throws(VerificationFailure) {
        let certificate = try Self.read(input)
        guard let key = PublicKeyInfo.p256(certificate), let imported = try? Signatures.key(key) else {
            throw VerificationFailure(
                .pckRootInvalid, field: "trustRoot.subjectPublicKeyInfo", found: "another kind of key",
                wanted: "an uncompressed P-256 key on the named curve")
        }
        _ = try IssuedCertificate.check(
            certificate, by: certificate, imported,
            CertificateProfile(role: .root, code: .pckRootInvalid, name: "trustRoot"))
        publicKey = Array(key)
        der = certificate.der
        self.certificate = certificate
    }

    private static func read(_ input: [UInt8]) throws(VerificationFailure) -> Certificate {
        do {
            guard input.first != 0x30 else { return try Certificate(parsing: input) }
            let blocks = try PEM.blocks(labelled: "CERTIFICATE", in: input[...])
            guard blocks.count == 1 else {
                throw VerificationFailure(
                    .pckRootInvalid, field: "trustRoot", found: "\(blocks.count) certificates", wanted: "one")
            }
            return try Certificate(parsing: blocks[0])
        } catch let failure as VerificationFailure {
            throw failure
        } catch {
            throw VerificationFailure(
                .pckRootInvalid, field: "trustRoot", found: "bytes that are no certificate",
                wanted: "one certificate, PEM or DER")
        }
    }

    public static func == (left: TrustAnchor, right: TrustAnchor) -> Bool { left.publicKey == right.publicKey }
}
