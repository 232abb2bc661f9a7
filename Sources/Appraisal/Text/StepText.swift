public import DCAPVerification
public import Words

/// What each check of a quote asks, in both languages.
public enum StepText {
    public static func title(_ step: VerificationStep) -> Phrase { Phrase(step.title, chinese(step)) }

    private static func chinese(_ step: VerificationStep) -> String {
        switch step {
        case .quoteFormat: "这些字节是否为格式正确的 quote？"
        case .time: "验证时间是否可用？"
        case .pckCertificates: "quote 是否携带由三张证书组成的 PCK 链？"
        case .pckRoot: "证书链是否终于固定的根？"
        case .pckIntermediate: "PCK CA 是否由根签发？"
        case .pckLeaf: "平台证书是否由 PCK CA 签发？"
        case .pckExtension: "证书是否指明了平台？"
        case .pckValidity: "证书链是否均已生效？"
        case .collateralAvailable: "是否取得了该平台的已公布材料？"
        case .rootCRL: "根的吊销列表是否真实？"
        case .pckCRL: "PCK CA 的吊销列表是否真实？"
        case .pckRevocation: "CA 与平台是否均未被吊销？"
        case .tcbInfoIssuer: "TCB info 的签名者是否由根签发？"
        case .tcbInfoSignature: "TCB info 签名是否有效？"
        case .tcbInfoContent: "TCB info 是否完整且已发布？"
        case .qeIdentityIssuer: "QE identity 的签名者是否由根签发？"
        case .qeIdentitySignature: "QE identity 签名是否有效？"
        case .qeIdentityContent: "QE identity 是否完整且已发布？"
        case .tcbInfoMatch: "TCB info 描述的是否正是该平台？"
        case .qeIdentityMatch: "QE identity 是否与该类 quote 相符？"
        case .tdxModule: "TDX 模块是否为已公布的模块？"
        case .qeReportSignature: "平台是否为其 quoting enclave 作保？"
        case .qeReportBinding: "quoting enclave 是否为证明密钥作保？"
        case .qeReportIdentity: "quoting enclave 是否为已公布的那一个？"
        case .attestationKey: "证明密钥是否为 P-256 密钥？"
        case .quoteSignature: "quote 是否由证明密钥签名？"
        case .tcbLaunch: "平台的 TCB 级别是否为已公布的级别？"
        case .tcbCurrent: "当前运行的 TCB 级别是否为已公布的级别？"
        case .tcbResult: "TCB 级别是否未被吊销？"
        case .collateralFreshness: "材料是否均在有效期内？"
        }
    }
}
