import DCAPFormats
import Wire
import X509Formats

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
        let subject = certificate.der[certificate.subject]
        if let known = Self.encodedNames.first(where: { subject.elementsEqual($0.value) }) {
            self = known.key
            return
        }
        // Not by `init(rawValue:)`, for which a Kelvin sign is a K.
        guard let name = certificate.commonName,
            let role = Self.allCases.first(where: { $0.rawValue.hasSameBytes(as: name) })
        else { return nil }
        self = role
    }

    /// `CN=…, O=Intel Corporation, L=Santa Clara, ST=CA, C=US`: exactly these RDNs, in this order.
    func isSubject(of certificate: Certificate) -> Bool {
        // Intel's own encoding, which is all that genuine certificates have, needs no decoding.
        if certificate.der[certificate.subject].elementsEqual(Self.encodedNames[self] ?? []) { return true }
        guard let name = try? DistinguishedName(parsing: certificate.der, in: certificate.subject) else { return false }
        let wanted = Self.attributes(self)
        guard name.relativeNames.count == wanted.count else { return false }
        return zip(name.relativeNames, wanted).allSatisfy { found, wanted in
            found.count == 1 && found[0].type == wanted.type && found[0].value.hasSameBytes(as: wanted.value)
        }
    }

    private static func attributes(_ role: CertificateRole) -> [(type: [UInt8], value: String)] {
        [
            (ObjectIdentifier.commonName, role.rawValue), (ObjectIdentifier.organization, "Intel Corporation"),
            (ObjectIdentifier.locality, "Santa Clara"), (ObjectIdentifier.state, "CA"),
            (ObjectIdentifier.country, "US"),
        ]
    }

    /// Each role's name as Intel encodes it: UTF8String, but PrintableString for the country (dcap 2.1).
    private static let encodedNames: [CertificateRole: [UInt8]] = Dictionary(
        uniqueKeysWithValues: allCases.map { role in
            let names = attributes(role).map { attribute -> [UInt8] in
                let tag =
                    attribute.type == ObjectIdentifier.country
                    ? DERReader.Tag.printableString : DERReader.Tag.utf8String
                let pair =
                    element(DERReader.Tag.objectIdentifier, attribute.type) + element(tag, Array(attribute.value.utf8))
                return element(DERReader.Tag.set, element(DERReader.Tag.sequence, pair))
            }
            return (role, element(DERReader.Tag.sequence, Array(names.joined())))
        })

    /// Names are shorter than 128 bytes, so every length is one octet.
    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        [tag, UInt8(truncatingIfNeeded: content.count)] + content
    }

    /// The name for messages.
    var distinguishedName: String { "CN=\(rawValue), O=Intel Corporation, L=Santa Clara, ST=CA, C=US" }
}
