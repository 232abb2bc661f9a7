import DCAPFormats
import Wire
import Words

/// Intel's entries, one class after another, into the members of a policy of ours.
struct IntelTranslation {
    /// dcap 6.2.
    private enum Class: String {
        case sgxPlatform = "3123ec35-8d38-4ea5-87a5-d6c48b567570"
        case enclave = "bef7cb8c-31aa-42c1-854c-10db005d5c41"
        case tdx10Platform = "9eec018b-7481-4b1c-8e1a-9f7c0c8c777f"
        case tdx15Platform = "f708b97f-0fb2-4e6b-8b03-8a5bcd1221d3"
        case tdQE = "3769258c-75e6-4bc7-8d72-d2b0e224cad2"
        case td10 = "a1e4ee9c-a12e-48ac-bed0-e3f89297f687"
        case td15 = "45b734fc-aa4e-4c3d-ad28-e43d08880e68"

        /// The TEE, and the version of TDX where the class is of one.
        var family: String {
            switch self {
            case .sgxPlatform, .enclave: "sgx"
            case .tdx10Platform, .td10: "tdx 1.0"
            case .tdx15Platform, .td15: "tdx 1.5"
            case .tdQE: "tdx"
            }
        }
    }

    private var seen: Set<String> = []
    private var families: Set<String> = []
    private var members: [String: JSON] = [:]
    private var claims: [JSON] = []
    private var graces: [Int64] = []
    private var rejected: [String] = []

    mutating func add(_ value: JSONValue) throws(PolicyError) {
        let entry = try MemberReader(value, members: ["environment", "reference"])
        guard let environment = value.member("environment") else {
            throw entry.missing("environment", Phrase("an object with class_id", "含 class_id 的对象"))
        }
        let place = try MemberReader(environment, members: ["class_id", "description"])
        guard let name = try place.text("class_id"), let kind = Class(rawValue: name.lowercased())
        else {
            throw place.invalid("class_id", wanted: Phrase("a class of Intel's", "英特尔定义的 class_id"))
        }
        guard seen.insert(kind.rawValue).inserted else {
            throw place.invalid("class_id", wanted: Phrase("each class once", "每个 class_id 只出现一次"))
        }
        if kind.family != "tdx" { families.insert(kind.family) }
        guard families.count <= 1, !(families == ["sgx"] && seen.contains(Class.tdQE.rawValue)) else {
            throw place.invalid(
                "class_id",
                wanted: Phrase(
                    "entries of one TEE and one TDX version; import the others by themselves",
                    "同一 TEE、同一 TDX 版本的条目；其余请分别导入"))
        }
        guard let reference = value.member("reference") else {
            throw entry.missing("reference", Phrase("an object", "一个对象"))
        }
        switch kind {
        case .sgxPlatform, .tdx10Platform, .tdx15Platform: try addPlatform(reference)
        case .tdQE: try addQE(reference)
        case .enclave: try addEnclave(reference)
        case .td10, .td15: try addTD(reference)
        }
    }

