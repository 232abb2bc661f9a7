import Crypto
import Wire

/// SubjectPublicKeyInfo structures: the one Intel uses and some it does not.
enum KeyInfoRecipe {
    static func p256(_ key: SimulatedKey) -> DERNode {
        .sequence([.sequence([.identifier(.ecPublicKey), .identifier(.prime256v1)]), .bits([4] + key.publicKey)])
    }

    /// The same key on the same curve, which is spelled out instead of named (SEC 1 C.2).
    static func explicitP256(_ key: SimulatedKey) -> DERNode {
        let field = DERNode.sequence([.identifier(.primeField), .unsigned(P256Parameters.prime)])
        let curve = DERNode.sequence([.octets(P256Parameters.a), .octets(P256Parameters.b)])
        let order = DeterministicSigner.order
        let parameters = DERNode.sequence([
            .integer(1), field, curve, .octets([4] + P256Parameters.basePoint), .unsigned(order), .integer(1),
        ])
        return .sequence([.sequence([.identifier(.ecPublicKey), parameters]), .bits([4] + key.publicKey)])
    }

    static func p384(seed: String) throws -> DERNode {
        // The top byte is zero, so the scalar is below the order, whose top byte is FF.
        let scalar = [0] + SeededBytes.make(seed, "P-384 key", count: 47)
        let point = try P384.Signing.PrivateKey(rawRepresentation: scalar).publicKey.x963Representation
        return .sequence([.sequence([.identifier(.ecPublicKey), .identifier(.secp384r1)]), .bits(Array(point))])
    }

    /// A modulus of 2,048 bits nobody knows the factors of; nothing is ever signed with it.
    static func rsa2048(seed: String) -> DERNode {
        var modulus = SeededBytes.make(seed, "RSA modulus", count: 256)
        modulus[0] |= 0x80
        modulus[255] |= 1
        let key = DERNode.sequence([.unsigned(modulus), .integer(65_537)])
        return .sequence([
            .sequence([.identifier(.rsaEncryption), .primitive(tag: 0x05, content: [])]), .bits(key.encoded),
        ])
    }
}

/// The domain parameters of P-256 (FIPS 186-4 D.1.2.3), big-endian.
private enum P256Parameters {
    static let prime = bytes("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")
    static let a = bytes("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc")
    static let b = bytes("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    static let basePoint =
        bytes("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")
        + bytes("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")

    private static func bytes(_ hex: String) -> [UInt8] { Hex.decode(hex) ?? [] }
}
