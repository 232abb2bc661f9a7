import DCAPFormats
import Wire
import Words

/// Which software, for whom, on which platform.
extension Rules {
    static let isTDX = Phrase("the quote is of TDX", "该 quote 属于 TDX")

    /// All that are configured must hold; each that does not is named.
    func sgxIdentity(_ comparison: inout Comparison) -> RuleResult {
        guard let identity = policy.sgxIdentity else { return .notConfigured(.sgxIdentity) }
        guard case .sgx(let report) = facts.body else {
            return RuleResult(
                .sgxIdentity, .failed(.sgxIdentity, .warning), found: Self.isTDX,
                wanted: Phrase("an SGX enclave", "SGX enclave"))
        }
        var differences: [(Phrase, Phrase)] = []
        func require(_ holds: Bool, _ name: String, _ found: String, _ wanted: Phrase) {
            if !holds { differences.append((Phrase("\(name) \(found)"), Phrase("\(name) ") + wanted)) }
        }
        if let values = identity.mrEnclaves {
            require(values.contains(report.mrEnclave.hex), "mr_enclave", report.mrEnclave.hex, .oneOf(values.sorted()))
        }
        if let values = identity.mrSigners {
            require(values.contains(report.mrSigner.hex), "mr_signer", report.mrSigner.hex, .oneOf(values.sorted()))
        }
        func atLeast(_ minimum: Int64) -> Phrase { Phrase("\(minimum) or higher", "不低于 \(minimum)") }
        if let value = identity.isvProdID {
            require(Int64(report.isvProdID) == value, "isv_prod_id", "\(report.isvProdID)", Phrase("\(value)"))
        }
        if let value = identity.minimumISVSVN {
            require(Int64(report.isvSVN) >= value, "isv_svn", "\(report.isvSVN)", atLeast(value))
        }
        if let value = identity.configID {
            require(report.configID.hex == value, "config_id", report.configID.hex, Phrase(value))
        }
        if let value = identity.minimumConfigSVN {
            require(Int64(report.configSVN) >= value, "config_svn", "\(report.configSVN)", atLeast(value))
        }
        if let value = identity.isvExtProdID {
            require(report.isvExtProdID.hex == value, "isv_ext_prod_id", report.isvExtProdID.hex, Phrase(value))
        }
        if let value = identity.isvFamilyID {
            require(report.isvFamilyID.hex == value, "isv_family_id", report.isvFamilyID.hex, Phrase(value))
        }
        if let masked = identity.miscSelect {
            let bytes = littleEndianBytes(report.miscSelect)
            require(masked.matches(bytes), "misc_select", Hex.encode(bytes), masked.phrase)
        }
        if let masked = identity.attributes {
            require(masked.matches(report.attributes.bytes), "attributes", report.attributes.hex, masked.phrase)
        }
        comparison.enclave = differences.isEmpty ? .recognised : .unrecognised
        return Self.identity(.sgxIdentity, .sgxIdentity, differences, Phrase("mr_enclave \(report.mrEnclave.hex)"))
    }

    func tdIdentity(_ comparison: inout Comparison) -> RuleResult {
        guard let identity = policy.tdIdentity else { return .notConfigured(.tdIdentity) }
        guard case .td(let report) = facts.body else {
            return RuleResult(
                .tdIdentity, .failed(.tdIdentity, .warning), found: Self.isSGX, wanted: Phrase("a TD", "TD"))
        }
        var differences: [(Phrase, Phrase)] = []
        for (name, values) in identity.measurements {
            let found = report.measurement(name)?.hex ?? ""
            let isMatch = values.contains(found)
            comparison.compared(name, isMatch)
            if !isMatch {
                differences.append((Phrase("\(name) \(found)"), Phrase("\(name) ") + .oneOf(values.sorted())))
            }
        }
        let names = identity.measurements.map(\.name).joined(separator: ", ")
        return Self.identity(.tdIdentity, .tdIdentity, differences, Phrase("\(names): as expected", "\(names)：与期望一致"))
    }