    func document(id: String) -> JSON {
        var members = members
        if let grace = graces.min() { members["collateral_grace_seconds"] = .integer(grace) }
        if !rejected.isEmpty {
            members["rejected_advisory_ids"] = .array(Set(rejected).sorted().map { .string($0) })
        }
        var claims = claims
        if let family = families.first {
            claims.insert(
                Self.claim("tee", "tee", "equals", ("value", .string(String(family.prefix(3))))), at: 0)
            if family == "tdx 1.0" {
                claims.insert(
                    Self.claim("tdx-version", "quote.body_type", "equals", ("value", .integer(2))), at: 1)
            }
            if family == "tdx 1.5" {
                claims.insert(
                    Self.claim("tdx-version", "quote.body_type", "at_least", ("value", .integer(3))), at: 1)
            }
        }
        if !claims.isEmpty { members["claims"] = .array(claims) }
        let head: [(String, JSON)] = [
            ("id", .string(id)), ("version", .integer(1)),
            ("description", .string("Imported from an appraisal policy of Intel's.")),
        ]
        return .object(head + members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    private static func claim(_ id: String, _ claim: String, _ test: String, _ value: (String, JSON))
        -> JSON
    {
        .object([("id", .string(id)), ("claim", .string(claim)), ("operator", .string(test)), value])
    }
}

/// dcap 6.4.
extension IntelTranslation {
    private mutating func addPlatform(_ reference: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            reference,
            members: [
                "accepted_tcb_status", "collateral_grace_period", "platform_grace_period", "min_eval_num",
                "rejected_advisory_ids", "min_tcb_level_date", "accepted_platform_provider_ids",
                "accepted_sgx_types",
                "allow_dynamic_platform", "allow_cached_keys", "allow_smt_enabled",
            ])
        if let statuses = try Self.statuses(reader) {
            members["accepted_tcb_statuses"] = .array(statuses.listed.map { .string($0) })
            if statuses.acceptsRelaunch { members["accept_relaunch_advised"] = .bool(true) }
        }
        try addTimes(reader)
        if let number = try reader.integer("min_eval_num") {
            members["minimum_tcb_evaluation_number"] = .integer(number)
        }
        if let date = try reader.date("min_tcb_level_date") {
            members["minimum_tcb_date"] = .string(date.description)
        }
        if reader.has("accepted_platform_provider_ids") {
            throw reader.invalid(
                "accepted_platform_provider_ids",
                wanted: Phrase(
                    "nothing: no quote names a provider; list FMSPCs instead", "不应出现：quote 不含提供方标识；请改列 FMSPC")
            )
        }
        if let types = try reader.list("accepted_sgx_types") {
            let names = ["Standard", "Scalable", "ScalableWithIntegrity"]
            var listed: [JSON] = []
            for type in types {
                guard case .value(let number) = type.integer, number < UInt64(names.count) else {
                    throw PolicyError(type, wanted: Phrase("0, 1 or 2", "0、1 或 2"))
                }
                listed.append(.string(names[Int(number)]))
            }
            members["accepted_sgx_types"] = .array(listed)
        }
        let flags: [(StaticString, String)] = [
            ("allow_dynamic_platform", "allow_dynamic_platform"),
            ("allow_cached_keys", "allow_cached_keys"),
            ("allow_smt_enabled", "allow_smt"),
        ]
        for (theirs, ours) in flags {
            if let flag = try reader.boolean(theirs) { members[ours] = .bool(flag) }
        }
    }

    /// The quoting enclave has an entry of its own; its rules come beside those of the platform.
    private mutating func addQE(_ reference: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            reference,
            members: [
                "accepted_tcb_status", "collateral_grace_period", "platform_grace_period", "min_eval_num",
                "rejected_advisory_ids",
            ])
        if let statuses = try Self.statuses(reader) {
            claims.append(
                Self.claim(
                    "td-qe-status", "tcb.qe", "in", ("values", .array(statuses.listed.map { .string($0) }))))
        }
        try addTimes(reader)
        if let number = try reader.integer("min_eval_num") {
            claims.append(
                Self.claim(
                    "td-qe-number", "tcb.qe_identity_evaluation_number", "at_least",
                    ("value", .integer(number))))
        }
    }

    private mutating func addTimes(_ reader: MemberReader) throws(PolicyError) {
        if let grace = try reader.integer("collateral_grace_period") {
            guard !reader.has("min_eval_num") else {
                throw reader.invalid(
                    "collateral_grace_period",
                    wanted: Phrase("either a grace period or min_eval_num", "宽限期与 min_eval_num 只能取其一"))
            }
            graces.append(grace)
        }
        if let grace = try reader.integer("platform_grace_period") {
            guard
                members["platform_grace_seconds"] == nil
                    || members["platform_grace_seconds"] == .integer(grace)
            else {
                throw reader.invalid(
                    "platform_grace_period", wanted: Phrase("the same in every entry", "各条目一致"))
            }
            members["platform_grace_seconds"] = .integer(grace)
        }
        rejected += try reader.texts("rejected_advisory_ids") ?? []
    }

