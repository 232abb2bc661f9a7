import DCAPFormats
import Wire

/// The five kinds of certificate in Intel's hierarchy (dcap 2.1), by exact subject common name.
enum CertificateRole: String, CaseIterable {
    case root = "Intel SGX Root CA"
    case platformCA = "Intel SGX PCK Platform CA"
    case processorCA = "Intel SGX PCK Processor CA"
    case pckCertificate = "Intel SGX PCK Certificate"
    case tcbSigning = "Intel SGX TCB Signing"

    var isCA: Bool { self == .root || self == .platformCA || self == .processorCA }

    /// The role whose name the certificate carries, if it is exactly one of ours.
    init?(of certificate: Certificate) {
        guard let name = certificate.subjectCommonName else { return nil }
        self.init(rawValue: name)
    }

    /// `CN=…, O=Intel Corporation, L=Santa Clara, ST=CA, C=US`: exactly these RDNs, in this order.
    func isSubject(of certificate: Certificate) -> Bool {
        guard let name = try? DistinguishedName(parsing: certificate.der, in: certificate.subject) else { return false }
        let wanted: [([UInt8], String)] = [
            (ObjectIdentifier.commonName, rawValue), (ObjectIdentifier.organization, "Intel Corporation"),
            (ObjectIdentifier.locality, "Santa Clara"), (ObjectIdentifier.state, "CA"),
            (ObjectIdentifier.country, "US"),
        ]
        guard name.relativeNames.count == wanted.count else { return false }
        return zip(name.relativeNames, wanted).allSatisfy { found, wanted in
            found.count == 1 && found[0].type == wanted.0 && found[0].value == wanted.1
        }
    }

    /// The name for messages.
    var distinguishedName: String { "CN=\(rawValue), O=Intel Corporation, L=Santa Clara, ST=CA, C=US" }
}
