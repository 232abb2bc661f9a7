import DCAPFormats
import Wire
import Words

/// The document's members, each beside the rule of dcap 6.7 that it sets.
extension Policy {
    /// - Parameter bytes: One JSON document, at most `Limits.policyBytes`. Its hash is the policy's identity, so it is kept
    ///   byte for byte.
    public init(parsing bytes: [UInt8]) throws(PolicyError) {
        let root: JSONValue
        do throws(JSONError) {
            root = try JSONDocument(parsing: bytes, limit: Limits.policyBytes).root
        } catch {
            throw PolicyError(error)
        }
        let reader = try MemberReader(root, members: Self.members)
        guard let id = try reader.identifier("id") else { throw reader.missing("id", Phrase("a name", "名称")) }
        guard let version = try reader.integer("version"), version > 0 else {
            throw reader.invalid("version", wanted: Phrase("an integer from 1", "从 1 开始的整数"))
        }
        self.init(id: id, version: version, bytes: bytes)
        summary = try reader.text("description")
        _ = try reader.texts("notes")
        try readTCB(reader)
        try readHostPowers(reader)
        try readIdentities(reader)
        try readPlatform(reader)
        try readEventLog(reader)
        graces = try Self.graces(reader, claimRules)
        try checkCombination(reader)
        try checkAnchors(reader)
    }

    static let members: [StaticString] = [
        "$schema", "id", "version", "description", "notes",
        "accepted_tcb_statuses", "accept_relaunch_advised", "collateral_grace_seconds", "platform_grace_seconds",
        "minimum_tcb_evaluation_number", "minimum_tcb_date", "rejected_advisory_ids", "allowed_advisory_ids",
        "allow_debug", "allow_td_profiling", "allow_td_reserved_bits", "td_attributes", "xfam", "allow_service_td",
        "accepted_service_tds", "accepted_mr_seams",
        "sgx_identity", "td_identity", "require_report_data", "report_data_schemes", "require_challenge",
        "accepted_sgx_types", "allow_dynamic_platform", "allow_cached_keys", "allow_smt", "accept_undefined_flags",
        "accepted_fmspcs", "accepted_ppid_sha256", "accepted_platform_instance_ids",
        "require_event_log", "allow_event_log_mismatch", "require_all_registers_replayed", "claims", "graces",
    ]

    private mutating func readTCB(_ reader: MemberReader) throws(PolicyError) {
        if let list = try reader.list("accepted_tcb_statuses") {
            acceptedStatuses = []
            for element in list {
                guard let status = TCBStatus(rawValue: element.string ?? ""), Self.listable.contains(status) else {
                    throw PolicyError(
                        element,
                        wanted: Phrase.oneOf(Self.listable.map(\.rawValue))
                            + Phrase(
                                "; Revoked is never acceptable, and TDRelaunchAdvised has accept_relaunch_advised",
                                "；Revoked 永不可接受，TDRelaunchAdvised 由 accept_relaunch_advised 决定"))
                }
                guard acceptedStatuses.insert(status).inserted else {
                    throw PolicyError(element, wanted: Phrase("each entry once", "每项只出现一次"))
                }
            }
            guard acceptedStatuses.contains(.upToDate) else {
                throw reader.invalid(
                    "accepted_tcb_statuses", wanted: Phrase("UpToDate among them", "其中包含 UpToDate"))
            }
        }
        acceptRelaunchAdvised = try reader.boolean("accept_relaunch_advised") ?? false
        collateralGraceSeconds = try reader.integer("collateral_grace_seconds", atMost: Self.longestGrace) ?? 0
        platformGraceSeconds = try reader.integer("platform_grace_seconds", atMost: Self.longestGrace)
        minimumEvaluationNumber = try reader.integer("minimum_tcb_evaluation_number", atMost: UInt64(UInt32.max))
        minimumTCBDate = try reader.date("minimum_tcb_date")
        rejectedAdvisories = try Self.advisories(reader, "rejected_advisory_ids") ?? []
        allowedAdvisories = try Self.advisories(reader, "allowed_advisory_ids")
    }

    /// In lower case. A text that no advisory has for its id would never deny (dcap 6.9).
    private static func advisories(
        _ reader: MemberReader, _ name: StaticString
    ) throws(PolicyError) -> [String]? {
        guard let texts = try reader.texts(name) else { return nil }
        var ids: [String] = []
        for text in texts {
            guard let id = ClaimKind.advisory.canonical(text) else {
                throw reader.invalid(name, wanted: ClaimKind.advisory.phrase)
            }
            ids.append(id.lowercased())
        }
        return ids
    }

