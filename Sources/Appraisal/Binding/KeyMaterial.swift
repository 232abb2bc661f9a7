import Wire

/// Whether bytes are nothing but public keys or certificates. Such a value may be as old as the key, so it is compared and
/// never makes an answer fresh (wire-formats 2.9 R2): `sha256` of a SubjectPublicKeyInfo is what `spki` compares.
enum KeyMaterial {
    static func isAll(of bytes: [UInt8]) -> Bool {
        // What stands around a key makes it no newer: NULs behind it, a byte order mark before it.
        var core = bytes[...]
        while core.last == 0 { core.removeLast() }
        if core.starts(with: [0xEF, 0xBB, 0xBF]) { core.removeFirst(3) }
        return [bytes, Array(core)].contains { isKeyDER($0) || isPEM($0) || isWebKeys($0) }
    }

    /// SubjectPublicKeyInfo is (SEQUENCE, BIT STRING), a certificate (SEQUENCE, SEQUENCE, BIT STRING); each fills a
    /// SEQUENCE to its last byte. What such a structure holds is not looked at: it is signed or chosen by whoever made the
    /// key, and that was not done for this answer. Several in a row, a chain, are no more than one.
    private static func isKeyDER(_ bytes: [UInt8]) -> Bool {
        guard bytes.first == DERReader.Tag.sequence else { return false }
        var reader = DERReader(bytes)
        while !reader.isAtEnd {
            guard let isKey = try? isKeyStructure(&reader), isKey else { return false }
        }
        return true
    }

    private static func isKeyStructure(_ reader: inout DERReader) throws(DERError) -> Bool {
        var members = try reader.enter()
        _ = try members.element(DERReader.Tag.sequence)
        _ = try members.optional(DERReader.Tag.sequence)
        _ = try members.element(DERReader.Tag.bitString)
        return members.isAtEnd
    }

    /// Text that is PEM blocks from its first byte to its last, white space aside, whatever their labels.
    private static func isPEM(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop { isWhiteSpace($0) }
        return text.starts(with: Array("-----BEGIN ".utf8))
            && text.last { !isWhiteSpace($0) } == 0x2D
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// A JWK, a set of them, or an object that holds nothing but keys, as values or as texts.
    private static func isWebKeys(_ bytes: [UInt8]) -> Bool {
        guard bytes.first(where: { !isWhiteSpace($0) }) == 0x7B,
            let root = try? JSONDocument(parsing: bytes).root
        else { return false }
        return isWebKeys(root)
    }

    private static func isWebKeys(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .object:
            // Whatever else a key carries, it is a key.
            if value.member("kty") != nil { return true }
            let members = value.members.map(\.value).filter { !isEmpty($0) }
            return !members.isEmpty && members.allSatisfy { isWebKeys($0) }
        case .array:
            let elements = Array(value.elements)
            return !elements.isEmpty && elements.allSatisfy { isWebKeys($0) }
        // A key that is written as text is the same key: PEM, or a JWK inside a string.
        case .string: return isAll(of: Array((value.string ?? "").utf8))
        case .number, .boolean, .null: return false
        }
    }

    /// A member that says nothing, such as the nonce that a peer's client left out.
    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .null: true
        case .string: value.string?.isEmpty ?? false
        case .object: value.members.isEmpty
        case .array: Array(value.elements).isEmpty
        case .number, .boolean: false
        }
    }
}
