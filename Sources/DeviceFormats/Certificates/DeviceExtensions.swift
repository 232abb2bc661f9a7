package import Wire
package import X509Formats

/// What a device's certificate says beside its key: the firmware it was issued for, and which device it is.
extension Certificate {
    /// `CompositeDeviceID` of Hopper and LS10 (devices 5.4):
    /// `SEQUENCE { INTEGER 1, SubjectPublicKeyInfo, SEQUENCE { sha384, OCTET STRING } }`.
    package struct CompositeDeviceID: Sendable {
        package let subjectPublicKeyInfo: ArraySlice<UInt8>
        package let fwid: ArraySlice<UInt8>
    }

    package func compositeDeviceID() throws(DERError) -> CompositeDeviceID? {
        guard let value = value(of: ObjectIdentifier.compositeDeviceID) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        guard try sequence.small(atMost: 255) == 1 else { throw DERError(.badValue("the number 1"), at: 0) }
        let key = try sequence.element(DERReader.Tag.sequence).encoding
        let fwid = try Self.fwid(in: &sequence)
        try sequence.finish()
        return CompositeDeviceID(subjectPublicKeyInfo: input.bytes[key], fwid: fwid)
    }

    /// The first of the firmware identities of DICE `TcbInfo` (devices 5.4): `[6]` of its implicit tags.
    package func firstFWIDOfTCBInfo() throws(DERError) -> ArraySlice<UInt8>? {
        guard let value = value(of: ObjectIdentifier.tcbInfo) else { return nil }
        var input = DERReader(Array(value))
        var sequence = try input.enter()
        try input.finish()
        var last = -1
        var first: ArraySlice<UInt8>?
        while !sequence.isAtEnd {
            let field = try sequence.any()
            let number = Int(field.tag & 0x1F)
            guard field.tag & 0x80 != 0, number > last else {
                throw DERError(.badValue("fields in order, each once"), at: field.encoding.lowerBound)
            }
            last = number
            guard number == 6 else { continue }
            guard field.tag == DERReader.Tag.context(6) else {
                throw DERError(.badValue("a list of identities"), at: field.encoding.lowerBound)
            }
            var list = DERReader(input.bytes, in: field.content)
            first = try Self.fwid(in: &list)
            while !list.isAtEnd { _ = try list.element(DERReader.Tag.sequence) }
        }
        guard let found = first else { throw DERError(.badValue("a list of identities"), at: 0) }
        return found
    }

    /// `FWID ::= SEQUENCE { hashAlg OBJECT IDENTIFIER, digest OCTET STRING }`, of SHA-384 alone.
    private static func fwid(in reader: inout DERReader) throws(DERError) -> ArraySlice<UInt8> {
        var sequence = try reader.enter()
        let algorithm = try sequence.element(DERReader.Tag.objectIdentifier).content
        let digest = try sequence.element(DERReader.Tag.octetString).content
        try sequence.finish()
        guard reader.bytes[algorithm].elementsEqual(ObjectIdentifier.sha384), digest.count == 48 else {
            throw DERError(.badValue("a SHA-384 digest"), at: algorithm.lowerBound)
        }
        return reader.bytes[digest]
    }

    /// The text of the other name that DMTF gives devices: `NVIDIA:GH100:48B02D92494BADF4` (devices 5.1).
    package func deviceInfo() throws(DERError) -> String? {
        guard let value = value(of: ObjectIdentifier.subjectAlternativeName) else { return nil }
        var input = DERReader(Array(value))
        var names = try input.enter()
        try input.finish()
        var found: String?
        while !names.isAtEnd {
            let name = try names.any()
            guard name.tag == DERReader.Tag.context(0) else { continue }
            var other = DERReader(input.bytes, in: name.content)
            let type = try other.element(DERReader.Tag.objectIdentifier).content
            guard input.bytes[type].elementsEqual(ObjectIdentifier.deviceInfo) else { continue }
            var explicit = try other.enter(DERReader.Tag.context(0))
            let text = try explicit.element(DERReader.Tag.utf8String).content
            try explicit.finish()
            try other.finish()
            guard found == nil, let decoded = String(validating: input.bytes[text], as: UTF8.self) else {
                throw DERError(.badValue("one name of the device, in UTF-8"), at: text.lowerBound)
            }
            found = decoded
        }
        return found
    }
}
