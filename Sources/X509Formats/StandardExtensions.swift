package import Wire

/// KeyUsage bits (RFC 5280 4.2.1.3) that the hierarchies use; bit 0 is the top bit of the first octet.
package struct KeyUsage: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let digitalSignature = KeyUsage(rawValue: 0x80)
    package static let keyCertSign = KeyUsage(rawValue: 0x04)
    package static let crlSign = KeyUsage(rawValue: 0x02)
}

/// Values of extensions, decoded on demand. Each is `nil` where it is absent and throws where it is there and not well made.
extension Certificate {
    /// A reader of the value of the first extension with this identifier.
    package func reader(of identifier: [UInt8]) -> DERReader? {
        extensions.first { der[$0.identifier].elementsEqual(identifier) }.map { DERReader(der, in: $0.value) }
    }

    package func subjectKeyIdentifier() throws(DERError) -> ArraySlice<UInt8>? {
        guard var value = reader(of: ObjectIdentifier.subjectKeyIdentifier) else { return nil }
        let identifier = try value.element(DERReader.Tag.octetString).content
        try value.finish()
        return der[identifier]
    }

    /// The key identifier of `AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, … }`; its other forms leave nothing to
    /// compare.
    package func authorityKeyIdentifier() throws(DERError) -> ArraySlice<UInt8>? {
        guard var value = reader(of: ObjectIdentifier.authorityKeyIdentifier) else { return nil }
        var sequence = try value.enter()
        try value.finish()
        guard let identifier = try sequence.optional(0x80) else {
            throw DERError(.badValue("a key identifier"), at: 0)
        }
        return der[identifier.content]
    }
}
