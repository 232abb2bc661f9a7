package import Wire

/// The fake Intel: the five kinds of certificate with the profiles of dcap 2.1, and the keys behind them.
package struct SimulatedIntel: Sendable {
    static let rootCRLAddress = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der"
    static let rootName = NameRecipe(intel: "Intel SGX Root CA")

    let seed: String
    package let rootKey: SimulatedKey
    package let platformKey: SimulatedKey
    package let processorKey: SimulatedKey
    package let tcbSigningKey: SimulatedKey

    init(seed: String) throws {
        self.seed = seed
        rootKey = try SimulatedKey(seed: seed, label: "Intel SGX Root CA")
        platformKey = try SimulatedKey(seed: seed, label: "Intel SGX PCK Platform CA")
        processorKey = try SimulatedKey(seed: seed, label: "Intel SGX PCK Processor CA")
        tcbSigningKey = try SimulatedKey(seed: seed, label: "Intel SGX TCB Signing")
    }

    func key(of authority: PCKAuthority) -> SimulatedKey {
        switch authority {
        case .platform: platformKey
        case .processor: processorKey
        }
    }

    /// Valid 2018-05-21 to 2049-12-31, like the certificate in circulation.
    package var root: CertificateRecipe {
        certificate(
            Self.rootName, key: rootKey, from: 1_526_899_510, to: 2_524_607_999,
            [.authorityKeyUsage, .authorityConstraints(pathLength: 1)])
    }

    /// Valid 2018-05-21 to 2033-05-21.
    package func intermediate(_ authority: PCKAuthority) -> CertificateRecipe {
        certificate(
            NameRecipe(intel: authority.commonName), key: key(of: authority), from: 1_526_899_810, to: 2_000_285_410,
            [.authorityKeyUsage, .authorityConstraints(pathLength: 0)])
    }

    /// Valid 2025-05-06 to 2032-05-06, like the certificate re-issued in 2025.
    package var tcbSigning: CertificateRecipe {
        certificate(
            NameRecipe(intel: "Intel SGX TCB Signing"), key: tcbSigningKey, from: 1_746_525_600, to: 1_967_450_400,
            [.signingKeyUsage, .endEntityConstraints])
    }

    /// A PCK certificate; its Intel SGX extension comes last.
    package func leaf(
        for key: SimulatedKey, by authority: PCKAuthority, serial: [UInt8], from: Instant, to: Instant,
        platform: PCKPlatformRecipe
    ) -> CertificateRecipe {
        let address =
            "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl?ca=\(authority.rawValue)&encoding=der"
        return CertificateRecipe(
            serial: serial, issuer: NameRecipe(intel: authority.commonName), notBefore: from, notAfter: to,
            subject: NameRecipe(intel: "Intel SGX PCK Certificate"), publicKey: KeyInfoRecipe.p256(key),
            extensions: [
                .authorityKeyIdentifier(self.key(of: authority).identifier), .crlDistributionPoint(address),
                .subjectKeyIdentifier(key.identifier), .signingKeyUsage, .endEntityConstraints,
                ExtensionRecipe(type: .intelSGX, content: platform.node.encoded),
            ],
            signer: self.key(of: authority))
    }

    /// A certificate the root issues; its serial number is its subject key identifier.
    private func certificate(
        _ subject: NameRecipe, key: SimulatedKey, from: Int64, to: Int64, _ role: [ExtensionRecipe]
    ) -> CertificateRecipe {
        CertificateRecipe(
            serial: key.identifier, issuer: Self.rootName, notBefore: Instant(seconds: from),
            notAfter: Instant(seconds: to), subject: subject, publicKey: KeyInfoRecipe.p256(key),
            extensions: [
                .authorityKeyIdentifier(rootKey.identifier), .crlDistributionPoint(Self.rootCRLAddress),
                .subjectKeyIdentifier(key.identifier),
            ] + role, signer: rootKey)
    }
}
