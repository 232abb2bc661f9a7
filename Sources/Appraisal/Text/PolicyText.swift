public import Words

/// What the codes of policies mean, and what a person can do. Beside nothing else, so that every code is seen to have both,
/// in both languages.
public enum PolicyText {
    public static func meaning(_ code: PolicyCode) -> Phrase {
        switch code {
        case .tcbStatus:
            Phrase("The platform's TCB status is not one that the policy accepts.", "平台的 TCB 状态不在策略接受的范围内。")
        case .relaunch:
            Phrase(
                "The host was updated under the running TD, which began on the outdated module.",
                "主机在 TD 运行期间更新过，TD 启动时用的是旧模块。")
        case .currentTCB: Phrase("What runs on the platform now is revoked or out of date.", "平台当前运行的版本已被吊销或已过时。")
        case .collateralExpired: Phrase("Something that Intel signed has passed its end date.", "英特尔签名的某项材料已过有效期。")
        case .platformGrace:
            Phrase("The platform has been out of date for longer than the policy puts up with.", "平台过时的时间已超过策略允许的宽限。")
        case .evaluationNumber:
            Phrase("The collateral is of an older evaluation than the policy demands.", "所用材料的评估编号低于策略要求。")
        case .tcbDate: Phrase("The platform's TCB level is older than the policy demands.", "平台的 TCB 级别日期早于策略要求。")
        case .advisory: Phrase("A security advisory applies that the policy does not accept.", "存在策略不接受的安全公告。")
        case .debug: Phrase("The host can read the memory: it was launched for debugging.", "以调试方式启动，主机可以读取内存。")
        case .tdProfiling: Phrase("The host may profile the TD.", "主机可以对 TD 做性能剖析。")
        case .tdReserved:
            Phrase("The TD sets attribute bits that no published TDX module defines.", "TD 设置了已公布的 TDX 模块均未定义的属性位。")
        case .tdAttributes: Phrase("The TD's attributes are not those that the policy demands.", "TD 的属性不符合策略要求。")
        case .xfam:
            Phrase("The TD's processor features are not those that the policy demands.", "TD 的处理器特性（XFAM）不符合策略要求。")
        case .serviceTD:
            Phrase(
                "A service TD is bound that the policy does not accept, or the body cannot say which one is.",
                "绑定了策略不接受的服务 TD，或报告无法说明绑定了哪一个。")
        case .mrSEAM: Phrase("The TDX module is not on the policy's list.", "TDX 模块不在策略的名单中。")
        case .sgxIdentity: Phrase("This is not an enclave that the policy names.", "这不是策略指明的 enclave。")
        case .tdIdentity: Phrase("This is not a TD that the policy names.", "这不是策略指明的 TD。")
        case .reportData: Phrase("The quote was not made for what you asked.", "该 quote 并非针对你的请求生成。")
        case .freshness:
            Phrase("Nothing that the policy counts as a nonce is bound in the quote.", "quote 中没有绑定策略认可的 nonce。")
        case .platformType: Phrase("The platform is of a kind that the policy does not accept.", "平台类型不被策略接受。")
        case .platformID: Phrase("The platform is not on the policy's list of known ones.", "平台不在策略的已知名单中。")
        case .eventLog: Phrase("The event log does not explain the quote's registers.", "事件日志无法解释 quote 中的寄存器。")
        case .claim: Phrase("A claim is not what the policy demands.", "某项声明不符合策略要求。")
        case .referenceExpired: Phrase("The reference values are outside their dates.", "参考值不在有效期内。")
        case .noReferenceValues: Phrase("No measurement was compared with a reference value.", "没有任何度量值与参考值比较过。")
        case .referenceValuesIncomplete:
            Phrase("Some of the measurements were compared, and some were not.", "只比较了部分度量值。")
        case .notFresh: Phrase("Nothing shows that the quote is new.", "没有证据表明该 quote 是新生成的。")
        case .eventLogIncomplete:
            Phrase(
                "A register is reported without the events that would explain it, or a rule rests on an event outside a boot phase.",
                "某个寄存器只有数值而没有解释它的事件，或某条规则依据启动阶段之外的事件。")
        case .rootUnprotected:
            Phrase(
                "Nothing measured protects the root file system: who can write to the disk can replace the agent.",
                "没有任何被度量的内容保护根文件系统：能写入磁盘的人可以替换代理。")
        case .graceInUse: Phrase("Something that fails is put up with until a date.", "有未通过的项目在宽限期内被容忍。")
        }
    }