    /// Statuses that a policy may list.
    static let listable: [TCBStatus] = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded,
    ]

    /// Ten years: a longer grace is a mistake in the unit.
    private static let longestGrace: UInt64 = 315_360_000

    private mutating func readHostPowers(_ reader: MemberReader) throws(PolicyError) {
        allowDebug = try reader.boolean("allow_debug") ?? false
        allowTDProfiling = try reader.boolean("allow_td_profiling") ?? false
        allowTDReservedBits = try reader.boolean("allow_td_reserved_bits") ?? false
        tdAttributes = try reader.masked("td_attributes", count: 8)
        xfam = try reader.masked("xfam", count: 8)
        allowServiceTD = try reader.boolean("allow_service_td") ?? false
        acceptedServiceTDs = try reader.hexes("accepted_service_tds", count: 48)
        acceptedMRSEAMs = try reader.hexes("accepted_mr_seams", count: 48)
    }

    private mutating func readIdentities(_ reader: MemberReader) throws(PolicyError) {
        if let value = reader.value.member("sgx_identity") { sgxIdentity = try SGXIdentity(value) }
        if let value = reader.value.member("td_identity") { tdIdentity = try TDIdentity(value) }
        requireReportData = try reader.boolean("require_report_data") ?? false
        if let list = try reader.list("report_data_schemes") {
            var schemes: Set<ExpectedReportData.Scheme> = []
            for element in list {
                guard let scheme = ExpectedReportData.Scheme(rawValue: element.string ?? "") else {
                    throw PolicyError(
                        element, wanted: Phrase.oneOf(ExpectedReportData.Scheme.allCases.map(\.rawValue)))
                }
                guard schemes.insert(scheme).inserted else {
                    throw PolicyError(element, wanted: Phrase("each entry once", "每项只出现一次"))
                }
            }
            reportDataSchemes = schemes
        }
        if let value = reader.value.member("require_challenge") {
            switch (value.boolean, value.string) {
            case (true, _): requiredNonce = .any
            case (false, _): requiredNonce = nil
            case (nil, "service"): requiredNonce = .service
            default:
                throw PolicyError(
                    value, wanted: Phrase("true, false or \"service\"", "true、false 或 \"service\""))
            }
        }
    }

    private mutating func readPlatform(_ reader: MemberReader) throws(PolicyError) {
        if let types = try reader.texts("accepted_sgx_types") {
            let known = ["Standard", "Scalable", "ScalableWithIntegrity"]
            guard types.allSatisfy({ known.contains($0) }) else {
                throw reader.invalid("accepted_sgx_types", wanted: Phrase.oneOf(known))
            }
            acceptedSGXTypes = types
        }
        allowDynamicPlatform = try reader.boolean("allow_dynamic_platform")
        allowCachedKeys = try reader.boolean("allow_cached_keys")
        allowSMT = try reader.boolean("allow_smt")
        acceptUndefinedFlags = try reader.boolean("accept_undefined_flags") ?? false
        acceptedFMSPCs = try reader.hexes("accepted_fmspcs", count: 6)
        acceptedPPIDHashes = try reader.hexes("accepted_ppid_sha256", count: 32)
        acceptedInstanceIDs = try reader.hexes("accepted_platform_instance_ids", count: 16)
    }

    private mutating func readEventLog(_ reader: MemberReader) throws(PolicyError) {
        requireEventLog = try reader.boolean("require_event_log") ?? false
        allowEventLogMismatch = try reader.boolean("allow_event_log_mismatch") ?? false
        requireAllRegistersReplayed = try reader.boolean("require_all_registers_replayed") ?? false
        claimRules = try ClaimRule.list(try reader.list("claims") ?? [])
    }

    private static func graces(_ reader: MemberReader, _ claims: [ClaimRule]) throws(PolicyError) -> [Grace] {
        let references = claims.flatMap(\.expression.leaves).compactMap(\.referenceSet).map { "reference.\($0)" }
        var graces: [Grace] = []
        for element in try reader.list("graces") ?? [] {
            let grace = try MemberReader(element, members: ["rule", "until", "reason"])
            guard let rule = try grace.text("rule") else { throw grace.missing("rule", Phrase("a rule's id", "规则 id")) }
            let isKnown =
                PolicyRule(rawValue: rule)?.allowsGrace
                ?? (claims.contains { $0.name == rule } || references.contains(rule))
            guard isKnown, !graces.contains(where: { $0.rule == rule }) else {
                throw grace.invalid(
                    "rule",
                    wanted: Phrase(
                        "once, a rule that may have grace: \(PolicyRule.allCases.filter(\.allowsGrace).map(\.rawValue).joined(separator: ", ")), or claim.ID or reference.ID of this policy",
                        "只出现一次、且允许宽限的规则：\(PolicyRule.allCases.filter(\.allowsGrace).map(\.rawValue).joined(separator: ", "))，或本策略中的 claim.ID、reference.ID"
                    ))
            }
            guard let until = try grace.date("until") else {
                throw grace.missing("until", Phrase("the date on which it ends", "宽限结束日期"))
            }
            guard let reason = try grace.text("reason") else {
                throw grace.missing("reason", Phrase("why, for the record", "记录在案的理由"))
            }
            graces.append(Grace(rule: rule, until: until, reason: reason))
        }
        return graces
    }

    /// Members that contradict each other (dcap 6.4, rows 249 and 250).
    private func checkCombination(_ reader: MemberReader) throws(PolicyError) {
        if minimumEvaluationNumber != nil, collateralGraceSeconds > 0 || platformGraceSeconds != nil {
            throw reader.invalid(
                "minimum_tcb_evaluation_number",
                wanted: Phrase(
                    "either a fixed number or a grace period, not both", "固定的编号与宽限期只能取其一"))
        }
        if platformGraceSeconds != nil {
            guard collateralGraceSeconds == 0 else {
                throw reader.invalid(
                    "platform_grace_seconds",
                    wanted: Phrase("no collateral_grace_seconds beside it", "不与 collateral_grace_seconds 同用"))
            }
            guard acceptedStatuses.contains(.outOfDate) else {
                throw reader.invalid(
                    "platform_grace_seconds",
                    wanted: Phrase("OutOfDate among accepted_tcb_statuses", "accepted_tcb_statuses 中包含 OutOfDate"))
            }
        }
        if allowServiceTD, acceptedServiceTDs != nil {
            throw reader.invalid(
                "accepted_service_tds",
                wanted: Phrase("no list where allow_service_td accepts any", "allow_service_td 为 true 时不应再给列表"))
        }
        if requireAllRegistersReplayed, allowEventLogMismatch {
            throw reader.invalid(
                "require_all_registers_replayed",
                wanted: Phrase("not beside allow_event_log_mismatch", "不与 allow_event_log_mismatch 同用"))
        }
        if let rejected = allowedAdvisories?.first(where: { rejectedAdvisories.contains($0) }) {
            throw reader.invalid(
                "allowed_advisory_ids", found: rejected,
                wanted: Phrase("no advisory that is also rejected", "不含同时被拒绝的公告"))
        }
    }
}

