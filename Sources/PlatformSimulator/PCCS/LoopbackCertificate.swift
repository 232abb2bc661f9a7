import Crypto
import Foundation
import NIOCore
import NIOSSL
import Wire

/// A certificate for 127.0.0.1 and localhost under a CA of its own, made when it is wanted: HTTPS on loopback, with a
/// private CA as a client would be given it.
package struct LoopbackCertificate: Sendable {
    /// The CA, PEM: what a client trusts.
    package let authorityPEM: String
    /// The leaf, PEM.
    package let certificatePEM: String
    /// PKCS#8, PEM.
    package let keyPEM: String

    package init() throws {
        let (authority, key) = (P256.Signing.PrivateKey(), P256.Signing.PrivateKey())
        let signer = try SimulatedKey(scalar: Array(authority.rawRepresentation))
        let name = NameRecipe(commonName: "simulated TLS CA")
        authorityPEM = try Self.pem(
            name, signer,
            [.authorityConstraints(pathLength: 0), .keyUsage([0x04], unused: 2)], issuer: name, signer)
        certificatePEM = try Self.pem(
            NameRecipe(commonName: "localhost"), SimulatedKey(scalar: Array(key.rawRepresentation)),
            [
                .endEntityConstraints, .keyUsage([0x80], unused: 7), .serverAuthentication,
                .alternativeNames(["localhost"], addresses: [[127, 0, 0, 1]]),
            ], issuer: name, signer)
        keyPEM = key.pemRepresentation
    }

    private static func pem(
        _ subject: NameRecipe, _ key: SimulatedKey, _ extensions: [ExtensionRecipe], issuer: NameRecipe,
        _ signer: SimulatedKey
    ) throws -> String {
        let now = Instant(seconds: Int64(Date().timeIntervalSince1970))
        let der = try CertificateRecipe(
            // Two roots of one name and number would be one certificate to a client.
            serial: (0..<16).map { _ in UInt8.random(in: 0...0x7F) }, issuer: issuer,
            notBefore: now.advanced(bySeconds: -86_400), notAfter: now.advanced(bySeconds: 86_400 * 30),
            subject: subject, publicKey: KeyInfoRecipe.p256(key), extensions: extensions, signer: signer
        ).der()
        return PEM.encode(der, label: "CERTIFICATE")
    }

    func serverConfiguration() throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.shutdownTimeout = .milliseconds(100)
        return configuration
    }
}

extension ExtensionRecipe {
    fileprivate static let serverAuthentication = ExtensionRecipe(
        type: .extendedKeyUsage, content: DERNode.sequence([.identifier(.serverAuthentication)]).encoded)

    fileprivate static func alternativeNames(_ names: [String], addresses: [[UInt8]]) -> ExtensionRecipe {
        ExtensionRecipe(
            type: .subjectAlternativeName,
            content: DERNode.sequence(
                names.map { .implicit(2, Array($0.utf8)) } + addresses.map { .implicit(7, $0) }
            ).encoded)
    }
}

extension ObjectIdentifierArcs {
    fileprivate static let subjectAlternativeName: Self = [2, 5, 29, 17]
    fileprivate static let extendedKeyUsage: Self = [2, 5, 29, 37]
    fileprivate static let serverAuthentication: Self = [1, 3, 6, 1, 5, 5, 7, 3, 1]
}
