public import DCAPVerification

/// What each check of a quote establishes, in both languages.
public enum StepText {
    public static func title(_ step: VerificationStep) -> Phrase { Phrase(step.title, chinese(step)) }

    private static func chinese(_ step: VerificationStep) -> String {
        switch step {
        case .quoteFormat: "这些字节是格式正确的 quote"
        case .time: "验证时间可用"
        case .pckCertificates: "quote 携带由三张证书组成的 PCK 链"
        case .pckRoot: "证书链终于固定的根"
        case .pckIntermediate: "PCK CA 由根签发"
        case .pckLeaf: "平台证书由 PCK CA 签发"
        case .pckExtension: "证书指明了平台"
        case .pckValidity: "证书链均已生效"
        case .collateralAvailable: "已取得该平台的已公布材料"
        case .rootCRL: "根的吊销列表真实"
        case .pckCRL: "PCK CA 的吊销列表真实"
        case .pckRevocation: "CA 与平台均未被吊销"
        case .tcbInfoIssuer: "TCB info 的签名者由根签发"
        case .tcbInfoSignature: "TCB info 签名有效"
        case .tcbInfoContent: "TCB info 完整且已发布"
        case .qeIdentityIssuer: "QE identity 的签名者由根签发"
        case .qeIdentitySignature: "QE identity 签名有效"
        case .qeIdentityContent: "QE identity 完整且已发布"
        case .tcbInfoMatch: "TCB info 描述的正是该平台"
        case .qeIdentityMatch: "QE identity 与该类 quote 相符"
        case .tdxModule: "TDX 模块是已公布的模块"
        case .qeReportSignature: "平台为其 quoting enclave 作保"
        case .qeReportBinding: "quoting enclave 为证明密钥作保"
        case .qeReportIdentity: "quoting enclave 是已公布的那一个"
        case .attestationKey: "证明密钥是 P-256 密钥"
        case .quoteSignature: "quote 由证明密钥签名"
        case .tcbLaunch: "平台的 TCB 级别是已公布的级别"
        case .tcbCurrent: "当前运行的 TCB 级别是已公布的级别"
        case .tcbResult: "TCB 级别未被吊销"
        case .collateralFreshness: "材料均在有效期内"
        }
    }
}