extension Policy {
    /// A labelled fact beside a register that nobody compares is whatever the sender says (event-logs 7.1).
    private func checkAnchors(_ reader: MemberReader) throws(PolicyError) {
        guard let test = unanchored.first, let index = claimRules.firstIndex(of: test.rule) else { return }
        let registers = test.missing.joined(separator: ", ")
        let rules = reader.value.member("claims").map { Array($0.elements) } ?? []
        throw PolicyError(
            .unanchoredClaim, "claims[\(index)]", at: rules.dropFirst(index).first?.range.lowerBound,
            found: "\(test.claim) without \(registers)",
            wanted: Phrase(
                "a rule with equals or in on \(registers), or its list of digests, that holds wherever this one is evaluated",
                "一条用 equals 或 in 比较 \(registers) 或其摘要列表的规则，且在该规则求值时必定成立"))
    }
}

extension SGXIdentity {
    init(_ value: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            value,
            members: [
                "mr_enclave", "mr_signer", "isv_prod_id", "minimum_isv_svn", "config_id", "minimum_config_svn",
                "isv_ext_prod_id", "isv_family_id", "misc_select", "attributes",
            ])
        mrEnclaves = try reader.hexes("mr_enclave", count: 32)
        mrSigners = try reader.hexes("mr_signer", count: 32)
        isvProdID = try reader.integer("isv_prod_id", atMost: 0xFFFF)
        minimumISVSVN = try reader.integer("minimum_isv_svn", atMost: 0xFFFF)
        configID = try reader.hex("config_id", count: 64)
        minimumConfigSVN = try reader.integer("minimum_config_svn", atMost: 0xFFFF)
        isvExtProdID = try reader.hex("isv_ext_prod_id", count: 16)
        isvFamilyID = try reader.hex("isv_family_id", count: 16)
        miscSelect = try reader.masked("misc_select", count: 4)
        attributes = try reader.masked("attributes", count: 16)
        guard mrEnclaves != nil || mrSigners != nil else {
            throw reader.missing(
                "mr_enclave",
                Phrase("mr_enclave, or mr_signer with isv_prod_id", "mr_enclave，或 mr_signer 与 isv_prod_id"))
        }
        // A signer signs many enclaves, of many versions: the product and the least version belong to it.
        if mrSigners != nil, mrEnclaves == nil, isvProdID == nil || minimumISVSVN == nil {
            throw reader.missing(
                isvProdID == nil ? "isv_prod_id" : "minimum_isv_svn",
                Phrase("the product and its least version beside mr_signer", "mr_signer 需同时给出产品号与最低版本"))
        }
    }
}

extension TDIdentity {
    init(_ value: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(value, members: Self.names)
        measurements = []
        for name in Self.names {
            guard let values = try reader.hexes(name, count: 48) else { continue }
            measurements.append(("\(name)", values))
        }
        guard !measurements.isEmpty else {
            throw PolicyError(value, wanted: Phrase("at least one measurement", "至少一个度量值"))
        }
    }
}

extension ClaimTest {
    var referenceSet: String? {
        if case .reference(let set, _) = values { set } else { nil }
    }
}
