import Foundation
import Wire

/// A collateral bundle's members as bytes, read with Foundation and nothing verified.
public struct BundleParts: Sendable {
    public let pckCRL: [UInt8]
    public let rootCRL: [UInt8]
    public let tcbInfoIssuerChain: [UInt8]
    public let qeIdentityIssuerChain: [UInt8]

    public init(_ json: [UInt8]) throws {
        struct Members: Decodable {
            let pckCRL: String
            let rootCRL: String
            let tcbInfoIssuerChain: String
            let qeIdentityIssuerChain: String

            private enum CodingKeys: String, CodingKey {
                case pckCRL = "pck_crl"
                case rootCRL = "root_ca_crl"
                case tcbInfoIssuerChain = "tcb_info_issuer_chain"
                case qeIdentityIssuerChain = "qe_identity_issuer_chain"
            }
        }
        let members = try JSONDecoder().decode(Members.self, from: Data(json))
        guard let pckCRL = Hex.decode(Array(members.pckCRL.utf8)),
            let rootCRL = Hex.decode(Array(members.rootCRL.utf8))
        else {
            throw CorpusError("a bundle's CRL is not hex")
        }
        self.pckCRL = pckCRL
        self.rootCRL = rootCRL
        tcbInfoIssuerChain = Array(members.tcbInfoIssuerChain.utf8)
        qeIdentityIssuerChain = Array(members.qeIdentityIssuerChain.utf8)
    }
}
