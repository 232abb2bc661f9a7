/// What each rule of a policy asks, and where it stands.
extension PolicyRule {
    public var title: Phrase {
        switch self {
        case .tcbStatus: Phrase("The TCB status is an accepted one", "TCB 状态可接受")
        case .relaunch: Phrase("No relaunch of the TD is advised", "无需重新启动 TD")
        case .currentTCB: Phrase("What runs now is neither revoked nor out of date", "当前运行的版本未被吊销且未过时")
        case .collateralExpiry: Phrase("All collateral is in date", "材料均在有效期内")
        case .platformGrace: Phrase("The platform is up to date, or within its grace", "平台未过时，或在宽限期内")
        case .evaluationNumber: Phrase("The collateral is of a late enough evaluation", "材料的评估编号足够新")
        case .tcbDate: Phrase("The TCB level is of a late enough date", "TCB 级别日期足够新")
        case .advisories: Phrase("Only accepted advisories apply", "只存在可接受的安全公告")
        case .debug: Phrase("The host cannot read the memory", "主机无法读取内存")
        case .tdProfiling: Phrase("The host cannot profile the TD", "主机无法剖析 TD")
        case .tdReservedBits: Phrase("No undefined attribute bit is set", "没有未定义的属性位")
        case .tdAttributes: Phrase("The TD has the attributes demanded", "TD 具有所要求的属性")
        case .xfam: Phrase("The TD has the processor features demanded", "TD 具有所要求的处理器特性")
        case .serviceTD: Phrase("No service TD is bound, or an accepted one", "未绑定服务 TD，或绑定的可接受")
        case .mrSEAM: Phrase("The TDX module is a listed one", "TDX 模块在名单中")
        case .sgxIdentity: Phrase("It is an enclave that the policy names", "是策略指明的 enclave")
        case .tdIdentity: Phrase("It is a TD that the policy names", "是策略指明的 TD")
        case .reportData: Phrase("The quote was made for this request", "quote 是针对本次请求生成的")
        case .freshness: Phrase("The nonce that was bound is a new one", "所绑定的 nonce 是新的")
        case .platformType: Phrase("The platform is of an accepted kind", "平台类型可接受")
        case .platformID: Phrase("The platform is a known one", "平台在已知名单中")
        case .eventLog: Phrase("The event log explains the quote's registers", "事件日志能解释 quote 的寄存器")
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
