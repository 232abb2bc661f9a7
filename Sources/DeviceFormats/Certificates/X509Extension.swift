package import Wire

/// One X.509 extension as it stands in a certificate, a list or an answer; ranges of the enclosing DER.
package struct X509Extension: Hashable, Sendable {
    package let identifier: Range<Int>
    package let critical: Bool
    /// The content of the OCTET STRING.
    package let value: Range<Int>

    /// `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension` (RFC 5280 4.1). Each identifier may stand once: of two, readers
    /// take the first or the last.
    package static func list(in reader: inout DERReader) throws(DERError) -> [X509Extension] {
        var extensions: [X509Extension] = []
        var sequence = try reader.enter()
        repeat {
            let found = try one(in: &sequence)
            let isRepeated = extensions.contains {
                sequence.bytes[$0.identifier].elementsEqual(sequence.bytes[found.identifier])
            }
            guard !isRepeated, extensions.count < 64 else {
                throw DERError(.badValue("at most 64 extensions, each once"), at: found.identifier.lowerBound)
            }
            extensions.append(found)
        } while !sequence.isAtEnd
        return extensions
    }

    /// `Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`
    private static func one(in reader: inout DERReader) throws(DERError) -> X509Extension {
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
        return X509Extension(identifier: identifier, critical: critical, value: value)
    }
}

/// Content octets of the object identifiers of NVIDIA's hierarchies (devices 5, 7.5, 9).
package enum X509Identifier {
    package static let subjectKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x0E]
    package static let keyUsage: [UInt8] = [0x55, 0x1D, 0x0F]
    package static let subjectAlternativeName: [UInt8] = [0x55, 0x1D, 0x11]
    package static let basicConstraints: [UInt8] = [0x55, 0x1D, 0x13]
    package static let crlNumber: [UInt8] = [0x55, 0x1D, 0x14]
    package static let authorityKeyIdentifier: [UInt8] = [0x55, 0x1D, 0x23]
    package static let extendedKeyUsage: [UInt8] = [0x55, 0x1D, 0x25]
    /// 1.3.6.1.5.5.7.3.9, id-kp-OCSPSigning.
    package static let ocspSigning: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x09]
    /// 1.3.6.1.5.5.7.48.1.1, id-pkix-ocsp-basic.
    package static let ocspBasic: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01]
    /// 1.3.6.1.5.5.7.48.1.2, id-pkix-ocsp-nonce.
    package static let ocspNonce: [UInt8] = [0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02]
    /// 2.23.133.5.4.1: CompositeDeviceID, with the firmware's identity of Hopper and LS10.
    package static let compositeDeviceID: [UInt8] = [0x67, 0x81, 0x05, 0x05, 0x04, 0x01]
    /// 2.23.133.5.4.1.1: DICE TcbInfo, with the firmware's identity of Blackwell.
    package static let tcbInfo: [UInt8] = [0x67, 0x81, 0x05, 0x05, 0x04, 0x01, 0x01]
    /// 1.3.6.1.4.1.412.274.1, DMTF device information.
    package static let deviceInfo: [UInt8] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0x1C, 0x82, 0x12, 0x01]
    package static let sha1: [UInt8] = [0x2B, 0x0E, 0x03, 0x02, 0x1A]
    package static let sha256: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]
    package static let sha384: [UInt8] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02]
    package static let commonName: [UInt8] = [0x55, 0x04, 0x03]

    /// Dotted decimal, for messages.
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
