public import DCAPFormats
import DCAPVerification
public import Wire

/// Every field of a quote as JSON, byte strings in memory-order hex. Says what is written, whoever wrote it.
extension Quote {
    public var document: JSON {
        .object([
            ("version", .integer(Int64(header.version))),
            ("tee", .string(tee.name)),
            ("body_type", .integer(Int64(bodyType.rawValue))),
            ("byte_count", .integer(Int64(bytes.count))),
            ("padding_count", .integer(Int64(paddingCount))),
            (
                "header",
                .object([
                    ("attestation_key_type", .integer(Int64(header.attestationKeyType))),
                    ("qe_svn", .integer(Int64(header.qeSVN))), ("pce_svn", .integer(Int64(header.pceSVN))),
                    ("qe_vendor_id", .string(header.qeVendorID.hex)),
                ])
            ),
            ("body", bodyDocument),
        ])
    }

    private var bodyDocument: JSON {
        switch body {
        case .sgx(let report): report.document
        case .td(let report): report.document
        }
    }
}

extension EnclaveReport {
    public var document: JSON {
        .object([
            ("cpu_svn", .string(cpuSVN.hex)), ("misc_select", .string(Hex.encode(littleEndian(miscSelect)))),
            ("isv_ext_prod_id", .string(isvExtProdID.hex)), ("attributes", .string(attributes.hex)),
            ("mr_enclave", .string(mrEnclave.hex)), ("mr_signer", .string(mrSigner.hex)),
            ("config_id", .string(configID.hex)), ("isv_prod_id", .integer(Int64(isvProdID))),
            ("isv_svn", .integer(Int64(isvSVN))), ("config_svn", .integer(Int64(configSVN))),
            ("isv_family_id", .string(isvFamilyID.hex)), ("report_data", .string(reportData.hex)),
            ("debug", .bool(flags.contains(.debug))), ("kss", .bool(flags.contains(.kss))),
        ])
    }
}

extension TDReport {
    public var document: JSON {
        var members: [(String, JSON)] = [
            ("tee_tcb_svn", .string(teeTCBSVN.hex)), ("mr_seam", .string(mrSEAM.hex)),
            ("mr_signer_seam", .string(mrSignerSEAM.hex)), ("seam_attributes", .string(seamAttributes.hex)),
            ("td_attributes", .string(Hex.encode(littleEndian(tdAttributes.rawValue)))),
            ("xfam", .string(Hex.encode(littleEndian(xfam)))), ("mr_td", .string(mrTD.hex)),
            ("mr_config_id", .string(mrConfigID.hex)), ("mr_owner", .string(mrOwner.hex)),
            ("mr_owner_config", .string(mrOwnerConfig.hex)), ("rtmr0", .string(rtmr0.hex)),
            ("rtmr1", .string(rtmr1.hex)), ("rtmr2", .string(rtmr2.hex)), ("rtmr3", .string(rtmr3.hex)),
            ("report_data", .string(reportData.hex)),
        ]
        if let tdx15 {
            members += [
                ("tee_tcb_svn2", .string(tdx15.teeTCBSVN2.hex)), ("mr_service_td", .string(tdx15.mrServiceTD.hex)),
            ]
        }
        if let extended = tdx15?.extended { members += extended.members }
        members += [
            ("td_debug", .bool(tdAttributes.contains(.debug))),
            ("td_profiling", .bool(!tdAttributes.isDisjoint(with: .profiling))),
            ("td_reserved_bits", .bool(!tdAttributes.isDisjoint(with: .mustBeZero))),
            ("servtd_bound", .bool(tdx15.map { !$0.mrServiceTD.isZero } ?? false)),
        ]
        return .object(members)
    }
}

extension TDReport.Extended {
    fileprivate var members: [(String, JSON)] {
        [
            ("vm_id", .integer(Int64(vmID))), ("td_id", .string(tdID.hex)), ("dev_info", .string(devInfo.hex)),
            ("init_serv_td_hash", .string(initServTDHash.hex)), ("init_serv_td_attr", .string(initServTDAttr.hex)),
            ("init_cpu_svn", .string(initCPUSVN.hex)), ("init_tee_tcb_svn", .string(initTEETCBSVN.hex)),
            ("init_tee_fmspc", .string(initTEEFMSPC.hex)), ("cur_serv_td_hash", .string(curServTDHash.hex)),
            ("cur_serv_td_attr", .string(curServTDAttr.hex)),
        ]
    }
}

private func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}