    /// A compound status passes where each of its parts is listed (dcap 6.2).
    private static func statuses(_ reader: MemberReader) throws(PolicyError) -> (
        listed: [String], acceptsRelaunch: Bool
    )? {
        guard let member = reader.value.member("accepted_tcb_status") else { return nil }
        let values = member.kind == .string ? [member] : Array(member.elements)
        let known = [
            "uptodate", "swhardeningneeded", "configurationneeded", "outofdate", "tdrelaunchadvised",
        ]
        var parts: Set<String> = []
        for value in values {
            guard let text = value.string?.lowercased(), known.contains(text) else {
                throw PolicyError(value, wanted: .oneOf(known))
            }
            parts.insert(text)
        }
        // Row 247.
        guard parts.contains("uptodate") else {
            throw PolicyError(member, wanted: Phrase("UpToDate among them", "其中包含 UpToDate"))
        }
        let table: [(TCBStatus, [String])] = [
            (.upToDate, ["uptodate"]), (.swHardeningNeeded, ["uptodate", "swhardeningneeded"]),
            (.configurationNeeded, ["uptodate", "configurationneeded"]),
            (
                .configurationAndSWHardeningNeeded,
                ["uptodate", "swhardeningneeded", "configurationneeded"]
            ),
            (.outOfDate, ["outofdate"]),
            (.outOfDateConfigurationNeeded, ["outofdate", "configurationneeded"]),
        ]
        let listed = table.filter { $0.1.allSatisfy(parts.contains) }.map(\.0.rawValue)
        return (listed, parts.contains("tdrelaunchadvised"))
    }
}

/// dcap 6.5. Their hex is the bytes from the last to the first.
extension IntelTranslation {
    private static func reversed(_ reader: MemberReader, _ name: StaticString, count: Int)
        throws(PolicyError) -> [UInt8]?
    {
        guard let text = try reader.hex(name, count: count), let bytes = Hex.decode(text) else {
            return nil
        }
        return bytes.reversed()
    }

    /// Both sides are compared under the mask, so what the value has outside it says nothing.
    private static func masked(
        _ reader: MemberReader, _ name: StaticString, _ mask: StaticString, count: Int,
        standard: [UInt8]
    ) throws(PolicyError) -> JSON? {
        guard let value = try reversed(reader, name, count: count) else {
            guard !reader.has(mask) else {
                throw reader.invalid(mask, wanted: Phrase("no mask without a value", "有掩码须有值"))
            }
            return nil
        }
        let bits = try reversed(reader, mask, count: count) ?? standard
        guard bits.contains(where: { $0 != 0 }) else { return nil }
        return .object([
            ("value", .string(Hex.encode(zip(value, bits).map { $0 & $1 }))),
            ("mask", .string(Hex.encode(bits))),
        ])
    }

