package import Wire

/// The attributes of an X.501 name, decoded on demand. Names are compared as raw DER (dcap 2.5, devices 5.2); decoding serves
/// role selection and messages.
package struct DistinguishedName: Hashable, Sendable {
    package struct Attribute: Hashable, Sendable {
        package let type: [UInt8]
        package let value: String

        package static func == (left: Attribute, right: Attribute) -> Bool {
            left.type == right.type && left.value.hasSameBytes(as: right.value)
        }
    }

    /// One inner array per RDN, in order of the encoding.
    package let relativeNames: [[Attribute]]

    /// `Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value }`; values must be UTF8String or
    /// PrintableString, which is all that the hierarchies use.
    package init(parsing bytes: [UInt8], in range: Range<Int>) throws(DERError) {
        var input = DERReader(bytes, in: range)
        var sequence = try input.enter()
        try input.finish()
        var names: [[Attribute]] = []
        while !sequence.isAtEnd {
            var set = try sequence.enter(DERReader.Tag.set)
            var attributes: [Attribute] = []
            repeat { attributes.append(try Self.attribute(in: &set)) } while !set.isAtEnd
            names.append(attributes)
        }
        relativeNames = names
    }

    private static func attribute(in set: inout DERReader) throws(DERError) -> Attribute {
        var pair = try set.enter()
        let type = try pair.element(DERReader.Tag.objectIdentifier).content
        let value = try pair.any()
        try pair.finish()
        guard value.tag == DERReader.Tag.utf8String || value.tag == DERReader.Tag.printableString,
            let text = String(validating: pair.bytes[value.content], as: UTF8.self)
        else { throw DERError(.badValue("a UTF8String or PrintableString"), at: value.encoding.lowerBound) }
        return Attribute(type: Array(pair.bytes[type]), value: text)
    }

    /// The common name, if there is exactly one.
    package var commonName: String? {
        let names = relativeNames.joined().filter { $0.type == ObjectIdentifier.commonName }
        return names.count == 1 ? names[0].value : nil
    }

    /// `CN=…, O=…` for messages.
    package var text: String {
        let labels: [[UInt8]: String] = [
            ObjectIdentifier.commonName: "CN", ObjectIdentifier.organization: "O", ObjectIdentifier.locality: "L",
            ObjectIdentifier.state: "ST", ObjectIdentifier.country: "C",
        ]
        return relativeNames.joined()
            .map { "\(labels[$0.type] ?? ObjectIdentifier.dotted($0.type))=\($0.value)" }
            .joined(separator: ", ")
    }
}

extension Certificate {
    /// The subject's one common name; `nil` if the name does not decode or has none or several.
    package var commonName: String? {
        (try? DistinguishedName(parsing: der, in: subject))?.commonName
    }
}
