/// Every claim that a rule may name. A name that is not here is a mistake in the policy, found when it is loaded.
enum ClaimCatalogue {
    static func kind(_ name: String) -> ClaimKind? {
        if let kind = fixed[name] { return kind }
        return families.first { name.hasPrefix($0.prefix) && name.count > $0.prefix.count }?.kind
    }

    /// The measurements that say which software runs; comparing them is what makes a verdict more than "genuine".
    static let registers = ["mr_td", "rtmr0", "rtmr1", "rtmr2"]

    /// Names, in order, for the documentation and for messages.
    static var names: [String] { fixed.keys.sorted() + families.map { $0.prefix + "NAME" } }

    private static let families: [(prefix: String, kind: ClaimKind)] = [
        ("event_log.llm.exec.", .hex(32)), ("event_log.llm.tree.", .hex(32)),
        ("event_log.llm.config.", .hex(32)), ("event_log.llm.manifest.", .hex(32)),
        ("event_log.llm.level.", .text), ("event_log.llm.verity.", .hexOfAnyLength), ("event_log.llm.gpu.", .hex(32)),
        ("event_log.dstack.", .text), ("event_log.aael.", .text),
    ]

    private static let fixed: [String: ClaimKind] = [
        "tee": .text, "quote.version": .integer, "quote.body_type": .integer, "report_data": .hex(64),
        "trust_root.intel": .boolean,

        "mr_td": .hex(48), "rtmr0": .hex(48), "rtmr1": .hex(48), "rtmr2": .hex(48), "rtmr3": .hex(48),
        "mr_config_id": .hex(48), "mr_owner": .hex(48), "mr_owner_config": .hex(48), "mr_seam": .hex(48),
        "mr_signer_seam": .hex(48), "seam_attributes": .hex(8), "td_attributes": .hex(8), "xfam": .hex(8),
        "tee_tcb_svn": .hex(16), "tee_tcb_svn2": .hex(16), "mr_service_td": .hex(48), "tdx_module.version": .integer,
        "tdx_module.svn": .integer,

        "mr_enclave": .hex(32), "mr_signer": .hex(32), "isv_prod_id": .integer, "isv_svn": .integer,
        "config_id": .hex(64), "config_svn": .integer, "isv_ext_prod_id": .hex(16), "isv_family_id": .hex(16),
        "misc_select": .hex(4), "attributes": .hex(16), "cpu_svn": .hex(16),

        "tcb.status": .text, "tcb.platform": .text, "tcb.qe": .text, "tcb.module": .text, "tcb.launch": .text,
        "tcb.current": .text, "tcb.date": .date, "tcb.date_current": .date, "tcb.evaluation_number": .integer,
        "tcb.tcb_info_evaluation_number": .integer, "tcb.qe_identity_evaluation_number": .integer,
        "tcb.advisory_ids": .text, "tcb.svn_regression": .boolean,

        "platform.fmspc": .hex(6), "platform.pce_id": .hex(2), "platform.ca": .text, "platform.sgx_type": .text,
        "platform.dynamic_platform": .boolean, "platform.cached_keys": .boolean, "platform.smt_enabled": .boolean,
        "platform.pce_svn": .integer, "platform.component_svns": .hex(16), "platform.ppid_sha256": .hex(32),
        "platform.instance_id": .hex(16),

        "collateral.expires": .date, "collateral.earliest_issue": .date, "collateral.latest_issue": .date,

        "event_log.format": .text,
        "event_log.rtmr0.status": .text, "event_log.rtmr1.status": .text, "event_log.rtmr2.status": .text,
        "event_log.rtmr3.status": .text,
        "event_log.rtmr0.digests": .hex(48), "event_log.rtmr1.digests": .hex(48), "event_log.rtmr2.digests": .hex(48),
        "event_log.rtmr3.digests": .hex(48),
        "event_log.secure_boot": .boolean, "event_log.kernel_cmdline": .text,
        "event_log.kernel_digest": .hex(48),
        "event_log.initrd_digest": .hex(48), "event_log.boot_images": .hex(48),
        "event_log.llm.complete": .boolean, "event_log.llm.models": .text, "event_log.llm.changes": .text,
    ]
}
