package import DCAPFormats
package import MerkleLog
import Wire

extension Collateral {
    /// The documents as they are archived, and their names. A document that came apart from its signature is put together
    /// as its service would have sent it: the signed bytes stay what they were.
    ///
    /// - Parameter early: The newest documents, for forecasts.
    package func archived(tee: String, early: Collateral? = nil) -> (
        manifest: CollateralManifest, parts: [MerkleHash: [UInt8]]
    ) {
        var documents: [(CollateralManifest.Part, [UInt8])] = [
            (.tcbInfo, tcbInfo.document.response(member: "tcbInfo")),
            (.tcbInfoIssuerChain, tcbInfo.issuerChain),
            (.qeIdentity, qeIdentity.document.response(member: "enclaveIdentity")),
            (.qeIdentityIssuerChain, qeIdentity.issuerChain), (.rootCACRL, rootCRL), (.pckCRL, pckCRL),
        ]
        if let pckCRLIssuerChain { documents.append((.pckCRLIssuerChain, pckCRLIssuerChain)) }
        if let early {
            documents += [
                (.earlyTCBInfo, early.tcbInfo.document.response(member: "tcbInfo")),
                (.earlyTCBInfoIssuerChain, early.tcbInfo.issuerChain),
                (.earlyQEIdentity, early.qeIdentity.document.response(member: "enclaveIdentity")),
                (.earlyQEIdentityIssuerChain, early.qeIdentity.issuerChain),
            ]
        }
        var names: [CollateralManifest.Part: MerkleHash] = [:]
        var parts: [MerkleHash: [UInt8]] = [:]
        for (part, bytes) in documents {
            let hash = MerkleHashing.sha256(bytes)
            names[part] = hash
            parts[hash] = bytes
        }
        return (CollateralManifest(parts: names, tee: tee), parts)
    }
}

extension SignedDocument.Source {
    fileprivate func response(member: String) -> [UInt8] {
        switch self {
        case .response(let bytes): bytes
        case .detached(let object, let signature):
            Array("{\"\(member)\":".utf8) + object + Array(",\"signature\":\"".utf8) + signature + Array("\"}".utf8)
        }
    }
}
