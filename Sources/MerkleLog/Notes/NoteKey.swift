import Crypto
public import Wire

/// What a key signs with, by the type byte of its id (transparency-log 4.2).
public enum NoteKeyType: UInt8, Hashable, Sendable {
    /// A log's Ed25519 signature over the note text.
    case ed25519 = 0x01
    /// A witness's Ed25519 signature over the checkpoint and a time.
    case ed25519Cosignature = 0x04
    /// The same with ML-DSA-44, which swift-crypto does not offer: read and carried through, never verified.
    case mldsa44Cosignature = 0x06

    var publicKeyBytes: Int { self == .mldsa44Cosignature ? 1_312 : 32 }
}

/// The first four bytes of a hash over name, type and public key: tells keys of one name apart, authenticates nothing.
public typealias KeyID = FixedBytes<4>

/// A verifier key: the public half of what signs notes, in the text form that people pass around.
public struct NoteKey: Hashable, Sendable {
    public let name: KeyName
    public let type: NoteKeyType
    public let publicKey: [UInt8]
    public let id: KeyID

    /// - Returns: `nil` for a public key of the wrong length.
    public init?(name: KeyName, type: NoteKeyType, publicKey: some Collection<UInt8>) {
        guard publicKey.count == type.publicKeyBytes else { return nil }
        self.name = name
        self.type = type
        self.publicKey = Array(publicKey)
        let digest = MerkleHashing.sha256(name.bytes + [0x0A, type.rawValue] + self.publicKey)
        id = KeyID(exactly: digest.bytes.prefix(4)) ?? KeyID()
    }

    /// Reads `name+id+base64(type ‖ public key)`; base64 may hold further `+`.
    public init(parsing text: some Collection<UInt8>) throws(NoteFailure) {
        let parts = Array(text).split(separator: 0x2B, maxSplits: 2, omittingEmptySubsequences: false)
        guard text.count <= Limits.noteLineBytes, parts.count == 3, let name = KeyName(parts[0]),
            parts[1].count == 8, parts[1].allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }),
            let id = Hex.decode(parts[1]), let material = Base64.decode(parts[2]), let first = material.first
        else { throw .malformedKey }
        guard let type = NoteKeyType(rawValue: first) else { throw .unknownKeyType(first) }
        guard let key = NoteKey(name: name, type: type, publicKey: material.dropFirst()) else { throw .malformedKey }
        guard key.id.bytes == id else { throw .keyIDMismatch(name, stated: Hex.encode(id), computed: key.id.hex) }
        self = key
    }

    public init(parsing text: String) throws(NoteFailure) { try self.init(parsing: Array(text.utf8)) }

    /// The text form, `vkey`.
    public var text: String {
        "\(name)+\(id.hex)+" + Base64.encode([type.rawValue] + publicKey)
    }

    func verifies(_ signature: some Collection<UInt8>, over message: [UInt8]) -> Bool {
        guard type != .mldsa44Cosignature, signature.count == 64,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey)
        else { return false }
        return key.isValidSignature(Array(signature), for: message)
    }
}
