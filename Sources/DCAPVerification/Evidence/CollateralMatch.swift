import DCAPFormats
import Wire

/// Phases F and G: genuine collateral, but is it this platform's and this quote's?
enum CollateralMatch {
    /// F1 to F3.
    static func checkTCBInfo(_ tcbInfo: TCBInfo, _ tee: TEE, _ platform: PCKExtension) throws(VerificationFailure) {
        func mismatch(_ field: String, _ found: String, _ wanted: String) -> VerificationFailure {
            VerificationFailure(.tcbInfoMismatch, field: "tcbInfo.\(field)", found: found, wanted: wanted)
        }
        try require(
            tcbInfo.id == tee,
            mismatch("id", tcbInfo.id.name.uppercased(), tee.name.uppercased() + ", the quote's"))
        try require(
            tcbInfo.fmspc == platform.fmspc,
            mismatch("fmspc", tcbInfo.fmspc.hex, platform.fmspc.hex + ", the platform's"))
        try require(
            tcbInfo.pceID == platform.pceID,
            mismatch("pceId", tcbInfo.pceID.hex, platform.pceID.hex + ", the platform's"))
    }

    /// F4.
    static func checkQEIdentity(_ identity: EnclaveIdentity, _ tee: TEE) throws(VerificationFailure) {
        let wanted: EnclaveIdentity.ID = tee == .sgx ? .qe : .tdQE
        try require(
            identity.id == wanted,
            VerificationFailure(
                .qeIdentityMismatch, field: "id", found: identity.id.rawValue, wanted: wanted.rawValue))
    }

    /// G1 to G3.
    static func checkModule(_ report: TDReport, _ tcbInfo: TCBInfo) throws(VerificationFailure) {
        let expected = try module(majorVersion: report.teeTCBSVN[1], tcbInfo)
        try require(
            report.mrSignerSEAM == expected.mrsigner,
            VerificationFailure(
                .tdxModuleMismatch, field: "mrSignerSeam", found: report.mrSignerSEAM.hex, wanted: expected.mrsigner.hex
            ))
        try require(
            report.seamAttributes.isZero && report.seamAttributes == expected.attributes,
            VerificationFailure(
                .tdxModuleMismatch, field: "seamAttributes", found: report.seamAttributes.hex,
                wanted: expected.attributes.hex + ", which must be zero"))
    }

    private static func module(
        majorVersion: UInt8, _ tcbInfo: TCBInfo
    ) throws(VerificationFailure) -> TCBInfo.TDXModule {
        guard majorVersion > 0 else {
            guard let module = tcbInfo.tdxModule else {
                throw VerificationFailure(
                    .tcbInfoMismatch, field: "tcbInfo.tdxModule", found: "absent", wanted: "a module identity")
            }
            return module
        }
        guard tcbInfo.tdxModuleIdentities != nil else {
            throw VerificationFailure(
                .tcbInfoMismatch, field: "tcbInfo.tdxModuleIdentities", found: "absent",
                wanted: "identities, because the module has version \(majorVersion)")
        }
        guard let identity = tcbInfo.moduleIdentity(majorVersion: majorVersion) else {
            throw VerificationFailure(
                .tdxModuleMismatch, field: "teeTcbSvn[1]", found: "module version \(majorVersion)",
                wanted: "a version that the TCB info knows")
        }
        return identity.module
    }
}
