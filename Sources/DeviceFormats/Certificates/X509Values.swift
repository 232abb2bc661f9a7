package import Wire

/// The standard extensions as the hierarchies use them, decoded on demand. Each is `nil` where it is absent and throws
/// where it is there and not well made.
extension X509Certificate {
    package struct BasicConstraints: Hashable, Sendable {
        package let isCA: Bool
        package let pathLength: Int?
    }

    /// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
    package func basicConstraints() throws(DERError) -> BasicConstraints? {
        guard let value = value(of: X509Identifier.basicConstraints) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        var isCA = false
        if sequence.nextTag == DERReader.Tag.boolean {
            isCA = try sequence.boolean()
            guard isCA else { throw DERError(.badValue("DER leaves out a default value"), at: 0) }
        }
        let pathLength = sequence.isAtEnd ? nil : try sequence.small(atMost: 255)
        try sequence.finish()
        return BasicConstraints(isCA: isCA, pathLength: pathLength)
    }

    package struct KeyUsage: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }
        package static let digitalSignature = KeyUsage(rawValue: 0x80)
        package static let keyCertSign = KeyUsage(rawValue: 0x04)
        package static let crlSign = KeyUsage(rawValue: 0x02)
    }

    /// The first octet of the BIT STRING; the ninth bit, decipherOnly, is of no use here.
    package func keyUsage() throws(DERError) -> KeyUsage? {
        guard let value = value(of: X509Identifier.keyUsage) else { return nil }
        var input = DERReader(Array(value))
        let bits = input.bytes[try input.element(DERReader.Tag.bitString).content]
        try input.finish()
        guard (2...3).contains(bits.count), let unused = bits.first, unused < 8 else {
            throw DERError(.badValue("a BIT STRING of at most nine bits"), at: 0)
        }
        return KeyUsage(rawValue: bits[bits.startIndex + 1])
    }

    package func subjectKeyIdentifier() throws(DERError) -> ArraySlice<UInt8>? {
        guard let value = value(of: X509Identifier.subjectKeyIdentifier) else { return nil }
        var input = DERReader(Array(value))
        let identifier = try input.element(DERReader.Tag.octetString).content
        try input.finish()
        return input.bytes[identifier]
    }

    /// The key identifier of `AuthorityKeyIdentifier`; its other forms leave nothing to compare.
    package func authorityKeyIdentifier() throws(DERError) -> ArraySlice<UInt8>? {
        guard let value = value(of: X509Identifier.authorityKeyIdentifier) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        guard let identifier = try sequence.optional(0x80) else {
            throw DERError(.badValue("a key identifier"), at: 0)
        }
        return input.bytes[identifier.content]
    }

    /// The purposes of an extended key usage, as content octets.
    package func extendedKeyUsage() throws(DERError) -> [ArraySlice<UInt8>]? {
        guard let value = value(of: X509Identifier.extendedKeyUsage) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        var purposes: [ArraySlice<UInt8>] = []
        repeat {
            purposes.append(input.bytes[try sequence.element(DERReader.Tag.objectIdentifier).content])
        } while !sequence.isAtEnd
        return purposes
    }

    /// The subject's one common name; `nil` if the name does not decode or has none or several.
    package var commonName: String? { try? X509Name(parsing: der, in: subject).commonName }

    /// The subject for messages.
    package var subjectText: String {
        (try? X509Name(parsing: der, in: subject))?.text ?? "a name that does not decode"
    }
}

/// The attributes of an X.501 name, decoded on demand. Names are compared as raw DER.
package struct X509Name: Sendable {
    package let attributes: [(type: ArraySlice<UInt8>, value: String)]

    package init(parsing bytes: [UInt8], in range: Range<Int>) throws(DERError) {
        var input = DERReader(bytes, in: range)
        var sequence = try input.enter()
        try input.finish()
        var attributes: [(ArraySlice<UInt8>, String)] = []
        while !sequence.isAtEnd {
            var set = try sequence.enter(DERReader.Tag.set)
            repeat {
                var pair = try set.enter()
                let type = try pair.element(DERReader.Tag.objectIdentifier).content
                let value = try pair.any()
                try pair.finish()
                guard value.tag == DERReader.Tag.utf8String || value.tag == DERReader.Tag.printableString,
                    let text = String(validating: bytes[value.content], as: UTF8.self)
                else { throw DERError(.badValue("a UTF8String or PrintableString"), at: value.encoding.lowerBound) }
                attributes.append((bytes[type], text))
            } while !set.isAtEnd
        }
        self.attributes = attributes
    }

    package var commonName: String? {
        let names = attributes.filter { $0.type.elementsEqual(X509Identifier.commonName) }
        return names.count == 1 ? names[0].value : nil
    }

    package var text: String {
        commonName.map { "CN=\($0)" } ?? attributes.map(\.value).joined(separator: ", ")
    }
}

/// The DER forms that keys and algorithms have here, and no others.
package enum X509Form {
    /// `SEQUENCE { SEQUENCE { id-ecPublicKey, secp384r1 }, BIT STRING (97 octets, uncompressed) }` up to x.
    private static let p384Prefix: [UInt8] = [
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04,
        0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
    ]

    /// `SEQUENCE { ecdsa-with-SHA256 }`, for NVIDIA's revocation lists alone (devices 9.5).
    package static let ecdsaWithSHA256: [UInt8] = [
        0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
    ]
    /// `SEQUENCE { ecdsa-with-SHA384 }`, without parameters.
    package static let ecdsaWithSHA384: [UInt8] = [
        0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03,
    ]

    /// x ‖ y of a P-384 key, or `nil` for any other kind of key, curve, parameters or form of a point.
    package static func p384(_ info: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard info.count == p384Prefix.count + 96, info.starts(with: p384Prefix) else { return nil }
        return info.dropFirst(p384Prefix.count)
    }

    /// The bits of a key, as OCSP hashes them: 04 ‖ x ‖ y here.
    package static func keyBits(_ certificate: X509Certificate) -> ArraySlice<UInt8>? {
        let info = certificate.der[certificate.subjectPublicKeyInfo]
        return p384(info).map { info[$0.startIndex - 1..<$0.endIndex] }
    }
}
