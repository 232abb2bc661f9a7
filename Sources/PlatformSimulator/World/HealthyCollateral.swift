import Wire

/// The TCB levels and identities of a healthy world. Numbers follow genuine documents for the same families (dcap
/// 5.11); there is a platform level of every status so that any can be reached by lowering the platform.
enum HealthyCollateral {
    /// Ice Lake server family: the top level, and levels that differ in few components.
    static let sgxLevels: [TCBLevelRecipe] = [
        TCBLevelRecipe(
            sgx: [12, 12, 3, 3, 255, 255, 1], pceSVN: 13, date: "2024-03-13T00:00:00Z",
            status: TCBStatusText.upToDate),
        TCBLevelRecipe(
            sgx: [12, 12, 3, 3, 255, 255, 0], pceSVN: 13, date: "2024-03-13T00:00:00Z",
            status: TCBStatusText.configurationNeeded, advisories: ["INTEL-SA-00289"]),
        TCBLevelRecipe(
            sgx: [11, 11, 3, 3, 255, 255, 1], pceSVN: 13, date: "2023-08-09T00:00:00Z",
            status: TCBStatusText.swHardeningNeeded, advisories: ["INTEL-SA-00615"]),
        TCBLevelRecipe(
            sgx: [11, 11, 3, 3, 255, 255, 0], pceSVN: 13, date: "2023-08-09T00:00:00Z",
            status: TCBStatusText.configurationAndSWHardeningNeeded, advisories: ["INTEL-SA-00289", "INTEL-SA-00615"]),
        TCBLevelRecipe(
            sgx: [9, 9, 3, 3, 255, 255, 1], pceSVN: 11, date: "2022-11-09T00:00:00Z",
            status: TCBStatusText.outOfDate, advisories: ["INTEL-SA-00657", "INTEL-SA-00767"]),
        TCBLevelRecipe(
            sgx: [9, 9, 3, 3, 255, 255, 0], pceSVN: 11, date: "2022-11-09T00:00:00Z",
            status: TCBStatusText.outOfDateConfigurationNeeded,
            advisories: ["INTEL-SA-00289", "INTEL-SA-00657", "INTEL-SA-00767"]),
        TCBLevelRecipe(
            sgx: [4, 4, 2, 2, 255, 255, 0], pceSVN: 5, date: "2018-01-04T00:00:00Z", status: TCBStatusText.revoked,
            advisories: ["INTEL-SA-00106", "INTEL-SA-00115"]),
    ]

    /// Xeon with TDX: the top level is the genuine one of vector 3 (dcap 5.11).
    static let tdxLevels: [TCBLevelRecipe] = [
        TCBLevelRecipe(
            sgx: [3, 3, 2, 2, 4, 1, 0, 5], pceSVN: 13, tdx: [5, 0, 3], date: "2024-11-13T00:00:00Z",
            status: TCBStatusText.upToDate),
        TCBLevelRecipe(
            sgx: [3, 3, 2, 2, 3, 1, 0, 5], pceSVN: 13, tdx: [5, 0, 3], date: "2024-11-13T00:00:00Z",
            status: TCBStatusText.configurationNeeded, advisories: ["INTEL-SA-00289"]),
        TCBLevelRecipe(
            sgx: [3, 3, 2, 2, 2, 1, 0, 5], pceSVN: 13, tdx: [5, 0, 3], date: "2024-11-13T00:00:00Z",
            status: TCBStatusText.swHardeningNeeded, advisories: ["INTEL-SA-00615"]),
        TCBLevelRecipe(
            sgx: [3, 3, 2, 2, 1, 1, 0, 5], pceSVN: 13, tdx: [5, 0, 3], date: "2024-11-13T00:00:00Z",
            status: TCBStatusText.configurationAndSWHardeningNeeded, advisories: ["INTEL-SA-00289", "INTEL-SA-00615"]),
        TCBLevelRecipe(
            sgx: [2, 2, 2, 2, 4, 1, 0, 5], pceSVN: 11, tdx: [5, 0, 2], date: "2024-03-13T00:00:00Z",
            status: TCBStatusText.outOfDate, advisories: ["INTEL-SA-01036", "INTEL-SA-01079"]),
        TCBLevelRecipe(
            sgx: [2, 2, 2, 2, 3, 1, 0, 5], pceSVN: 11, tdx: [5, 0, 2], date: "2024-03-13T00:00:00Z",
            status: TCBStatusText.outOfDateConfigurationNeeded, advisories: ["INTEL-SA-00289", "INTEL-SA-01036"]),
        TCBLevelRecipe(
            sgx: [2, 2, 2, 2, 1, 1, 0, 5], pceSVN: 5, tdx: [5, 0, 0], date: "2018-01-04T00:00:00Z",
            status: TCBStatusText.revoked, advisories: ["INTEL-SA-00106", "INTEL-SA-00115"]),
    ]

