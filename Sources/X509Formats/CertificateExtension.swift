package import Wire

/// One X.509 extension as it stands in a certificate, a CRL or an answer about revocation; identifier and value are ranges
/// of the enclosing DER.
package struct CertificateExtension: Hashable, Sendable {
    package let identifier: Range<Int>
    package let critical: Bool
    /// The content of the OCTET STRING.
    package let value: Range<Int>

    /// Which lists of extensions are read at all.
    package enum Rule: Hashable, Sendable {
        /// All: whether one may stand twice is verification's question, which has codes of its own for it (dcap 2.5).
        case any
        /// Those of at most 64, each identifier once: of two, readers take the first or the last.
        case eachOnce
    }

    /// `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension` (RFC 5280 4.1), read from the reader that holds it.
    package static func list(in reader: inout DERReader, _ rule: Rule) throws(DERError) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = []
        extensions.reserveCapacity(8)
        try forEach(in: &reader, rule) { extensions.append($0) }
        return extensions
    }

    /// As above without keeping them: a CRL has extensions in each of its hundred entries.
    package static func forEach(
        in reader: inout DERReader, _ rule: Rule, _ body: (CertificateExtension) -> Void
    ) throws(DERError) {
        var sequence = try reader.enter()
        var seen: [Range<Int>] = []
        repeat {
            let found = try one(in: &sequence)
            if rule == .eachOnce {
                let isRepeated = seen.contains {
                    sequence.bytes[$0].elementsEqual(sequence.bytes[found.identifier])
                }
                guard !isRepeated, seen.count < 64 else {
                    throw DERError(.badValue("at most 64 extensions, each once"), at: found.identifier.lowerBound)
                }
                seen.append(found.identifier)
            }
            body(found)
        } while !sequence.isAtEnd
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