    private static func identity(
        _ rule: PolicyRule, _ code: PolicyCode, _ differences: [(Phrase, Phrase)], _ matching: Phrase
    ) -> RuleResult {
        guard let first = differences.first else { return RuleResult(rule, .passed, found: matching) }
        let rest = differences.dropFirst()
        let found = rest.reduce(first.0) { $0 + Phrase("; ", "；") + $1.0 }
        let wanted = rest.reduce(first.1) { $0 + Phrase("; ", "；") + $1.1 }
        return RuleResult(rule, .failed(code, .warning), found: found, wanted: wanted)
    }

    /// A flag that the certificate does not have is not false: with Processor CA nobody knows (row 252).
    func platformType() -> RuleResult {
        let flags: [(name: String, allowed: Bool?, found: Bool?)] = [
            ("dynamic_platform", policy.allowDynamicPlatform, facts.platform.dynamicPlatform),
            ("cached_keys", policy.allowCachedKeys, facts.platform.cachedKeys),
            ("smt_enabled", policy.allowSMT, facts.platform.smtEnabled),
        ]
        guard policy.acceptedSGXTypes != nil || flags.contains(where: { $0.allowed == false }) else {
            return .notConfigured(.platformType)
        }
        var found: [String] = []
        var wanted: [Phrase] = []
        if let types = policy.acceptedSGXTypes, !types.contains(facts.platform.sgxType) {
            found.append("sgx_type \(facts.platform.sgxType)")
            wanted.append(Phrase("sgx_type ") + .oneOf(types.sorted()))
        }
        for flag in flags
        where flag.allowed == false && !(flag.found == false || (flag.found == nil && policy.acceptUndefinedFlags)) {
            found.append("\(flag.name) \(flag.found.map(String.init) ?? "undefined")")
            wanted.append(Phrase("\(flag.name) false"))
        }
        let isMatch = found.isEmpty
        return RuleResult(
            .platformType, holds: isMatch, else: .platformType, .warning,
            found: Phrase(isMatch ? "sgx_type \(facts.platform.sgxType)" : found.joined(separator: "; ")),
            wanted: wanted.dropFirst().reduce(wanted.first ?? .none) { $0 + Phrase("; ", "；") + $1 })
    }

    /// The only defence when attestation keys leak: platforms somebody knows.
    func platformID() -> RuleResult {
        guard policy.acceptedFMSPCs != nil || policy.acceptedPPIDHashes != nil || policy.acceptedInstanceIDs != nil
        else {
            return .notConfigured(.platformID)
        }
        var found: [Phrase] = []
        var wanted: [Phrase] = []
        func require(_ name: String, _ value: String?, among values: Set<String>?) {
            guard let values, !values.contains(value ?? "") else { return }
            found.append(value.map { Phrase("\(name) \($0)") } ?? Phrase("no \(name)", "没有 \(name)"))
            wanted.append(Phrase("a \(name) on the list of \(values.count)", "\(name) 在 \(values.count) 项的名单中"))
        }
        require("fmspc", facts.platform.fmspc.hex, among: policy.acceptedFMSPCs)
        var ppid: String?
        var instance: String?
        if case .known(let hash, let identifier) = facts.platform.host {
            ppid = hash.hex
            instance = identifier?.hex
        }
        require("ppid_sha256", ppid, among: policy.acceptedPPIDHashes)
        require("platform_instance_id", instance, among: policy.acceptedInstanceIDs)
        let isMatch = found.isEmpty
        return RuleResult(
            .platformID, holds: isMatch, else: .platformID, .contraindicated,
            found: isMatch
                ? Phrase("a listed platform", "名单中的平台")
                : found.dropFirst().reduce(found.first ?? .none) { $0 + Phrase("; ", "；") + $1 },
            wanted: wanted.dropFirst().reduce(wanted.first ?? .none) { $0 + Phrase("; ", "；") + $1 })
    }
}
