package import Wire

/// A fake Intel and fake machines, all following from a seed: the same seed and time give the same bytes.
///
/// Nothing here is a secret and nothing is trusted by anyone: whoever knows the seed has every key.
///
/// ```
/// var recipe = try SimulatedWorld(seed: "demo").recipe(for: .tdx15V5)
/// recipe.quote.td?.tdAttributes |= 1          // a debug TD, signed by its quoting enclave
/// let evidence = try recipe.build()
/// ```
package struct SimulatedWorld: Sendable {
    /// 2026-01-15T00:00:00Z.
    package static let defaultTime = Instant(seconds: 1_768_435_200)
    static let day: Int64 = 86_400

    package let seed: String
    /// When the evidence is to be verified. Signed documents were issued 14 days before and last 16 days more.
    package let time: Instant
    package let intel: SimulatedIntel

    package init(seed: String, time: Instant = Self.defaultTime) throws {
        self.seed = seed
        self.time = time
        intel = try SimulatedIntel(seed: seed)
    }

    /// A healthy quote of that kind with everything needed to accept it.
    package func evidence(_ kind: QuoteKind) throws -> SimulatedEvidence { try recipe(for: kind).build() }

    /// The recipe of `evidence`, to be edited: a mutation is an edit.
    ///
    /// - Parameter machine: Another machine of the same kind, with keys and certificate of its own, by any name.
    package func recipe(for kind: QuoteKind, machine name: String = "") throws -> EvidenceRecipe {
        let pckAuthority: PCKAuthority = kind == .sgxV3 ? .processor : .platform
        let platform = platform(for: kind, by: pckAuthority)
        let machine = try Machine(world: self, isTDX: kind.isTDX, pckAuthority: pckAuthority, name: name)
        let issued = time.advanced(bySeconds: -14 * Self.day)
        let next = time.advanced(bySeconds: 16 * Self.day)
        let sealing = SealingRecipe(signer: intel.tcbSigningKey, chain: [intel.tcbSigning, intel.root])
        let intermediate = intel.intermediate(pckAuthority)
        return EvidenceRecipe(
            kind: kind, world: self, pckAuthority: pckAuthority, pckKey: machine.pckKey, platform: platform,
            root: intel.root, intermediate: intermediate,
            leaf: intel.leaf(
                for: machine.pckKey, by: pckAuthority, serial: machine.serial,
                from: time.advanced(bySeconds: -378 * Self.day), to: time.advanced(bySeconds: 2_179 * Self.day),
                platform: platform),
            rootCRL: CRLRecipe(
                issuedBy: intel.root, key: intel.rootKey, thisUpdate: time.advanced(bySeconds: -90 * Self.day),
                nextUpdate: time.advanced(bySeconds: 275 * Self.day)),
            pckCRL: pckCRL(of: pckAuthority), pckCRLIssuerChain: [intermediate, intel.root],
            tcbInfo: HealthyCollateral.tcbInfo(
                isTDX: kind.isTDX, fmspc: platform.fmspc, issued: issued, next: next), tcbInfoSealing: sealing,
            qeIdentity: HealthyCollateral.qeIdentity(
                isTDX: kind.isTDX, mrSigner: QuotingEnclave.mrSigner(isTDX: kind.isTDX), issued: issued, next: next),
            qeIdentitySealing: sealing, quote: quote(kind, machine, pceSVN: platform.pceSVN), time: time)
    }

    /// The CRL of a PCK CA; that of the Platform CA revokes three machines that are not ours.
    package func pckCRL(of pckAuthority: PCKAuthority) -> CRLRecipe {
        let issued = time.advanced(bySeconds: -14 * Self.day)
        var crl = CRLRecipe(
            issuedBy: intel.intermediate(pckAuthority), key: intel.key(of: pckAuthority), thisUpdate: issued,
            nextUpdate: time.advanced(bySeconds: 16 * Self.day))
        if pckAuthority == .platform {
            for number in 1...3 {
                crl.revoke(SeededBytes.make(seed, "revoked PCK certificate \(number)", count: 20))
            }
        }
        return crl
    }

    func platform(for kind: QuoteKind, by pckAuthority: PCKAuthority) -> PCKPlatformRecipe {
        let label = "\(kind.isTDX ? "TDX" : "SGX") platform, \(pckAuthority.rawValue)"
        let isMultiPackage = pckAuthority == .platform
        return PCKPlatformRecipe(
            ppid: SeededBytes.make(seed, "PPID of \(label)", count: 16),
            components: TCBLevelRecipe.padded(
                kind.isTDX ? [4, 4, 2, 2, 4, 1, 0, 5] : [12, 12, 3, 3, 255, 255, 1]),
            pceSVN: 13, pceID: [0, 0], fmspc: fmspc(isTDX: kind.isTDX, pckAuthority), sgxType: isMultiPackage ? 1 : 0,
            platformInstanceID: isMultiPackage
                ? SeededBytes.make(seed, "platform instance of \(label)", count: 16) : nil,
            configuration: isMultiPackage ? PCKPlatformRecipe.Configuration() : nil)
    }

    private func fmspc(isTDX: Bool, _ pckAuthority: PCKAuthority) -> [UInt8] {
        switch (isTDX, pckAuthority) {
        case (true, _): [0x90, 0xC0, 0x6F, 0, 0, 0]
        case (false, .platform): [0x00, 0x60, 0x6A, 0, 0, 0]
        case (false, .processor): [0x00, 0xA0, 0x67, 0x11, 0, 0]
        }
    }
}