    static let tdxModuleIdentities: [TDXModuleRecipe] = [
        TDXModuleRecipe(
            id: "TDX_03",
            levels: [
                SVNLevelRecipe(isvSVN: 3, date: "2024-11-13T00:00:00Z", status: TCBStatusText.upToDate)
            ]),
        TDXModuleRecipe(
            id: "TDX_01",
            levels: [
                SVNLevelRecipe(isvSVN: 6, date: "2024-11-13T00:00:00Z", status: TCBStatusText.upToDate),
                SVNLevelRecipe(
                    isvSVN: 4, date: "2024-03-13T00:00:00Z", status: TCBStatusText.outOfDate,
                    advisories: ["INTEL-SA-01036", "INTEL-SA-01099"]),
                SVNLevelRecipe(
                    isvSVN: 2, date: "2023-08-09T00:00:00Z", status: TCBStatusText.outOfDate,
                    advisories: ["INTEL-SA-01036", "INTEL-SA-01099"]),
            ]),
    ]

    static let qeLevels: [SVNLevelRecipe] = [
        SVNLevelRecipe(isvSVN: 8, date: "2024-03-13T00:00:00Z", status: TCBStatusText.upToDate),
        SVNLevelRecipe(
            isvSVN: 6, date: "2021-11-10T00:00:00Z", status: TCBStatusText.outOfDate, advisories: ["INTEL-SA-00615"]),
        SVNLevelRecipe(
            isvSVN: 2, date: "2019-05-15T00:00:00Z", status: TCBStatusText.revoked, advisories: ["INTEL-SA-00219"]),
    ]

    static let tdQELevels: [SVNLevelRecipe] = [
        SVNLevelRecipe(isvSVN: 4, date: "2024-11-13T00:00:00Z", status: TCBStatusText.upToDate),
        SVNLevelRecipe(
            isvSVN: 3, date: "2023-08-09T00:00:00Z", status: TCBStatusText.outOfDate, advisories: ["INTEL-SA-00960"]),
        SVNLevelRecipe(isvSVN: 1, date: "2022-11-09T00:00:00Z", status: TCBStatusText.revoked),
    ]

    static func tcbInfo(isTDX: Bool, fmspc: [UInt8], issued: Instant, next: Instant) -> TCBInfoRecipe {
        TCBInfoRecipe(
            id: isTDX ? "TDX" : "SGX", issueDate: issued, nextUpdate: next, fmspc: fmspc,
            tdxModule: isTDX ? TDXModuleRecipe() : nil, tdxModuleIdentities: isTDX ? tdxModuleIdentities : nil,
            levels: isTDX ? tdxLevels : sgxLevels)
    }

    static func qeIdentity(isTDX: Bool, mrSigner: [UInt8], issued: Instant, next: Instant) -> QEIdentityRecipe {
        QEIdentityRecipe(
            id: isTDX ? "TD_QE" : "QE", issueDate: issued, nextUpdate: next, mrSigner: mrSigner,
            isvProdID: isTDX ? 2 : 1, levels: isTDX ? tdQELevels : qeLevels)
    }
}
