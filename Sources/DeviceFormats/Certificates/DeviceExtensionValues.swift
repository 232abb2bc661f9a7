package import Wire
package import X509Formats

/// The standard extensions as NVIDIA's hierarchies use them, decoded on demand. Each is `nil` where it is absent and throws
/// where it is there and not well made.
extension Certificate {
    package struct BasicConstraints: Hashable, Sendable {
        package let isCA: Bool
        package let pathLength: Int?
    }

    /// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`
    package func basicConstraints() throws(DERError) -> BasicConstraints? {
        guard let value = value(of: ObjectIdentifier.basicConstraints) else { return nil }
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

    /// The first octet of the BIT STRING; the ninth bit, decipherOnly, is of no use here.
    package func keyUsage() throws(DERError) -> KeyUsage? {
        guard let value = value(of: ObjectIdentifier.keyUsage) else { return nil }
        var input = DERReader(Array(value))
        let bits = input.bytes[try input.element(DERReader.Tag.bitString).content]
        try input.finish()
        guard (2...3).contains(bits.count), let unused = bits.first, unused < 8 else {
            throw DERError(.badValue("a BIT STRING of at most nine bits"), at: 0)
        }
        return KeyUsage(rawValue: bits[bits.startIndex + 1])
    }

    /// The purposes of an extended key usage, as content octets.
    package func extendedKeyUsage() throws(DERError) -> [ArraySlice<UInt8>]? {
        guard let value = value(of: ObjectIdentifier.extendedKeyUsage) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        var purposes: [ArraySlice<UInt8>] = []
        repeat {
            purposes.append(input.bytes[try sequence.element(DERReader.Tag.objectIdentifier).content])
        } while !sequence.isAtEnd
        return purposes
    }

    /// The subject for messages.
    package var subjectText: String {
        guard let name = try? DistinguishedName(parsing: der, in: subject) else { return "a name that does not decode" }
        return name.commonName.map { "CN=\($0)" } ?? name.relativeNames.joined().map(\.value).joined(separator: ", ")
    }
}
