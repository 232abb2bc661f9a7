import DCAPFormats

/// Every claim that a rule may name, and its type (dcap 6.9). A name that is not here is a mistake in the policy, found
/// when it is loaded.
enum ClaimCatalogue {
    static func kind(_ name: String) -> ClaimKind? {
        if let kind = fixed[name] { return kind }
        return families.first { name.hasPrefix($0.prefix) && name.utf8.count > $0.prefix.utf8.count }?.kind
    }

    /// The measurements that say which software runs; comparing them is what makes a verdict more than "genuine".
    static let registers = ["mr_td", "rtmr0", "rtmr1", "rtmr2"]

    /// Names, in order, for the documentation and for messages.
    static var names: [String] { fixed.keys.sorted() + families.map { $0.prefix + "NAME" } }

    /// Claims that hold several values, of which `subset_of` asks whether each is in a set.
    static func isList(_ name: String) -> Bool { lists.contains(name) || name.hasPrefix("event_log.aael.") }

    /// The register whose digests a claim lists, 0 to 3.
    static func digestsOfRegister(_ name: String) -> Int? {
        (0..<4).first { name == "event_log.rtmr\($0).digests" }
    }

    /// Whether no digest covers what says that this is what it is called, and the registers that it comes from
    /// (event-logs 7.1); `nil` for every other claim.
    static func labelledRegisters(_ name: String) -> [String]? {
        switch name {
        case "event_log.kernel_cmdline", "event_log.initrd_digest": ["rtmr2"]
        case "event_log.boot_images": ["rtmr1"]
        case "event_log.kernel_digest": ["rtmr1", "rtmr2"]
        default: nil
        }
    }

    /// Whether a claim is a fact of RTMR3: what an agent in the guest says that it measured.
    static func restsOnRTMR3(_ name: String) -> Bool {
        name.hasPrefix("event_log.") && EventLogRecord.restsOnRTMR3(name)
    }

    /// The measurements that identify whose word a claim is (event-logs 7.1): anybody's image can extend the same. `nil`
    /// for what is nobody's word.
    static func speakers(_ name: String) -> [String]? {
        if name == "event_log.secure_boot" { return ["mr_td"] }
        return restsOnRTMR3(name) ? ["mr_td", "rtmr1", "rtmr2"] : nil
    }

    private static let lists: Set<String> = [
        "tcb.advisory_ids", "event_log.boot_images", "event_log.llm.models", "event_log.llm.changes",
        "event_log.rtmr0.digests", "event_log.rtmr1.digests", "event_log.rtmr2.digests", "event_log.rtmr3.digests",
    ]

    private static let families: [(prefix: String, kind: ClaimKind)] = [
        ("event_log.llm.exec.", .hex(32)), ("event_log.llm.tree.", .hex(32)),
        ("event_log.llm.config.", .hex(32)), ("event_log.llm.manifest.", .hex(32)),
        ("event_log.llm.level.", .word(["named", "complete"])), ("event_log.llm.verity.", .hexOfAnyLength),
        ("event_log.llm.gpu.", .hex(32)), ("event_log.aael.", .text),
    ]

    /// As a whole platform may have them; a TD's may advise a relaunch.
    private static let statuses: [TCBStatus] = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded, .outOfDate,
        .outOfDateConfigurationNeeded,
    ]
    private static let relaunches: [TCBStatus] = [.tdRelaunchAdvised, .tdRelaunchAdvisedConfigurationNeeded]
    private static let parts: [TCBStatus] = [.upToDate, .outOfDate, .revoked]

    private static func word(_ statuses: [TCBStatus]) -> ClaimKind { .word(statuses.map(\.rawValue)) }

    private static let registerStatus = ClaimKind.word(EventLogRecord.RegisterStatus.allCases.map(\.rawValue))

    private static let fixed: [String: ClaimKind] = [
        "tee": .word(["tdx", "sgx"]), "quote.version": .integer, "quote.body_type": .integer, "report_data": .hex(64),
        "trust_root.intel": .boolean,

        "mr_td": .hex(48), "rtmr0": .hex(48), "rtmr1": .hex(48), "rtmr2": .hex(48), "rtmr3": .hex(48),
        "mr_config_id": .hex(48), "mr_owner": .hex(48), "mr_owner_config": .hex(48), "mr_seam": .hex(48),
        "mr_signer_seam": .hex(48), "seam_attributes": .hex(8), "td_attributes": .hex(8), "xfam": .hex(8),
        "tee_tcb_svn": .hex(16), "tee_tcb_svn2": .hex(16), "tdx_module.version": .integer,
        "tdx_module.svn": .integer,
        "service_td": .word(ServiceTD.allCases.map(\.rawValue)), "mr_service_td": .hex(48),
        "init_serv_td_hash": .hex(48), "cur_serv_td_hash": .hex(48), "init_serv_td_attr": .hex(8),
        "cur_serv_td_attr": .hex(8), "init_tee_tcb_svn": .hex(16),

        "mr_enclave": .hex(32), "mr_signer": .hex(32), "isv_prod_id": .integer, "isv_svn": .integer,
        "config_id": .hex(64), "config_svn": .integer, "isv_ext_prod_id": .hex(16), "isv_family_id": .hex(16),
        "misc_select": .hex(4), "attributes": .hex(16), "cpu_svn": .hex(16),

        "tcb.status": word(statuses + relaunches), "tcb.launch": word(statuses + relaunches),
        "tcb.current": word(statuses + [.revoked]), "tcb.platform": word(statuses + [.revoked]),
        "tcb.qe": word(parts), "tcb.module": word(parts),
        "tcb.date": .date, "tcb.date_current": .date, "tcb.evaluation_number": .integer,
        "tcb.tcb_info_evaluation_number": .integer, "tcb.qe_identity_evaluation_number": .integer,
        "tcb.advisory_ids": .advisory, "tcb.svn_regression": .boolean,

        "platform.fmspc": .hex(6), "platform.pce_id": .hex(2), "platform.ca": .word(["platform", "processor"]),
        "platform.sgx_type": .word(["Standard", "Scalable", "ScalableWithIntegrity"]),
        "platform.dynamic_platform": .boolean, "platform.cached_keys": .boolean, "platform.smt_enabled": .boolean,
        "platform.pce_svn": .integer, "platform.component_svns": .hex(16), "platform.ppid_sha256": .hex(32),
        "platform.instance_id": .hex(16),

        "collateral.expires": .date, "collateral.earliest_issue": .date, "collateral.latest_issue": .date,

        "event_log.format": .word(["tcg2", "aael", "dstack", "ima"]),
        "event_log.rtmr0.status": registerStatus, "event_log.rtmr1.status": registerStatus,
        "event_log.rtmr2.status": registerStatus, "event_log.rtmr3.status": registerStatus,
        "event_log.rtmr0.digests": .digestList, "event_log.rtmr1.digests": .digestList,
        "event_log.rtmr2.digests": .digestList, "event_log.rtmr3.digests": .digestList,
        "event_log.secure_boot": .boolean, "event_log.kernel_cmdline": .text,
        "event_log.kernel_digest": .hex(48),
        "event_log.initrd_digest": .hex(48), "event_log.boot_images": .hex(48),
        "event_log.dstack.app_id": .hex(20), "event_log.dstack.compose_hash": .hex(32),
        "event_log.dstack.instance_id": .hex(20), "event_log.dstack.os_image_hash": .hex(32),
        "event_log.dstack.rootfs_hash": .hex(32), "event_log.dstack.key_provider": .text,
        "event_log.llm.complete": .boolean, "event_log.llm.models": .text, "event_log.llm.changes": .text,
    ]
}
