package import Wire

/// Everything that goes into one CRL (dcap 2.6); edit a field, then take `der`, which signs.
package struct CRLRecipe: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        /// Big-endian magnitude.
        package var serial: [UInt8]
        package var date: Instant
        /// CRLReason; 1 is keyCompromise, what Intel always writes.
        package var reason: Int? = 1

        var node: DERNode {
            let reasons = reason.map { value in
                DERNode.sequence([
                    .sequence([.identifier(.reasonCode), .octets(DERNode.enumerated(value).encoded)])
                ])
            }
            return .sequence([.unsigned(serial), .time(date)] + (reasons.map { [$0] } ?? []))
        }
    }

    package enum Encoding: Hashable, Sendable {
        case der
        case hex
        case pem
    }

    package var signatureAlgorithm = CertificateRecipe.SignatureAlgorithm.ecdsaWithSHA256
    package var issuer: NameRecipe
    package var thisUpdate: Instant
    package var nextUpdate: Instant?
    package var entries: [Entry] = []
    package var extensions: [ExtensionRecipe]
    package var signer: SimulatedKey
    package var hasBrokenSignature = false
    /// How the service hands it out.
    package var encoding = Encoding.der
    /// Bytes appended to what is handed out.
    package var trailing: [UInt8] = []

    /// As Intel writes them: CRL number 1 and the key identifier of the issuer.
    init(issuedBy authority: CertificateRecipe, key: SimulatedKey, thisUpdate: Instant, nextUpdate: Instant) {
        issuer = authority.subject
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        signer = key
        extensions = [
            ExtensionRecipe(type: .crlNumber, content: DERNode.integer(1).encoded),
            .authorityKeyIdentifier(key.identifier),
        ]
    }

    package mutating func revoke(_ serial: [UInt8], at date: Instant? = nil, reason: Int? = 1) {
        entries.append(Entry(serial: serial, date: date ?? thisUpdate, reason: reason))
    }

    package func der() throws -> [UInt8] {
        let revoked: [DERNode] = entries.isEmpty ? [] : [.sequence(entries.map(\.node))]
        let listed: [DERNode] =
            extensions.isEmpty ? [] : [.context(0, [.sequence(extensions.map(\.node))])]
        let body = DERNode.sequence(
            [.integer(1), signatureAlgorithm.node, issuer.node, .time(thisUpdate)]
                + (nextUpdate.map { [.time($0)] } ?? []) + revoked + listed)
        return try SignedStructure.der(body, signatureAlgorithm, signer, broken: hasBrokenSignature)
    }

    /// What a service answers with: DER, hexadecimal digits of it, or PEM.
    func served() throws -> [UInt8] {
        let der = try der()
        return switch encoding {
        case .der: der + trailing
        case .hex: Array(Hex.encode(der).utf8) + trailing
        case .pem: Array(PEM.encode(der, label: "X509 CRL").utf8) + trailing
        }
    }
}
