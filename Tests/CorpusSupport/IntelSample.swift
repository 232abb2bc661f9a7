import Foundation
import Wire

/// Intel's own sample set lies in the corpus as a folder of files; here it becomes a bundle like all others.
enum IntelSample {
    static func bundle(inFolder folder: String, of corpus: Corpus) throws -> [UInt8] {
        func text(_ name: String) throws -> String {
            String(decoding: try corpus.bytes(at: "\(folder)/\(name)"), as: UTF8.self)
        }
        func hex(_ name: String) throws -> String { Hex.encode(try corpus.bytes(at: "\(folder)/\(name)")) }
        let members = [
            "pck_crl_issuer_chain": "", "pck_crl": try hex("intermediateCaCrl.der"),
            "root_ca_crl": try hex("rootCaCrl.der"), "tcb_info": try text("tcbInfo.json"),
            "tcb_info_issuer_chain": try text("tcbSignChain.pem"), "qe_identity": try text("qeIdentity.json"),
            "qe_identity_issuer_chain": try text("tcbSignChain.pem"),
        ]
        return [UInt8](try JSONEncoder().encode(members))
    }
}
