import Wire

/// Whether bytes are nothing but public keys or certificates. Such a value may be as old as the key, so it is compared and
/// never makes an answer fresh (wire-formats 2.9 R2): `sha256` of a SubjectPublicKeyInfo is what `spki` compares.
enum KeyMaterial {
    static func isAll(of bytes: [UInt8]) -> Bool { isKeyDER(bytes) || isPEM(bytes) || isWebKeys(bytes) }

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

    /// A JWK, a set of them, or an object that holds nothing but keys.
    private static func isWebKeys(_ bytes: [UInt8]) -> Bool {
        guard bytes.first(where: { !isWhiteSpace($0) }) == 0x7B,
            let root = try? JSONDocument(parsing: bytes).root
        else { return false }
        return isWebKeys(root)
    }

    private static func isWebKeys(_ value: JSONValue) -> Bool {
        switch value.kind {
        case .object:
            let members = Array(value.members)
            if value.member("kty") != nil { return members.allSatisfy { webKeyMembers.contains($0.name) } }
            return !members.isEmpty && members.allSatisfy { isWebKeys($0.value) }
        case .array:
            let elements = Array(value.elements)
            return !elements.isEmpty && elements.allSatisfy { isWebKeys($0) }
        case .string: return isPEM(Array((value.string ?? "").utf8))
        case .number, .boolean, .null: return false
        }
    }

    /// RFC 7517 4, RFC 7518 6, RFC 8037 2, and what browsers add.
    private static let webKeyMembers: Set<String> = [
        "kty", "use", "key_ops", "alg", "kid", "x5u", "x5c", "x5t", "x5t#S256", "crv", "x", "y", "n", "e", "ext",
    ]
}
