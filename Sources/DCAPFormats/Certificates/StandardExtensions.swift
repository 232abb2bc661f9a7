import Wire
package import X509Formats

/// Basic constraints and key usage as Intel's hierarchy is held to them (dcap 2.5 rule 5); `nil` where absent or malformed.
extension Certificate {
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
        guard var reader = reader(of: identifier), let value = try? read(&reader), reader.isAtEnd else { return nil }
        return value
    }
}
