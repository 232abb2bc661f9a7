import Wire

/// KeyUsage bits (RFC 5280 4.2.1.3) that the hierarchy uses; bit 0 is the top bit of the first octet.
package struct KeyUsage: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let digitalSignature = KeyUsage(rawValue: 0x80)
    package static let keyCertSign = KeyUsage(rawValue: 0x04)
    package static let crlSign = KeyUsage(rawValue: 0x02)
}

/// The values of the standard extensions, decoded on demand; `nil` where absent or malformed.
extension Certificate {
    package var subjectKeyIdentifier: ArraySlice<UInt8>? {
        value(ObjectIdentifier.subjectKeyIdentifier) { value throws(DERError) in
            value.bytes[try value.element(DERReader.Tag.octetString).content]
        }
    }

    /// The key identifier of `AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, … }`.
    package var authorityKeyIdentifier: ArraySlice<UInt8>? {
        value(ObjectIdentifier.authorityKeyIdentifier) { value throws(DERError) in
            var sequence = try value.enter()
            return sequence.bytes[try sequence.element(0x80).content]
        }
    }

    /// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
    package var isCertificateAuthority: Bool? {
        value(ObjectIdentifier.basicConstraints) { value throws(DERError) in
            var sequence = try value.enter()
            let isCA = sequence.nextTag == DERReader.Tag.boolean ? try sequence.boolean() : false
            if sequence.nextTag == DERReader.Tag.integer { _ = try sequence.integer() }
            try sequence.finish()
            return isCA
        }
    }

    package var keyUsage: KeyUsage? {
        value(ObjectIdentifier.keyUsage) { value throws(DERError) in
            let content = try value.element(DERReader.Tag.bitString).content
            guard content.count >= 2 else { throw DERError(.truncated, at: content.lowerBound) }
            return KeyUsage(rawValue: value.bytes[content.lowerBound + 1])
        }
    }

    private func value<Value>(
        _ identifier: [UInt8], _ read: (inout DERReader) throws(DERError) -> Value
    ) -> Value? {
        guard let found = extensions.first(where: { der[$0.identifier].elementsEqual(identifier) }) else { return nil }
        var reader = DERReader(der, in: found.value)
        guard let value = try? read(&reader), reader.isAtEnd else { return nil }
        return value
    }
}