    private mutating func addTD(_ reference: JSONValue) throws(PolicyError) {
        let measurements: [(StaticString, String)] = [
            ("tdx_mrtd", "mr_td"), ("tdx_rtmr0", "rtmr0"), ("tdx_rtmr1", "rtmr1"), ("tdx_rtmr2", "rtmr2"),
            ("tdx_rtmr3", "rtmr3"), ("tdx_mrconfigid", "mr_config_id"), ("tdx_mrowner", "mr_owner"),
            ("tdx_mrownerconfig", "mr_owner_config"),
        ]
        let reader = try MemberReader(
            reference,
            members: measurements.map(\.0) + [
                "tdx_attributes", "tdx_attributes_mask", "tdx_xfam", "tdx_xfam_mask", "tdx_mrservicetd",
            ])
        var identity: [(String, JSON)] = []
        for (theirs, ours) in measurements {
            guard let bytes = try Self.reversed(reader, theirs, count: 48) else { continue }
            identity.append((ours, .array([.string(Hex.encode(bytes))])))
        }
        if !identity.isEmpty { members["td_identity"] = .object(identity) }
        // Newer versions compare bits 31 to 0 by default.
        let low = [UInt8](repeating: 0xFF, count: 4) + [UInt8](repeating: 0, count: 4)
        if let masked = try Self.masked(
            reader, "tdx_attributes", "tdx_attributes_mask", count: 8, standard: low)
        {
            members["td_attributes"] = masked
        }
        let all = [UInt8](repeating: 0xFF, count: 8)
        if let masked = try Self.masked(reader, "tdx_xfam", "tdx_xfam_mask", count: 8, standard: all) {
            members["xfam"] = masked
        }
        if let bytes = try Self.reversed(reader, "tdx_mrservicetd", count: 48) {
            claims.append(
                Self.claim("service-td", "mr_service_td", "equals", ("value", .string(Hex.encode(bytes)))))
            if bytes.contains(where: { $0 != 0 }) {
                members["accepted_service_tds"] = .array([.string(Hex.encode(bytes))])
            }
        }
    }

    private mutating func addEnclave(_ reference: JSONValue) throws(PolicyError) {
        let reader = try MemberReader(
            reference,
            members: [
                "sgx_mrenclave", "sgx_mrsigner", "sgx_isvprodid", "sgx_isvsvn_min", "sgx_configid",
                "sgx_configsvn_min",
                "sgx_isvextprodid", "sgx_isvfamilyid", "sgx_miscselect", "sgx_miscselect_mask",
                "sgx_attributes",
                "sgx_attributes_mask", "sgx_ce_attributes", "sgx_ce_attributes_mask",
            ])
        if reader.has("sgx_ce_attributes") {
            throw reader.invalid(
                "sgx_ce_attributes",
                wanted: Phrase("nothing: an ECDSA quote does not say it", "不应出现：ECDSA quote 不含该值"))
        }
        var identity: [(String, JSON)] = []
        let bytes: [(StaticString, String, Int, isList: Bool)] = [
            ("sgx_mrenclave", "mr_enclave", 32, true), ("sgx_mrsigner", "mr_signer", 32, true),
            ("sgx_configid", "config_id", 64, false), ("sgx_isvextprodid", "isv_ext_prod_id", 16, false),
            ("sgx_isvfamilyid", "isv_family_id", 16, false),
        ]
        for (theirs, ours, count, isList) in bytes {
            guard let value = try Self.reversed(reader, theirs, count: count) else { continue }
            let text = JSON.string(Hex.encode(value))
            identity.append((ours, isList ? .array([text]) : text))
        }
        let numbers: [(StaticString, String)] = [
            ("sgx_isvprodid", "isv_prod_id"), ("sgx_isvsvn_min", "minimum_isv_svn"),
            ("sgx_configsvn_min", "minimum_config_svn"),
        ]
        for (theirs, ours) in numbers {
            if let number = try reader.integer(theirs, atMost: 0xFFFF) {
                identity.append((ours, .integer(number)))
            }
        }
        let all = [UInt8](repeating: 0xFF, count: 16)
        if let masked = try Self.masked(
            reader, "sgx_miscselect", "sgx_miscselect_mask", count: 4, standard: Array(all.prefix(4)))
        {
            identity.append(("misc_select", masked))
        }
        if let masked = try Self.masked(
            reader, "sgx_attributes", "sgx_attributes_mask", count: 16, standard: all)
        {
            identity.append(("attributes", masked))
        }
        // An empty tenant policy of Intel's accepts any enclave; here somebody has to say which.
        members["sgx_identity"] = .object(identity)
    }
}