    public static func fix(_ code: PolicyCode) -> Phrase {
        switch code {
        case .tcbStatus:
            Phrase(
                "Update the platform's microcode, TDX module or BIOS as the component list says, or choose a policy that accepts this status knowingly.",
                "按组件清单更新平台的微码、TDX 模块或 BIOS；或在知情的情况下选用接受该状态的策略。")
        case .relaunch:
            Phrase(
                "Relaunch the TD: its host was updated under it, and its early life ran on the outdated module.",
                "重新启动该 TD：主机已更新，而它早期运行在旧模块上。")
        case .currentTCB:
            Phrase(
                "Treat what runs now as vulnerable: have the operator update the host, then relaunch the TD.",
                "应视当前运行的版本为有漏洞：请运营方更新主机，然后重新启动 TD。")
        case .collateralExpired:
            Phrase(
                "Fetch current collateral from the PCCS; what was used has passed its signed end date.",
                "从 PCCS 获取最新材料；当前所用的材料已过签名有效期。")
        case .platformGrace:
            Phrase(
                "Have the operator update the platform; the grace that the policy gives is over.",
                "请运营方更新平台；策略给予的宽限已结束。")
        case .evaluationNumber:
            Phrase(
                "Fetch newer collateral (update=standard or early), or lower the number in the policy knowingly.",
                "获取更新的材料（update=standard 或 early），或在知情的情况下降低策略中的编号。")
        case .tcbDate:
            Phrase("Have the operator update the platform to a TCB level of a later date.", "请运营方把平台更新到日期更晚的 TCB 级别。")
        case .advisory:
            Phrase(
                "Have the operator apply the fixes of the advisories named, or accept them in the policy after a review.",
                "请运营方按所列安全公告打补丁，或经评审后在策略中接受。")
        case .debug:
            Phrase(
                "Ask the operator to launch without the debug attribute: with it, the host reads every secret.",
                "请运营方去掉调试属性后重新启动：带有该属性时主机可读取一切机密。")
        case .tdProfiling:
            Phrase(
                "Ask the operator to launch the TD without the profiling attributes (bits 4 to 6).",
                "请运营方去掉剖析属性（第 4 至 6 位）后启动 TD。")
        case .tdReserved:
            Phrase(
                "Do not trust this TD: it sets attribute bits that no published TDX module defines.",
                "不要信任该 TD：它设置了没有定义的属性位。")
        case .tdAttributes:
            Phrase(
                "Ask the operator to launch the TD with the attributes that the policy demands (SEPT_VE_DISABLE set, MIGRATABLE clear).",
                "请运营方按策略要求的属性启动 TD（SEPT_VE_DISABLE 置位，MIGRATABLE 清零）。")
        case .xfam:
            Phrase(
                "Ask the operator to launch the TD with the processor features that the policy names.",
                "请运营方按策略指明的处理器特性启动 TD。")
        case .serviceTD:
            Phrase(
                "Ask the operator which service TD is bound, and why, and for a quote of version 5 that names it; the strict policy accepts none.",
                "询问运营方绑定了哪个服务 TD 以及原因，并索取能写明它的版本 5 quote；严格策略一概不接受。")
        case .mrSEAM:
            Phrase(
                "Ask the operator for a TDX module on the list, or add this one to the policy after checking it.",
                "请运营方使用名单中的 TDX 模块，或核实后把它加入策略。")
        case .sgxIdentity:
            Phrase(
                "Do not give this enclave a secret: ask its operator which build it is, and add its MRENCLAVE to the policy only after rebuilding it yourself.",
                "不要把机密交给该 enclave：询问运营方其构建来源，自行重建核实后再把 MRENCLAVE 加入策略。")
        case .tdIdentity:
            Phrase(
                "Do not give this TD a secret: ask its operator which image it runs, and compare with a baseline you trust (assay policy diff).",
                "不要把机密交给该 TD：询问运营方其镜像，并与可信基线比较（assay policy diff）。")
        case .reportData:
            Phrase(
                "Ask for a new quote over your own nonce; this one was made for something else and may be replayed.",
                "用你自己的 nonce 重新请求 quote；这一份是为别的目的生成的，可能是重放。")
        case .freshness:
            Phrase(
                "Ask this service for a challenge and have the attester bind it; where the policy takes your own nonce, send 16 bytes or more as nonce.",
                "向本服务申请 challenge 并由证明方绑定；若策略接受你自己的 nonce，请以 nonce 提交不少于 16 字节的值。")
        case .platformType:
            Phrase(
                "Have the workload placed on a platform of an accepted kind, or accept this kind in the policy knowingly.",
                "把负载放到策略接受的平台类型上，或在知情的情况下接受该类型。")
        case .platformID:
            Phrase(
                "Do not trust this platform until its owner confirms it; then add its FMSPC, PPID hash or instance id to the policy.",
                "在平台所有者确认之前不要信任该平台；确认后再把其 FMSPC、PPID 哈希或实例号加入策略。")
        case .eventLog:
            Phrase(
                "Send the log of this very boot, whole and unchanged, taken together with the quote.",
                "请提交与该 quote 同次启动、同时采集的日志，完整且不做改动。")
        case .claim:
            Phrase(
                "Find out what changed (assay policy diff), and update the reference values only if the change is yours.",
                "查明变化（assay policy diff）；只有变化出自你方时才更新参考值。")
        case .referenceExpired:
            Phrase(
                "Renew the reference set from its source: measure again, set new dates, and store it as a new version.",
                "从来源处更新参考值集合：重新度量、设定新的日期，并存为新版本。")
        case .noReferenceValues:
            Phrase(
                "Compare the measurements with values you trust before you rely on the software.",
                "在依赖其软件之前，请先把度量值与可信的参考值比较。")
        case .referenceValuesIncomplete:
            Phrase(
                "Compare MRTD and RTMR0 to RTMR2 all together, in rules that always apply, and show or compare RTMR3: each leaves room for other software.",
                "请用始终生效的规则同时比较 MRTD 与 RTMR0 至 RTMR2，并提交或比较 RTMR3：缺少任何一个都可能运行着别的软件。")
        case .notFresh:
            Phrase(
                "Give a nonce and have the attester bind it into report_data; without it a quote can be replayed.",
                "提供 nonce 并让证明方绑定到 report_data；否则 quote 可以被重放。")
        case .eventLogIncomplete:
            Phrase(
                "Have the guest send the events of every register, all of them between start and ready, or compare the register's value itself.",
                "请虚拟机提交每个寄存器的事件，且均在 start 与 ready 之间；或直接比较寄存器数值。")
        case .rootUnprotected:
            Phrase(
                "Boot from a disk whose root hash stands in the measured command line, or have the owner declare root_integrity in the reference set.",
                "请从根哈希写在被度量的命令行中的磁盘启动，或由所有者在参考值集合中声明 root_integrity。")
        case .graceInUse:
            Phrase(
                "Mend what the marked rules say before their dates; from then on the policy rejects.",
                "请在宽限日期之前解决所标出的项目；到期后策略将拒绝。")
        }
    }
}
