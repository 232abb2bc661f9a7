public import DCAPFormats
import DCAPVerification
public import MerkleLog
public import Wire

/// Collateral as the archive keeps it: the manifest, and every part by its hash.
public struct RecordedCollateral: Sendable {
    public let manifest: CollateralManifest
    /// Its document and the hash of that, made once: every verdict that rests on it names them.
    public let manifestDocument: [UInt8]
    public let manifestSHA256: MerkleHash
    public let parts: [MerkleHash: [UInt8]]
    /// The first date at which one of the documents should have been replaced.
    public let nextUpdateMilliseconds: Int64

    init(_ verified: VerifiedCollateral, early: VerifiedCollateral?, tee: String) {
        let source = verified.source
        var documents: [(CollateralManifest.Part, [UInt8])] = [
            (.tcbInfo, source.tcbInfo.document.responseBytes(member: "tcbInfo")),
            (.tcbInfoIssuerChain, source.tcbInfo.issuerChain),
            (.qeIdentity, source.qeIdentity.document.responseBytes(member: "enclaveIdentity")),
            (.qeIdentityIssuerChain, source.qeIdentity.issuerChain), (.rootCACRL, source.rootCRL),
            (.pckCRL, source.pckCRL),
        ]
        if let chain = source.pckCRLIssuerChain { documents.append((.pckCRLIssuerChain, chain)) }
        if let early = early?.source {
            documents += [
                (.earlyTCBInfo, early.tcbInfo.document.responseBytes(member: "tcbInfo")),
                (.earlyTCBInfoIssuerChain, early.tcbInfo.issuerChain),
                (.earlyQEIdentity, early.qeIdentity.document.responseBytes(member: "enclaveIdentity")),
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
        manifest = CollateralManifest(parts: names, tee: tee)
        manifestDocument = manifest.document
        manifestSHA256 = MerkleHashing.sha256(manifestDocument)
        self.parts = parts
        nextUpdateMilliseconds = verified.nextUpdate.seconds * 1_000
    }
}

extension Collateral {
    /// The documents of an archived manifest, to judge again with.
    ///
    /// - Parameter parts: By hash.
    /// - Returns: `nil` where one that every verdict needs is missing.
    public init?(_ manifest: CollateralManifest, parts: [MerkleHash: [UInt8]]) {
        self.init(
            manifest, parts, tcbInfo: (.tcbInfo, .tcbInfoIssuerChain), qeIdentity: (.qeIdentity, .qeIdentityIssuerChain)
        )
    }

    /// The newest documents of an archived manifest, which forecasts are made from, under the same lists of revocations.
    ///
    /// - Returns: `nil` where there are none.
    public init?(early manifest: CollateralManifest, parts: [MerkleHash: [UInt8]]) {
        self.init(
            manifest, parts, tcbInfo: (.earlyTCBInfo, .earlyTCBInfoIssuerChain),
            qeIdentity: (.earlyQEIdentity, .earlyQEIdentityIssuerChain))
    }

    private typealias Signed = (document: CollateralManifest.Part, issuerChain: CollateralManifest.Part)

    private init?(
        _ manifest: CollateralManifest, _ parts: [MerkleHash: [UInt8]], tcbInfo: Signed, qeIdentity: Signed
    ) {
        func bytes(_ part: CollateralManifest.Part) -> [UInt8]? { manifest.parts[part].flatMap { parts[$0] } }
        func response(_ signed: Signed) -> SignedResponse? {
            guard let document = bytes(signed.document), let chain = bytes(signed.issuerChain) else { return nil }
            return SignedResponse(document: .response(document), issuerChain: chain)
        }
        guard let tcbInfo = response(tcbInfo), let qeIdentity = response(qeIdentity),
            let rootCRL = bytes(.rootCACRL), let pckCRL = bytes(.pckCRL)
        else { return nil }
        self.init(
            pckCRL: pckCRL, pckCRLIssuerChain: bytes(.pckCRLIssuerChain), rootCRL: rootCRL, tcbInfo: tcbInfo,
            qeIdentity: qeIdentity)
    }
}
