import DCAPFormats
import Wire
import X509Formats

/// Steps B1 and B2: three distinct certificates, one in each role, whatever their order.
struct PCKCertificates {
    let root: Certificate
    let intermediate: Certificate
    let leaf: Certificate
    let authority: CertificateAuthority

    init(_ text: ArraySlice<UInt8>) throws(VerificationFailure) {
        let certificates = try CertificateChainText(
            text: .quoteCertDataInvalid, content: .pckChainInvalid, field: "certificationData"
        ).certificates(in: Self.withoutTerminator(text), count: 3)
        var root: Certificate?
        var intermediate: (Certificate, CertificateAuthority)?
        var leaf: Certificate?
        for certificate in certificates {
            switch CertificateRole(of: certificate) {
            case .root where root == nil: root = certificate
            case .platformCA where intermediate == nil: intermediate = (certificate, .platform)
            case .processorCA where intermediate == nil: intermediate = (certificate, .processor)
            case .pckCertificate where leaf == nil: leaf = certificate
            default:
                throw VerificationFailure(
                    .pckChainInvalid, field: "certificationData",
                    found: CertificateProfile.nameText(certificate, certificate.subject),
                    wanted: "one root, one PCK CA and one PCK certificate")
            }
        }
        guard let root, let (intermediate, authority) = intermediate, let leaf else {
            throw VerificationFailure(
                .pckChainInvalid, field: "certificationData", found: "a role without certificate",
                wanted: "one root, one PCK CA and one PCK certificate")
        }
        self.root = root
        self.intermediate = intermediate
        self.leaf = leaf
        self.authority = authority
    }

    /// Intel's generator ends the text with one NUL (dcap 1.7); white space after it is then allowed.
    private static func withoutTerminator(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let last = text.lastIndex(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), text[last] == 0 else {
            return text
        }
        return text[..<last]
    }
}

/// PEM text → certificates, with the two codes that dcap 2.4 gives its defects.
struct CertificateChainText {
    /// For defects of the PEM text.
    let text: ErrorCode
    /// For defects of what the blocks contain.
    let content: ErrorCode
    let field: String

    func certificates(in chain: ArraySlice<UInt8>, count: Int) throws(VerificationFailure) -> [Certificate] {
        let blocks = try blocks(in: chain)
        try require(
            blocks.count == count,
            VerificationFailure(
                content, field: field, found: "\(blocks.count) certificates", wanted: "exactly \(count)"))
        for (position, block) in blocks.enumerated() where blocks[..<position].contains(block) {
            throw VerificationFailure(
                content, field: field, found: "certificate \(position + 1) is a copy of an earlier one",
                wanted: "\(count) different certificates")
        }
        var certificates: [Certificate] = []
        for (position, block) in blocks.enumerated() {
            do throws(DERError) {
                certificates.append(try Certificate(parsing: block))
            } catch {
                throw VerificationFailure(
                    content, field: "\(field)[\(position)]", offset: error.offset, found: "\(error.reason)",
                    wanted: "one complete certificate in DER")
            }
        }
        return certificates
    }

    private func blocks(in chain: ArraySlice<UInt8>) throws(VerificationFailure) -> [[UInt8]] {
        do throws(PEMError) {
            return try PEM.blocks(labelled: "CERTIFICATE", in: chain)
        } catch {
            let (code, reason, offset) =
                switch error {
                case .text(let reason, let offset): (text, reason, offset)
                case .content(let reason, let offset):
                    // A NUL makes it no PEM text at all, whatever else is wrong.
                    (chain.contains(0) ? text : content, reason, offset)
                }
            throw VerificationFailure(
                code, field: field, offset: offset, found: reason, wanted: "PEM blocks of certificates and nothing else"
            )
        }
    }
}

extension Certificate {
    /// Step B7: the one Intel SGX extension, with seven entries under the Platform CA and five under the Processor CA.
    func intelExtension(authority: CertificateAuthority) throws(VerificationFailure) -> PCKExtension {
        let found = extensions(ObjectIdentifier.intelSGX)
        guard found.count == 1 else {
            throw VerificationFailure(
                .pckExtensionInvalid, field: "pck.leaf.sgxExtension", found: "\(found.count) of them", wanted: "one")
        }
        let value: PCKExtension
        do throws(DERError) {
            value = try PCKExtension(parsing: der[found[0].value])
        } catch {
            throw VerificationFailure(
                .pckExtensionInvalid, field: "pck.leaf.sgxExtension", offset: found[0].value.lowerBound + error.offset,
                found: "\(error.reason)", wanted: "the fixed structure of Intel's SGX extension")
        }
        try require(
            (value.platformInstanceID != nil) == (authority == .platform),
            VerificationFailure(
                .pckExtensionInvalid, field: "pck.leaf.sgxExtension",
                found: value.platformInstanceID == nil ? "five entries" : "seven entries",
                wanted: authority == .platform ? "seven, from the Platform CA" : "five, from the Processor CA"))
        return value
    }
}
