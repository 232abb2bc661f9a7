import DCAPFormats

/// dcap 7.9: the TDX module, launch and current, and attributes; signed with the defect in place.
extension MutationCatalogue {
    static let tdxModules: [Mutation] = moduleIdentities + moduleLevels + launchAndCurrent + attributes

    private static let moduleIdentities: [Mutation] = [
        .edit("174", "mrSignerSeam, one bit set", .code(.tdxModuleMismatch), on: QuoteKind.trustDomains) {
            $0.quote.td?.mrSignerSeam[0] = 1
        },
        .edit("175", "seamAttributes, one bit set", .code(.tdxModuleMismatch), on: QuoteKind.trustDomains) {
            $0.quote.td?.seamAttributes[0] = 1
        },
        .edit("176", "teeTcbSvn[1] = 2 without TDX_02", .code(.tdxModuleMismatch), on: QuoteKind.trustDomains) {
            $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(0x0B, 2, 4))
        },
        .edit("177", "tdxModuleIdentities absent", .code(.tcbInfoMismatch), on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModuleIdentities = nil
        },
        .edit("178", "tdxModuleIdentities empty", .code(.tdxModuleMismatch), on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModuleIdentities = []
        },
        .edit("179", "identity id tdx_01", .accepted, on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModuleIdentities?[1].id = "tdx_01"
        },
        .edit("180", "teeTcbSvn[1] = 16 with id TDX_10", .accepted, on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModuleIdentities?[1].id = "TDX_10"
            $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(0x0B, 16, 4))
        },
    ]

    private static let moduleLevels: [Mutation] = [
        .edit(
            "181", "module SVN below the lowest level", .code(.tcbNotSupported, detail: "module"),
            on: QuoteKind.trustDomains
        ) { $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(1, 1, 4)) },
        .edit(
            "182", "module OutOfDate, platform UpToDate", .status(TCBStatusText.outOfDate), on: [.tdxV4, .tdx10V5]
        ) { $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(4, 1, 4)) },
        .edit("183", "module level Revoked", .code(.tcbRevoked), on: QuoteKind.trustDomains) {
            $0.tcbInfo.tdxModuleIdentities?[1].levels?[0].status = TCBStatusText.revoked
        },
        .edit(
            "184", "module level ConfigurationNeeded", .code(.tcbUnrecognizedStatus), on: QuoteKind.trustDomains
        ) { $0.tcbInfo.tdxModuleIdentities?[1].levels?[0].status = TCBStatusText.configurationNeeded },
        .edit("185", "tdx component 0 above svn[0], svn[1] = 1", .accepted, on: QuoteKind.trustDomains) {
            $0.tcbInfo.levels[0].tdx?[0] = 50
        },
        .list(
            "186", "tdx component 0 above svn[0], svn[1] = 0", .code(.tcbNotSupported, detail: "platform"),
            on: QuoteKind.trustDomains
        ) { make in
            [
                try make("in every level") { $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(4, 0, 4)) },
                try make("not in the lower level", expecting: .status(TCBStatusText.outOfDate)) {
                    $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(4, 0, 4))
                    $0.tcbInfo.levels[4].tdx?[0] = 4
                },
            ]
        },
        .edit(
            "187", "tdx component 2 above svn[2]", .status(TCBStatusText.outOfDate), on: QuoteKind.trustDomains
        ) { $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(0x0B, 1, 2)) },
    ]

    private static let launchAndCurrent: [Mutation] = [
        .edit(
            "188", "vector 7: launch OutOfDate, current UpToDate", .status(TCBStatusText.relaunchAdvised),
            on: QuoteKind.withCurrentTCB, vector7),
        .edit(
            "189", "vector 8: as vector 7 with the platform ConfigurationNeeded",
            .status(TCBStatusText.relaunchAdvisedConfigurationNeeded), on: QuoteKind.withCurrentTCB, vector8),
        .edit(
            "190", "vector 7 without a current TCB", .status(TCBStatusText.outOfDate), on: [.tdxV4, .tdx10V5], vector7),
        .edit(
            "191", "launch and current OutOfDate", .status(TCBStatusText.outOfDate), on: QuoteKind.withCurrentTCB
        ) { $0.setTEETCBSVN(SimulatedWorld.teeTCBSVN(4, 1, 4), current: SimulatedWorld.teeTCBSVN(5, 1, 4)) },
        .edit(
            "192", "launch OutOfDate because the QE is", .status(TCBStatusText.outOfDate), on: QuoteKind.withCurrentTCB
        ) { $0.qeIdentity.levels[0].status = TCBStatusText.outOfDate },
        .edit(
            "193", "teeTcbSvn2[1] unknown", .code(.tcbNotSupported, detail: "module"), on: QuoteKind.withCurrentTCB,
            vector11),
        .edit(
            "194", "launch UpToDate, current Revoked",
            .status(TCBStatusText.upToDate, current: TCBStatusText.revoked), on: QuoteKind.withCurrentTCB
        ) {
            $0.addRevokedModule2()
            $0.quote.td?.version15?.teeTCBSVN2 = SimulatedWorld.teeTCBSVN(5, 2, 4)
        },
        .edit("195", "launch Revoked, current UpToDate", .code(.tcbRevoked), on: QuoteKind.withCurrentTCB) {
            $0.addRevokedModule2()
            $0.quote.td?.teeTCBSVN = SimulatedWorld.teeTCBSVN(5, 2, 4)
        },
    ]

    private static let attributes: [Mutation] = [
        .edit("196", "debug TD", .fact("td_debug"), on: QuoteKind.trustDomains) {
            $0.quote.td?.tdAttributes |= TDAttributeBits.debug
        },
        .edit("197", "PERF_PROF set", .fact("td_profiling"), on: QuoteKind.trustDomains) {
            $0.quote.td?.tdAttributes |= TDAttributeBits.perfProf
        },
        .edit("198", "bit 40 set", .fact("td_reserved_bits"), on: QuoteKind.trustDomains) {
            $0.quote.td?.tdAttributes |= TDAttributeBits.reserved40
        },
        .list(
            "199", "LASS, PKS, PERFMON, MIGRATABLE set", .status(TCBStatusText.upToDate), on: QuoteKind.withCurrentTCB
        ) { make in
            let bits = [
                ("LASS", TDAttributeBits.lass), ("PKS", TDAttributeBits.pks), ("PERFMON", TDAttributeBits.perfmon),
                ("MIGRATABLE", TDAttributeBits.migratable),
            ]
            return try bits.map { label, bit in try make(label) { $0.quote.td?.tdAttributes |= bit } }
        },
        .edit("200", "mrServiceTd not zero", .fact("servtd_bound"), on: QuoteKind.withCurrentTCB) {
            $0.quote.td?.version15?.mrServiceTD[0] = 1
        },
        // A body of TDX 1.0 has no field for who may migrate it.
        .edit("200a", "MIGRATABLE set", .fact("service_td_unsayable"), on: [.tdxV4, .tdx10V5]) {
            $0.quote.td?.tdAttributes |= TDAttributeBits.migratable
        },
        .edit("201", "SGX application enclave with DEBUG set", .fact("sgx_debug"), on: QuoteKind.enclaves) {
            $0.quote.enclave?.flags |= EnclaveFlags.debug
        },
    ]
}

extension EvidenceRecipe {
    /// Publishes a module of major version 2 whose only level is Revoked.
    fileprivate mutating func addRevokedModule2() {
        tcbInfo.tdxModuleIdentities?.append(
            TDXModuleRecipe(
                id: "TDX_02",
                levels: [
                    SVNLevelRecipe(isvSVN: 1, date: "2023-08-09T00:00:00Z", status: TCBStatusText.revoked)
                ]))
    }
}
