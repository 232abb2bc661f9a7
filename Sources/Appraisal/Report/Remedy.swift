public import DCAPFormats
public import Words

/// What a person can do about a code, in one sentence. Kept beside nothing else, so that every code is seen to have one.
public enum Remedy {
    public static func text(for code: PolicyCode) -> String { PolicyText.fix(code).english }

    public static func text(for code: ErrorCode) -> String { fix(code).english }

    public static func fix(_ code: ErrorCode) -> Phrase {
        switch code {
        case .quoteEmpty, .quoteTooLarge, .quoteTruncated, .quoteTrailingData:
            Phrase(
                "Send the quote exactly as the driver returned it: raw, hex or base64, nothing cut and nothing added.",
                "请按驱动返回的原样提交 quote：原始字节、十六进制或 base64，不删不增。")
        case .quoteVersionUnsupported, .quoteKeyTypeUnsupported, .quoteTEETypeUnsupported, .quoteVendorUnknown,
            .quoteBodyTypeUnsupported:
            Phrase(
                "Send an Intel SGX or TDX DCAP quote of version 3, 4 or 5 with an ECDSA-256 attestation key.",
                "请提交版本 3、4 或 5、ECDSA-256 证明密钥的 Intel SGX 或 TDX DCAP quote。")
        case .quoteBodySizeInvalid, .quoteTEEBodyMismatch, .quoteReservedNonzero:
            Phrase(
                "The bytes are not what an Intel platform produces: get the quote anew, from the driver itself.",
                "这些字节不是英特尔平台产生的：请从驱动重新获取 quote。")
        case .quoteCertTypeUnsupported, .quoteCertDataInvalid:
            Phrase(
                "Have the platform's quote provider embed its PCK certificate chain (certification data type 5).",
                "请让平台的 quote 服务嵌入其 PCK 证书链（认证数据类型 5）。")
        case .attestationKeyInvalid, .qeReportSignatureInvalid, .qeReportDataMismatch, .quoteSignatureInvalid:
            Phrase(
                "Do not trust this quote: it was altered or forged. Ask the attester for a new one.",
                "不要信任该 quote：它已被篡改或伪造。请证明方重新生成。")
        case .pckRootUntrusted:
            Phrase(
                "Do not trust this quote: it does not lead to the pinned root. For simulated evidence name its root with --trust-root.",
                "不要信任该 quote：它没有通向固定的根。若为模拟证据，请用 --trust-root 指明其根。")
        case .pckChainInvalid, .pckRootInvalid, .pckIntermediateInvalid, .pckLeafInvalid, .pckExtensionInvalid:
            Phrase(
                "Do not trust this quote: its certificates are not as Intel issues them. Have the platform re-provisioned.",
                "不要信任该 quote：其证书与英特尔签发的不符。请重新置备该平台。")
        case .certNotYetValid, .crlNotYetValid, .tcbInfoNotYetValid, .qeIdentityNotYetValid:
            Phrase("Check the time of verification: it lies before the document was issued.", "请检查验证时间：它早于文档的签发时间。")
        case .crlUnsupportedFormat, .crlIssuerUnknown, .crlInvalidExtensions, .crlSignatureInvalid,
            .tcbSigningChainInvalid, .tcbSigningChainUntrusted, .qeSigningChainInvalid, .qeSigningChainUntrusted,
            .tcbInfoUnsupportedFormat, .tcbInfoInvalid, .tcbInfoSignatureInvalid, .qeIdentityUnsupportedFormat,
            .qeIdentityUnsupportedVersion, .qeIdentityInvalid, .qeIdentitySignatureInvalid:
            Phrase(
                "Fetch the collateral again, from a PCCS you trust or from Intel; this copy is damaged or not genuine.",
                "请从可信的 PCCS 或英特尔重新获取材料；这一份已损坏或不真实。")
        case .tcbInfoUnsupportedVersion:
            Phrase(
                "Fetch TCB info of version 3, or accept the retired version 2 knowingly with --accept-tcb-info-v2.",
                "请获取版本 3 的 TCB info；或在知情的情况下用 --accept-tcb-info-v2 接受已退役的版本 2。")
        case .intermediateRevoked, .pckRevoked, .signingCertRevoked:
            Phrase("Do not trust this platform: Intel has revoked its certificate.", "不要信任该平台：英特尔已吊销其证书。")
        case .tcbInfoMismatch:
            Phrase(
                "Fetch the TCB info for this platform's FMSPC and this kind of quote.",
                "请获取与该平台 FMSPC 及 quote 类型相符的 TCB info。")
        case .qeIdentityMismatch:
            Phrase(
                "Do not trust this quote unless the identity was for another TEE: its quoting enclave is not the published one.",
                "除非 QE identity 属于别的 TEE，否则不要信任该 quote：其 quoting enclave 不是公布的那一个。")
        case .tdxModuleMismatch:
            Phrase(
                "Do not trust this TD: its TDX module is not one that Intel's collateral names. Newer collateral may know it.",
                "不要信任该 TD：其 TDX 模块不在英特尔的材料中。更新的材料可能包含它。")
        case .tcbNotSupported:
            Phrase(
                "Have the operator update the platform: it is below the lowest level Intel publishes.",
                "请运营方更新平台：它低于英特尔公布的最低级别。")
        case .tcbUnrecognizedStatus:
            Phrase(
                "Update Assay: the collateral uses a status that this version does not know.",
                "请更新 Assay：材料使用了本版本未知的状态。")
        case .tcbRevoked:
            Phrase(
                "Do not trust this platform at its present TCB level: Intel has revoked the level.",
                "不要信任处于当前 TCB 级别的平台：英特尔已吊销该级别。")
        case .collateralUnavailable, .collateralRateLimited, .collateralTLS, .collateralBadResponse,
            .collateralTooLarge, .collateralRejected, .collateralRollback, .collateralGone:
            Phrase(
                "Check the collateral service and try again, or name another one; nothing was decided about the quote.",
                "请检查材料服务后重试，或改用另一个；对该 quote 尚未作出判断。")
        case .collateralNotFound, .collateralPlatformUnknown:
            Phrase(
                "Name a collateral service that knows this platform; nothing was decided about the quote.",
                "请指定认识该平台的材料服务；对该 quote 尚未作出判断。")
        case .internal:
            Phrase(
                "Nothing was decided. Check the time that was given; if it is right, report this as a defect.",
                "尚未作出判断。请检查所给的时间；若时间无误，请作为缺陷报告。")
        }
    }
}
