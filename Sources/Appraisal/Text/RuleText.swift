public import Words

/// What each rule of a policy asks, and where it stands. The answer is yes where the rule holds.
extension PolicyRule {
    public var title: Phrase {
        switch self {
        case .tcbStatus: Phrase("Is the TCB status an accepted one?", "TCB 状态是否可接受？")
        case .relaunch: Phrase("Can the TD go on without a relaunch?", "TD 是否无需重新启动？")
        case .currentTCB: Phrase("Is what runs now neither revoked nor out of date?", "当前运行的版本是否未被吊销且未过时？")
        case .collateralExpiry: Phrase("Is all collateral in date?", "材料是否均在有效期内？")
        case .platformGrace: Phrase("Is the platform up to date, or within its grace?", "平台是否未过时，或在宽限期内？")
        case .evaluationNumber: Phrase("Is the collateral of a late enough evaluation?", "材料的评估编号是否足够新？")
        case .tcbDate: Phrase("Is the TCB level of a late enough date?", "TCB 级别日期是否足够新？")
        case .advisories: Phrase("Do only accepted advisories apply?", "是否只存在可接受的安全公告？")
        case .debug: Phrase("Is the memory closed to the host?", "主机是否无法读取内存？")
        case .tdProfiling: Phrase("Is the TD closed to the host's profiling?", "主机是否无法剖析 TD？")
        case .tdReservedBits: Phrase("Are all undefined attribute bits clear?", "未定义的属性位是否均为 0？")
        case .tdAttributes: Phrase("Does the TD have the attributes demanded?", "TD 是否具有所要求的属性？")
        case .xfam: Phrase("Does the TD have the processor features demanded?", "TD 是否具有所要求的处理器特性？")
        case .serviceTD: Phrase("Is the TD free of service TDs that are not accepted?", "TD 是否没有绑定未被接受的服务 TD？")
        case .mrSEAM: Phrase("Is the TDX module a listed one?", "TDX 模块是否在名单中？")
        case .sgxIdentity: Phrase("Is it an enclave that the policy names?", "是否为策略指明的 enclave？")
        case .tdIdentity: Phrase("Is it a TD that the policy names?", "是否为策略指明的 TD？")
        case .reportData: Phrase("Was the quote made for this request?", "quote 是否针对本次请求生成？")
        case .freshness: Phrase("Is the nonce that was bound a new one?", "所绑定的 nonce 是否是新的？")
        case .platformType: Phrase("Is the platform of an accepted kind?", "平台类型是否可接受？")
        case .platformID: Phrase("Is the platform a known one?", "平台是否在已知名单中？")
        case .eventLog: Phrase("Does the event log explain the quote's registers?", "事件日志能否解释 quote 的寄存器？")
        }
    }

    public var clause: String {
        switch self {
        case .platformGrace: "dcap 6.4, 6.7"
        case .sgxIdentity: "dcap 6.5, 6.7"
        case .reportData: "dcap 6.7, wire-formats 2.9"
        case .freshness: "dcap 6.7, wire-formats 3.9"
        case .eventLog: "event-logs 2.2"
        default: "dcap 6.7"
        }
    }
}
