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
            let pck_crl: String
            let root_ca_crl: String
            let tcb_info_issuer_chain: String
            let qe_identity_issuer_chain: String
        }
        let members = try JSONDecoder().decode(Members.self, from: Data(json))
        guard let pckCRL = Hex.decode(Array(members.pck_crl.utf8)),
            let rootCRL = Hex.decode(Array(members.root_ca_crl.utf8))
        else {
            throw CorpusError("a bundle's CRL is not hex")
        }
        self.pckCRL = pckCRL
        self.rootCRL = rootCRL
        tcbInfoIssuerChain = Array(members.tcb_info_issuer_chain.utf8)
        qeIdentityIssuerChain = Array(members.qe_identity_issuer_chain.utf8)
    }
}
