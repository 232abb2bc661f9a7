import DCAPFormats
import Wire

/// A quote in the names of Trustee's claims (wire-formats 2.1): paths such as `quote.body.mr_td`, in hex as the bytes
/// lie. The dotted token nests them, the simple one writes them flat.
struct TrusteeNames {
    let quote: Quote

    /// Without the leading `tdx.` or `sgx.`.
    var paths: [(path: String, value: JSON)] {
        let bytes = quote.bytes
        func hex(_ range: Range<Int>) -> JSON { .string(Hex.encode(Array(bytes[range]))) }
        let header: [(String, JSON)] = [
            ("header.version", hex(0..<2)), ("header.att_key_type", hex(2..<4)), ("header.tee_type", hex(4..<8)),
            ("header.reserved", hex(8..<12)), ("header.vendor_id", hex(12..<28)), ("header.user_data", hex(28..<48)),
        ]
        switch quote.body {
        case .td(let report):
            var paths = (header + body(report)).map { ("quote.\($0.0)", $0.1) }
            if quote.header.version == 5 { paths += [("quote.type", hex(48..<50)), ("quote.size", hex(50..<54))] }
            return paths + attributes(report)
        case .sgx(let report): return header + body(report)
        }
    }

    private func littleEndian(_ value: some FixedWidthInteger & UnsignedInteger) -> JSON {
        .string(Hex.encode((0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }))
    }

    private func body(_ report: TDReport) -> [(String, JSON)] {
        var values: [(String, JSON)] = [
            ("tcb_svn", .string(report.teeTCBSVN.hex)), ("mr_seam", .string(report.mrSEAM.hex)),
            ("mrsigner_seam", .string(report.mrSignerSEAM.hex)),
            ("seam_attributes", .string(report.seamAttributes.hex)),
            ("td_attributes", littleEndian(report.tdAttributes.rawValue)), ("xfam", littleEndian(report.xfam)),
            ("mr_td", .string(report.mrTD.hex)), ("mr_config_id", .string(report.mrConfigID.hex)),
            ("mr_owner", .string(report.mrOwner.hex)), ("mr_owner_config", .string(report.mrOwnerConfig.hex)),
            ("rtmr_0", .string(report.rtmr0.hex)), ("rtmr_1", .string(report.rtmr1.hex)),
            ("rtmr_2", .string(report.rtmr2.hex)), ("rtmr_3", .string(report.rtmr3.hex)),
            ("report_data", .string(report.reportData.hex)),
        ]
        if let tdx15 = report.tdx15 {
            values += [
                ("tee_tcb_svn2", .string(tdx15.teeTCBSVN2.hex)), ("mr_servicetd", .string(tdx15.mrServiceTD.hex)),
            ]
        }
        return values.map { ("body.\($0.0)", $0.1) }
    }

    private func attributes(_ report: TDReport) -> [(String, JSON)] {
        [
            ("debug", TDAttributes.debug), ("key_locker", .kl), ("perfmon", .perfmon), ("protection_keys", .pks),
            ("septve_disable", .septVEDisable),
        ].map { ("td_attributes.\($0.0)", .bool(report.tdAttributes.contains($0.1))) }
    }

    private func body(_ report: EnclaveReport) -> [(String, JSON)] {
        let attributes = report.attributes.bytes
        return [
            ("cpu_svn", .string(report.cpuSVN.hex)), ("misc_select", littleEndian(report.miscSelect)),
            ("isv_ext_prod_id", .string(report.isvExtProdID.hex)),
            ("attributes.flags", .string(Hex.encode(Array(attributes[..<8])))),
            ("attributes.xfrm", .string(Hex.encode(Array(attributes[8...])))),
            ("mr_enclave", .string(report.mrEnclave.hex)), ("mr_signer", .string(report.mrSigner.hex)),
            ("config_id", .string(report.configID.hex)), ("isv_prod_id", littleEndian(report.isvProdID)),
            ("isv_svn", littleEndian(report.isvSVN)), ("config_svn", littleEndian(report.configSVN)),
            ("isv_family_id", .string(report.isvFamilyID.hex)), ("report_data", .string(report.reportData.hex)),
        ].map { ("body.\($0.0)", $0.1) }
    }

    /// Paths as nested objects, in the order in which they first occur.
    static func nested(_ paths: [(path: String, value: JSON)]) -> JSON {
        var order: [String] = []
        var groups: [String: [(path: String, value: JSON)]] = [:]
        for (path, value) in paths {
            let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
            if groups[parts[0]] == nil { order.append(parts[0]) }
            groups[parts[0], default: []].append((parts.count > 1 ? parts[1] : "", value))
        }
        return .object(
            order.map { name in
                let members = groups[name] ?? []
                return (name, members.count == 1 && members[0].path.isEmpty ? members[0].value : nested(members))
            })
    }

    /// What is bound at launch: MRCONFIGID, or CONFIGID.
    var initData: String {
        switch quote.body {
        case .td(let report): report.mrConfigID.hex
        case .sgx(let report): report.configID.hex
        }
    }
}
