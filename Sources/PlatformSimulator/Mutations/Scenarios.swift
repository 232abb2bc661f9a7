import DCAPFormats

/// Evidence that is not broken but interesting: the worked vectors of dcap 5.11, every platform status, and the rows of
/// 7.12 that need particular evidence.
extension MutationCatalogue {
    static let workedVectors: [Mutation] = [
        .edit(
            "vector 7", "launched with an old module, updated since", .status(TCBStatusText.relaunchAdvised),
            on: QuoteKind.withCurrentTCB, vector7),
        .edit(
            "vector 8", "as vector 7 with the platform ConfigurationNeeded",
            .status(TCBStatusText.relaunchAdvisedConfigurationNeeded), on: QuoteKind.withCurrentTCB, vector8),
        .edit(
            "vector 9", "module SVN 1, below the lowest level", .code(.tcbNotSupported, detail: "module"),
            on: QuoteKind.withCurrentTCB
        ) { $0.quote.td?.teeTCBSVN = SimulatedWorld.teeTCBSVN(1, 1, 4) },
        .edit(
            "vector 10", "launched with a module of major version 2", .code(.tdxModuleMismatch),
            on: QuoteKind.withCurrentTCB
        ) { $0.quote.td?.teeTCBSVN = SimulatedWorld.teeTCBSVN(0x0B, 2, 4) },
        .edit(
            "vector 11", "now running a module of major version 2", .code(.tcbNotSupported, detail: "module"),
            on: QuoteKind.withCurrentTCB, vector11),
        .edit(
            "vector 12", "module of major version 0, its SVN below every level",
            .code(.tcbNotSupported, detail: "platform"), on: [.tdxV4, .tdx10V5]
        ) { $0.quote.td?.teeTCBSVN = SimulatedWorld.teeTCBSVN(4, 0, 3) },
    ]

    static let platformStatuses: [Mutation] = [
        platformStatus(0, .accepted, TCBStatusText.upToDate),
        platformStatus(1, .status(TCBStatusText.configurationNeeded), TCBStatusText.configurationNeeded),
        platformStatus(2, .status(TCBStatusText.swHardeningNeeded), TCBStatusText.swHardeningNeeded),
        platformStatus(
            3, .status(TCBStatusText.configurationAndSWHardeningNeeded), TCBStatusText.configurationAndSWHardeningNeeded
        ),
        platformStatus(4, .status(TCBStatusText.outOfDate), TCBStatusText.outOfDate),
        platformStatus(
            5, .status(TCBStatusText.outOfDateConfigurationNeeded), TCBStatusText.outOfDateConfigurationNeeded),
        platformStatus(6, .code(.tcbRevoked), TCBStatusText.revoked),
        .edit("tcb-info-v2", "TCB info version 2, which is enabled", .accepted, on: QuoteKind.enclaves) {
            $0.tcbInfo.version = 2
            $0.acceptsTCBInfoV2 = true
        },
    ]

    /// What the checklist shows on the TCB info's chain alone, on the QE identity's.
    static let qeSigningChains: [Mutation] = [
        .edit("qe-chain-short", "QE identity issuer chain of one certificate", .code(.qeSigningChainInvalid)) {
            $0.qeIdentitySealing.chain.removeLast()
        },
        .edit(
            "qe-chain-look-alike", "QE identity signed by an attacker under a look-alike chain",
            .code(.qeSigningChainUntrusted)
        ) { recipe in
            let other = try recipe.lookAlike().intel
            recipe.qeIdentitySealing.signer = other.tcbSigningKey
            recipe.qeIdentitySealing.chain = [other.tcbSigning, other.root]
        },
    ]

    static let appraisal: [Mutation] = [
        .edit(
            "248", "ConfigurationAndSWHardeningNeeded, for a policy that accepts ConfigurationNeeded",
            .status(TCBStatusText.configurationAndSWHardeningNeeded)
        ) { $0.tcbInfo.levels[0].status = TCBStatusText.configurationAndSWHardeningNeeded },
        .edit(
            "252", "Processor CA: dynamicPlatform is undefined, for a policy that wants it false", .accepted,
            on: [.sgxV3]
        ) { _ in },
        .patch("253", "terminal failure, for a policy that allows everything", .code(.quoteSignatureInvalid)) {
            try $0.flipBit(in: .quoteSignature)
        },
    ]

    private static func platformStatus(_ level: Int, _ expectation: Expectation, _ status: String) -> Mutation {
        .edit("status-\(status)", "platform at the level \(status)", expectation, on: QuoteKind.allCases) {
            $0.setPlatform(toLevel: level)
        }
    }

    @Sendable static func vector7(_ recipe: inout EvidenceRecipe) {
        recipe.quote.td?.teeTCBSVN = SimulatedWorld.teeTCBSVN(4, 1, 4)
    }

    @Sendable static func vector8(_ recipe: inout EvidenceRecipe) {
        vector7(&recipe)
        recipe.tcbInfo.levels[0].status = TCBStatusText.configurationNeeded
    }

    @Sendable static func vector11(_ recipe: inout EvidenceRecipe) {
        recipe.quote.td?.version15?.teeTCBSVN2 = SimulatedWorld.teeTCBSVN(0x0B, 2, 4)
    }
}
