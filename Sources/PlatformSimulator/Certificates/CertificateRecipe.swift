package import Wire

/// One certificate extension: the content of its OCTET STRING as bytes.
package struct ExtensionRecipe: Hashable, Sendable {
    package var type: ObjectIdentifierArcs
    package var isCritical = false
    package var content: [UInt8]

    var node: DERNode {
        .sequence([.identifier(type)] + (isCritical ? [.boolean(0xFF)] : []) + [.octets(content)])
    }

    static func authorityKeyIdentifier(_ identifier: [UInt8]) -> ExtensionRecipe {
        ExtensionRecipe(
            type: .authorityKeyIdentifier, content: DERNode.sequence([.implicit(0, identifier)]).encoded)
    }

    static func subjectKeyIdentifier(_ identifier: [UInt8]) -> ExtensionRecipe {
        ExtensionRecipe(type: .subjectKeyIdentifier, content: DERNode.octets(identifier).encoded)
    }

    static func crlDistributionPoint(_ address: String) -> ExtensionRecipe {
        let name = DERNode.context(0, [.context(0, [.implicit(6, Array(address.utf8))])])
        return ExtensionRecipe(
            type: .crlDistributionPoints, content: DERNode.sequence([.sequence([name])]).encoded)
    }

    /// keyCertSign and cRLSign.
    static let authorityKeyUsage = keyUsage([0x06], unused: 1)
    /// digitalSignature and nonRepudiation.
    static let signingKeyUsage = keyUsage([0xC0], unused: 6)

    static func keyUsage(_ bits: [UInt8], unused: UInt8) -> ExtensionRecipe {
        ExtensionRecipe(type: .keyUsage, isCritical: true, content: DERNode.bits(bits, unused: unused).encoded)
    }

    static func authorityConstraints(pathLength: Int?) -> ExtensionRecipe {
        let fields: [DERNode] = [.boolean(0xFF)] + (pathLength.map { [.integer($0)] } ?? [])
        return ExtensionRecipe(
            type: .basicConstraints, isCritical: true, content: DERNode.sequence(fields).encoded)
    }

    /// CA:FALSE, which is the default and so not written.
    static let endEntityConstraints = ExtensionRecipe(
        type: .basicConstraints, isCritical: true, content: DERNode.sequence([]).encoded)
}

/// Everything that goes into one certificate; edit a field, then take `der`, which signs.
package struct CertificateRecipe: Hashable, Sendable {
    package enum SignatureAlgorithm: Hashable, Sendable {
        case ecdsaWithSHA256
        case ecdsaWithSHA384

        var node: DERNode {
            switch self {
            case .ecdsaWithSHA256: .sequence([.identifier(.ecdsaWithSHA256)])
            case .ecdsaWithSHA384: .sequence([.identifier(.ecdsaWithSHA384)])
            }
        }
    }

    /// 3 as people count; a version 1 certificate has no version field.
    package var version = 3
    /// Big-endian magnitude.
    package var serial: [UInt8]
    package var signatureAlgorithm = SignatureAlgorithm.ecdsaWithSHA256
    package var issuer: NameRecipe
    package var notBefore: Instant
    package var notAfter: Instant
    package var subject: NameRecipe
    /// SubjectPublicKeyInfo.
    package var publicKey: DERNode
    package var extensions: [ExtensionRecipe]
    package var signer: SimulatedKey
    /// Spoils the signature after signing.
    package var hasBrokenSignature = false
    /// Octets after the certificate, where none belong.
    package var trailing: [UInt8] = []

    package func der() throws -> [UInt8] {
        let extensions: [DERNode] =
            version >= 3 && !self.extensions.isEmpty ? [.context(3, [.sequence(self.extensions.map(\.node))])] : []
        let body = DERNode.sequence(
            (version > 1 ? [.context(0, [.integer(version - 1)])] : []) + [
                .unsigned(serial), signatureAlgorithm.node, issuer.node,
                .sequence([.time(notBefore), .time(notAfter)]), subject.node, publicKey,
            ] + extensions)
        return try SignedStructure.der(body, signatureAlgorithm, signer, broken: hasBrokenSignature) + trailing
    }

    /// Replaces the content of the first extension of that type; without one nothing changes.
    mutating func setContent(of type: ObjectIdentifierArcs, to content: [UInt8]) {
        guard let position = extensions.firstIndex(where: { $0.type == type }) else { return }
        extensions[position].content = content
    }

    mutating func replaceExtension(_ replacement: ExtensionRecipe) {
        guard let position = extensions.firstIndex(where: { $0.type == replacement.type }) else { return }
        extensions[position] = replacement
    }

    mutating func removeExtension(_ type: ObjectIdentifierArcs) { extensions.removeAll { $0.type == type } }
}

/// `SEQUENCE { body, algorithm, signature }`, as certificates and CRLs share it.
enum SignedStructure {
    static func der(
        _ body: DERNode, _ algorithm: CertificateRecipe.SignatureAlgorithm, _ signer: SimulatedKey, broken: Bool
    ) throws -> [UInt8] {
        let message = body.encoded
        var signature =
            switch algorithm {
            case .ecdsaWithSHA256: try signer.sign(message)
            case .ecdsaWithSHA384: try signer.signSHA384(message)
            }
        if broken { signature[40] ^= 1 }
        let value = DERNode.sequence([
            .unsigned(Array(signature.prefix(32))), .unsigned(Array(signature.suffix(32))),
        ])
        return DERNode.sequence([.raw(message), algorithm.node, .bits(value.encoded)]).encoded
    }
}
