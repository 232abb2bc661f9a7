package import Wire

/// One X.509 extension as it stands in a certificate or CRL; identifier and value are ranges of the enclosing DER.
package struct CertificateExtension: Hashable, Sendable {
    package let identifier: Range<Int>
    package let critical: Bool
    /// The content of the OCTET STRING.
    package let value: Range<Int>

    /// `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension` (RFC 5280 4.1), read from the reader that holds it.
    package static func list(in reader: inout DERReader) throws(DERError) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = []
        extensions.reserveCapacity(8)
        try forEach(in: &reader) { extensions.append($0) }
        return extensions
    }

    /// As above without keeping them: a CRL has extensions in each of its hundred entries.
    package static func forEach(
        in reader: inout DERReader, _ body: (CertificateExtension) -> Void
    ) throws(DERError) {
        var sequence = try reader.enter()
        repeat { body(try one(in: &sequence)) } while !sequence.isAtEnd
    }

    /// `Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
    private static func one(in reader: inout DERReader) throws(DERError) -> CertificateExtension {
        var sequence = try reader.enter()
        let identifier = try sequence.element(DERReader.Tag.objectIdentifier).content
        var critical = false
        if sequence.nextTag == DERReader.Tag.boolean {
            let offset = sequence.position
            critical = try sequence.boolean()
            guard critical else { throw DERError(.badValue("DER leaves out a default value"), at: offset) }
        }
        let value = try sequence.element(DERReader.Tag.octetString).content
        try sequence.finish()
        return CertificateExtension(identifier: identifier, critical: critical, value: value)
    }
}

/// Content octets of the object identifiers that the hierarchy uses (dcap 2.1, 2.3, 2.6).
package enum ObjectIdentifier {
    package static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x0E]
    package static let keyUsage: [UInt8] = [0x55, 0x1D, 0x0F]
    package static let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
    package static let crlNumber: [UInt8] = [0x55, 0x1D, 0x14]
    package static let crlDistributionPoints: [UInt8] = [0x55, 0x1D, 0x1F]
    package static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x23]
    /// 1.2.840.113741.1.13.1
    package static let intelSGX: [UInt8] = [0x2A, 0x86, 0x48, 0x86, 0xF8, 0x4D, 0x01, 0x0D, 0x01]
    package static let commonName: [UInt8] = [0x55, 0x04, 0x03]
    package static let country: [UInt8] = [0x55, 0x04, 0x06]
    package static let locality: [UInt8] = [0x55, 0x04, 0x07]
    package static let state: [UInt8] = [0x55, 0x04, 0x08]
    package static let organization: [UInt8] = [0x55, 0x04, 0x0A]

    /// Dotted decimal, for messages. First arcs of 0, 1 and 2 as X.690 8.19 packs them.
    package static func dotted(_ content: some Collection<UInt8>) -> String {
        var arcs: [UInt64] = []
        var arc: UInt64 = 0
        for octet in content.prefix(32) {
            arc = arc << 7 & 0x7FFF_FFFF_FFFF_FFFF | UInt64(octet & 0x7F)
            guard octet & 0x80 == 0 else { continue }
            if arcs.isEmpty {
                arcs = [min(arc / 40, 2), arc < 80 ? arc % 40 : arc - 80]
            } else {
                arcs.append(arc)
            }
            arc = 0
        }
        return arcs.map { String($0) }.joined(separator: ".")
    }
}
