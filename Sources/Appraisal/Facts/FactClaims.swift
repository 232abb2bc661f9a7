import DCAPFormats
import DCAPVerification
import Wire
import Words

/// The facts by the names that rules use.
extension RecordedFacts {
    /// Everything but the event log's claims.
    func claim(_ name: String) -> ClaimLookup {
        switch name {
        case "tee": return .value(.text(tee.name))
        case "quote.version": return .value(.integer(Int64(quoteVersion)))
        case "quote.body_type": return .value(.integer(Int64(bodyType.rawValue)))
        case "report_data": return .value(.text(reportData.hex))
        case "trust_root.intel": return .value(.boolean(isUnderIntelRoot))
        case "collateral.expires": return .value(.date(collateral.earliestExpiration))
        case "collateral.earliest_issue": return .value(.date(collateral.earliestIssue))
        case "collateral.latest_issue": return .value(.date(collateral.latestIssue))
        default: break
        }
        let part = name.prefix { $0 != "." }
        switch part {
        case "tcb": return tcb.claim(name.dropFirst(4))
        case "platform": return platform.claim(name.dropFirst(9))
        default: break
        }
        switch body {
        case .td(let report):
            if let value = report.claim(name) { return .value(value) }
            return TDReport.isUnsayable(name) ? .unknown(Self.unsayable) : .absent
        case .sgx(let report): return report.claim(name).map { .value($0) } ?? .absent
        }
    }
}

extension RecordedFacts {
    private static let unsayable = Phrase("this body has no field for it", "该报告没有这一字段")
}

extension TCBEvaluation {
    /// Of launch and current, each once, without regard to case: an advisory against what runs now counts no less.
    var advisoryIDs: [String] {
        var seen: Set<String> = []
        return (launch.advisoryIDs + current.advisoryIDs).sorted().filter { seen.insert($0.lowercased()).inserted }
    }

    fileprivate func claim(_ name: Substring) -> ClaimLookup {
        switch name {
        case "status": .value(.text(status.rawValue))
        case "platform": .value(.text(launch.platformStatus.rawValue))
        case "qe": .value(.text(launch.qeStatus.rawValue))
        case "module": launch.moduleStatus.map { .value(.text($0.rawValue)) } ?? .absent
        case "launch": .value(.text(launch.status.rawValue))
        case "current": .value(.text(current.status.rawValue))
        case "date": .value(.date(launch.date))
        case "date_current": .value(.date(current.date))
        case "evaluation_number": .value(.integer(Int64(evaluationNumber)))
        case "tcb_info_evaluation_number": .value(.integer(Int64(tcbInfoEvaluationNumber)))
        case "qe_identity_evaluation_number": .value(.integer(Int64(qeIdentityEvaluationNumber)))
        case "advisory_ids": .value(.list(advisoryIDs))
        case "svn_regression": .value(.boolean(svnRegression))
        default: .absent
        }
    }
}

extension PlatformFacts {
    fileprivate func claim(_ name: Substring) -> ClaimLookup {
        switch name {
        case "fmspc": return .value(.text(fmspc.hex))
        case "pce_id": return .value(.text(pceID.hex))
        case "ca": return .value(.text(authority))
        case "sgx_type": return .value(.text(sgxType))
        case "pce_svn": return .value(.integer(Int64(pceSVN)))
        case "component_svns": return .value(.text(componentSVNs.hex))
        case "dynamic_platform": return Self.flag(dynamicPlatform)
        case "cached_keys": return Self.flag(cachedKeys)
        case "smt_enabled": return Self.flag(smtEnabled)
        case "ppid_sha256":
            guard case .known(let ppid, _) = host else { return Self.notRecorded }
            return .value(.text(ppid.hex))
        case "instance_id":
            guard case .known(_, let instance) = host else { return Self.notRecorded }
            return instance.map { .value(.text($0.hex)) } ?? .absent
        default: return .absent
        }
    }

    static let notRecorded = ClaimLookup.unknown(Phrase("the record does not name the host", "记录中没有主机标识"))

    private static func flag(_ value: Bool?) -> ClaimLookup { value.map { .value(.boolean($0)) } ?? .absent }
}

extension TDReport {
    fileprivate func claim(_ name: String) -> ClaimValue? {
        if let measurement = measurement(name) { return .text(measurement.hex) }
        switch name {
        case "mr_seam": return .text(mrSEAM.hex)
        case "mr_signer_seam": return .text(mrSignerSEAM.hex)
        case "seam_attributes": return .text(seamAttributes.hex)
        case "td_attributes": return .text(Hex.encode(littleEndianBytes(tdAttributes.rawValue)))
        case "xfam": return .text(Hex.encode(littleEndianBytes(xfam)))
        case "tee_tcb_svn": return .text(teeTCBSVN.hex)
        case "tee_tcb_svn2": return tdx15.map { .text($0.teeTCBSVN2.hex) }
        case "service_td": return .text(serviceTD.rawValue)
        case "mr_service_td": return tdx15.map { .text($0.mrServiceTD.hex) }
        case "init_serv_td_hash": return tdx15?.extended.map { .text($0.initServTDHash.hex) }
        case "cur_serv_td_hash": return tdx15?.extended.map { .text($0.curServTDHash.hex) }
        case "init_serv_td_attr": return tdx15?.extended.map { .text($0.initServTDAttr.hex) }
        case "cur_serv_td_attr": return tdx15?.extended.map { .text($0.curServTDAttr.hex) }
        case "init_tee_tcb_svn": return tdx15?.extended.map { .text($0.initTEETCBSVN.hex) }
        case "tdx_module.version": return .integer(Int64(teeTCBSVN[1]))
        case "tdx_module.svn": return .integer(Int64(teeTCBSVN[0]))
        default: return nil
        }
    }

    /// Fields that only some bodies have. Which body a quote has is the host's choice, so a field that is not there is not
    /// thereby zero, and not known to be absent.
    fileprivate static func isUnsayable(_ name: String) -> Bool {
        [
            "tee_tcb_svn2", "mr_service_td", "init_serv_td_hash", "cur_serv_td_hash", "init_serv_td_attr",
            "cur_serv_td_attr", "init_tee_tcb_svn",
        ].contains(name)
    }

    func measurement(_ name: String) -> FixedBytes<48>? {
        switch name {
        case "mr_td": mrTD
        case "rtmr0": rtmr0
        case "rtmr1": rtmr1
        case "rtmr2": rtmr2
        case "rtmr3": rtmr3
        case "mr_config_id": mrConfigID
        case "mr_owner": mrOwner
        case "mr_owner_config": mrOwnerConfig
        default: nil
        }
    }
}

extension EnclaveReport {
    fileprivate func claim(_ name: String) -> ClaimValue? {
        switch name {
        case "mr_enclave": .text(mrEnclave.hex)
        case "mr_signer": .text(mrSigner.hex)
        case "isv_prod_id": .integer(Int64(isvProdID))
        case "isv_svn": .integer(Int64(isvSVN))
        case "config_id": .text(configID.hex)
        case "config_svn": .integer(Int64(configSVN))
        case "isv_ext_prod_id": .text(isvExtProdID.hex)
        case "isv_family_id": .text(isvFamilyID.hex)
        case "misc_select": .text(Hex.encode(littleEndianBytes(miscSelect)))
        case "attributes": .text(attributes.hex)
        case "cpu_svn": .text(cpuSVN.hex)
        default: nil
        }
    }
}

func littleEndianBytes(_ value: some FixedWidthInteger & UnsignedInteger) -> [UInt8] {
    (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
}
