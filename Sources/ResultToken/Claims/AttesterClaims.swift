import DCAPFormats
import Wire

extension Quote {
    /// The names that Intel Trust Authority and Azure use, so that one writer serves four consumers (wire-formats 3.4).
    /// Registers of a TD that are rarely set are left out while they are zero.
    var attesterClaims: JSON {
        func hex(_ value: some FixedWidthInteger & UnsignedInteger) -> JSON {
            .string(Hex.encode((0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
        }
        switch body {
        case .td(let report):
            // Most guests leave these at zero, and 96 zeros each would make a token too long for a header.
            let rarelySet = [
                ("tdx_mrsignerseam", report.mrSignerSEAM), ("tdx_mrconfigid", report.mrConfigID),
                ("tdx_mrowner", report.mrOwner), ("tdx_mrownerconfig", report.mrOwnerConfig),
            ].filter { !$0.1.isZero }.map { ($0.0, JSON.string($0.1.hex)) }
            return .object(
                [
                    ("tdx_mrtd", .string(report.mrTD.hex)), ("tdx_rtmr0", .string(report.rtmr0.hex)),
                    ("tdx_rtmr1", .string(report.rtmr1.hex)), ("tdx_rtmr2", .string(report.rtmr2.hex)),
                    ("tdx_rtmr3", .string(report.rtmr3.hex)), ("tdx_mrseam", .string(report.mrSEAM.hex)),
                    ("tdx_seam_attributes", .string(report.seamAttributes.hex)),
                    ("tdx_td_attributes", hex(report.tdAttributes.rawValue)), ("tdx_xfam", hex(report.xfam)),
                    ("tdx_tee_tcb_svn", .string(report.teeTCBSVN.hex)),
                    ("tdx_report_data", .string(report.reportData.hex)),
                    ("dbgstat", .string(report.tdAttributes.contains(.debug) ? "enabled" : "disabled")),
                ] + rarelySet + report.serviceTDs)
        case .sgx(let report):
            return .object([
                ("sgx_mrenclave", .string(report.mrEnclave.hex)), ("sgx_mrsigner", .string(report.mrSigner.hex)),
                ("sgx_isvprodid", .integer(Int64(report.isvProdID))), ("sgx_isvsvn", .integer(Int64(report.isvSVN))),
                ("sgx_report_data", .string(report.reportData.hex)), ("sgx_config_id", .string(report.configID.hex)),
                ("sgx_is_debuggable", .bool(report.flags.contains(.debug))),
                ("dbgstat", .string(report.flags.contains(.debug) ? "enabled" : "disabled")),
            ])
        }
    }
}

extension TDReport {
    /// Which service TDs are bound, and what the module is that is loaded now: where the body has it and it says something.
    fileprivate var serviceTDs: [(String, JSON)] {
        guard let tdx15 else { return [] }
        var members: [(String, JSON)] = []
        if !tdx15.mrServiceTD.isZero { members.append(("tdx_mrservicetd", .string(tdx15.mrServiceTD.hex))) }
        if !tdx15.teeTCBSVN2.isZero { members.append(("tdx_tee_tcb_svn2", .string(tdx15.teeTCBSVN2.hex))) }
        for (name, hash) in [
            ("tdx_init_servtd_hash", tdx15.extended?.initServTDHash),
            ("tdx_cur_servtd_hash", tdx15.extended?.curServTDHash),
        ] {
            if let hash, !hash.isZero { members.append((name, .string(hash.hex))) }
        }
        return members
    }
}
