package import Wire

/// Everything one verification is given, before it is encoded and signed. Edit any part, then `build()`.
package struct EvidenceRecipe: Sendable {
    package let kind: QuoteKind
    package let world: SimulatedWorld
    package let pckAuthority: PCKAuthority
    package let pckKey: SimulatedKey
    /// What the leaf says about the platform; a change is written into the leaf's Intel SGX extension.
    package var platform: PCKPlatformRecipe {
        didSet { leaf.setContent(of: .intelSGX, to: platform.node.encoded) }
    }
    /// The certificates in the quote. What is trusted is the world's own root, whatever stands here.
    package var root: CertificateRecipe
    package var intermediate: CertificateRecipe
    package var leaf: CertificateRecipe
    /// The certificates in the quote in their order, where it is not leaf, intermediate, root.
    package var pckChain: [CertificateRecipe]?
    /// `nil` when none is supplied.
    package var rootCRL: CRLRecipe?
    package var pckCRL: CRLRecipe?
    /// `nil` when the service sends none.
    package var pckCRLIssuerChain: [CertificateRecipe]?
    package var tcbInfo: TCBInfoRecipe
    package var tcbInfoSealing: SealingRecipe
    package var qeIdentity: QEIdentityRecipe
    package var qeIdentitySealing: SealingRecipe
    package var quote: QuoteRecipe
    package var time: Instant
    /// Configuration of the verifier: TCB info version 2 is refused unless this is on (dcap 4.3).
    package var acceptsTCBInfoV2 = false
    package var form = SimulatedCollateral.Form.any

    /// Encodes and signs everything.
    package func build() throws -> SimulatedEvidence {
        let assembled = try quote.assemble(chain: PEMChain.encode(pckChain ?? [leaf, intermediate, root]))
        let collateral = SimulatedCollateral(
            pckCRL: try pckCRL?.served() ?? [], pckCRLIssuerChain: try pckCRLIssuerChain.map(PEMChain.encode),
            rootCRL: try rootCRL?.served() ?? [],
            tcbInfo: try tcbInfoSealing.seal(tcbInfo.document, as: "tcbInfo"),
            qeIdentity: try qeIdentitySealing.seal(qeIdentity.document, as: "enclaveIdentity"), form: form)
        return SimulatedEvidence(
            kind: kind, assembled: assembled, collateral: collateral,
            rootCertificate: try world.intel.root.der(), rootPublicKey: world.intel.rootKey.publicKey,
            time: time, acceptsTCBInfoV2: acceptsTCBInfoV2)
    }

    /// Gives the platform exactly the SGX components and PCE SVN of one of the TCB info's levels.
    package mutating func setPlatform(toLevel index: Int) {
        guard tcbInfo.levels.indices.contains(index) else { return }
        var changed = platform
        changed.components = tcbInfo.levels[index].sgx
        changed.pceSVN = tcbInfo.levels[index].pceSVN
        platform = changed
    }

    /// Sets the TEE TCB SVN of the launch, and of now in bodies that have one.
    package mutating func setTEETCBSVN(_ launch: [UInt8], current: [UInt8]? = nil) {
        quote.td?.teeTCBSVN = launch
        quote.td?.version15?.teeTCBSVN2 = current ?? launch
    }
}
