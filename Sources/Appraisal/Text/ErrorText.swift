import DCAPFormats
import Words

/// What the codes of verification mean, in one sentence (dcap 0.5).
enum ErrorText {
    static func meaning(_ code: ErrorCode) -> Phrase {
        switch code {
        case .quoteEmpty:
            Phrase("The input is empty.", "输入为空。")
        case .quoteTooLarge:
            Phrase("The input is larger than any quote.", "输入超过 quote 的最大长度。")
        case .quoteTruncated:
            Phrase("The quote is cut off: a length runs past its end.", "quote 被截断：某个长度超出了数据末尾。")
        case .quoteTrailingData:
            Phrase("Bytes are left over where none may be.", "存在不应有的多余字节。")
        case .quoteVersionUnsupported:
            Phrase("These bytes are no quote of version 3, 4 or 5.", "这些字节不是版本 3、4 或 5 的 quote。")
        case .quoteKeyTypeUnsupported:
            Phrase("The attestation key is of a kind that is not used.", "证明密钥类型不受支持。")
        case .quoteTEETypeUnsupported:
            Phrase("The quote is of a kind of TEE that its version does not have.", "该 quote 的 TEE 类型未知，或与其版本不符。")
        case .quoteVendorUnknown:
            Phrase("The quoting enclave's vendor is not Intel.", "quoting enclave 的供应商不是英特尔。")
        case .quoteBodyTypeUnsupported:
            Phrase("The report in the quote is of an unknown type.", "quote 中的报告类型未知。")
        case .quoteBodySizeInvalid:
            Phrase("The report does not have the size of its type.", "报告长度与其类型不符。")
        case .quoteTEEBodyMismatch:
            Phrase("The report is of another TEE than the header says.", "报告与头部声明的 TEE 不符。")
        case .quoteReservedNonzero:
            Phrase("A field that must be zero is not.", "必须为零的保留字段不为零。")
        case .quoteCertTypeUnsupported:
            Phrase("The quote does not carry the platform's certificates.", "quote 没有携带平台证书链。")
        case .quoteCertDataInvalid:
            Phrase("The certificates in the quote are malformed.", "quote 中的证书数据格式错误。")
        case .attestationKeyInvalid:
            Phrase("The attestation key is no point on the curve.", "证明公钥不在曲线上。")
        case .qeReportSignatureInvalid:
            Phrase("The platform did not sign the report of this quoting enclave.", "quoting enclave 报告的签名无效。")
        case .qeReportDataMismatch:
            Phrase("The quoting enclave does not vouch for this attestation key.", "quoting enclave 未绑定该证明密钥。")
        case .quoteSignatureInvalid:
            Phrase("The quote's signature is wrong: it was altered or forged.", "quote 签名无效：已被篡改或伪造。")
        case .pckChainInvalid:
            Phrase("The certificates do not form a PCK chain.", "证书不构成有效的 PCK 链。")
        case .pckRootUntrusted:
            Phrase("The certificates do not lead to the trusted root.", "证书链没有通向受信任的根。")
        case .pckRootInvalid:
            Phrase("The root certificate is not well made.", "根证书不符合规范。")
        case .pckIntermediateInvalid:
            Phrase("The PCK CA's certificate is not the root's.", "PCK CA 证书不是由该根签发，或不符合规范。")
        case .pckLeafInvalid:
            Phrase("The platform's certificate is not the PCK CA's.", "平台证书不是由 PCK CA 签发，或不符合规范。")
        case .pckExtensionInvalid:
            Phrase(
                "The platform's certificate does not describe a platform as Intel does.", "平台证书缺少英特尔 SGX 扩展，或扩展格式错误。")
        case .certNotYetValid:
            Phrase("A certificate is not valid yet.", "某证书尚未生效。")
        case .crlUnsupportedFormat:
            Phrase("A revocation list cannot be read.", "吊销列表无法解析。")
        case .crlIssuerUnknown:
            Phrase("A revocation list is of another issuer.", "吊销列表的签发者不符。")
        case .crlInvalidExtensions:
            Phrase("A revocation list lacks an extension, or has an unknown one.", "吊销列表缺少必要扩展，或含未知的关键扩展。")
        case .crlSignatureInvalid:
            Phrase("A revocation list's signature is wrong.", "吊销列表签名无效。")
        case .crlNotYetValid:
            Phrase("A revocation list is not valid yet.", "吊销列表尚未生效。")
        case .intermediateRevoked:
            Phrase("Intel has revoked the PCK CA.", "英特尔已吊销该 PCK CA。")
        case .pckRevoked:
            Phrase("Intel has revoked the platform's certificate.", "英特尔已吊销该平台的证书。")
        case .signingCertRevoked:
            Phrase("Intel has revoked the certificate that signs TCB data.", "英特尔已吊销 TCB 签名证书。")
        case .tcbSigningChainInvalid:
            Phrase("The TCB info's certificates are not as Intel issues them.", "TCB info 的签发链无效。")
        case .tcbSigningChainUntrusted:
            Phrase("The TCB info's certificates do not lead to the trusted root.", "TCB info 的签发链没有通向受信任的根。")
        case .qeSigningChainInvalid:
            Phrase("The QE identity's certificates are not as Intel issues them.", "QE identity 的签发链无效。")
        case .qeSigningChainUntrusted:
            Phrase("The QE identity's certificates do not lead to the trusted root.", "QE identity 的签发链没有通向受信任的根。")
        case .tcbInfoUnsupportedFormat:
            Phrase("The TCB info is not the document that is wanted.", "TCB info 不是所需的文档格式。")
        case .tcbInfoUnsupportedVersion:
            Phrase("The TCB info is of a version that is not accepted.", "TCB info 的版本不被接受。")
        case .tcbInfoInvalid:
            Phrase("A field of the TCB info is out of range.", "TCB info 的某个字段无效。")
        case .tcbInfoSignatureInvalid:
            Phrase("The TCB info's signature is wrong.", "TCB info 签名无效。")
        case .tcbInfoNotYetValid:
            Phrase("The TCB info is not issued yet.", "TCB info 尚未签发。")
        case .tcbInfoMismatch:
            Phrase("The TCB info is of another platform.", "TCB info 不属于该平台。")
        case .qeIdentityUnsupportedFormat:
            Phrase("The QE identity is not the document that is wanted.", "QE identity 不是所需的文档格式。")
        case .qeIdentityUnsupportedVersion:
            Phrase("The QE identity is of a version that is not accepted.", "QE identity 的版本不被接受。")
        case .qeIdentityInvalid:
            Phrase("A field of the QE identity is out of range.", "QE identity 的某个字段无效。")
        case .qeIdentitySignatureInvalid:
            Phrase("The QE identity's signature is wrong.", "QE identity 签名无效。")
        case .qeIdentityNotYetValid:
            Phrase("The QE identity is not issued yet.", "QE identity 尚未签发。")
        case .qeIdentityMismatch:
            Phrase("The quoting enclave is not the one that Intel publishes.", "该 quoting enclave 不是英特尔公布的那一个。")
        case .tdxModuleMismatch:
            Phrase("The TDX module is not one that Intel publishes.", "该 TDX 模块不是英特尔公布的模块。")
        case .tcbNotSupported:
            Phrase("The platform is below every level that Intel publishes.", "平台低于英特尔公布的所有 TCB 级别。")
        case .tcbUnrecognizedStatus:
            Phrase("The collateral uses a status that this version does not know.", "材料使用了本版本未知的状态。")
        case .tcbRevoked:
            Phrase("Intel has revoked the platform's TCB level.", "英特尔已吊销该平台的 TCB 级别。")
        case .collateralUnavailable:
            Phrase("The collateral service could not be reached.", "无法连接材料服务（PCCS）。")
        case .collateralNotFound:
            Phrase("The collateral service has nothing for this platform.", "材料服务没有该平台的数据。")
        case .collateralPlatformUnknown:
            Phrase("The collateral service does not know this platform.", "材料服务不认识该平台。")
        case .collateralGone:
            Phrase("The collateral service no longer keeps what was asked for.", "材料服务已不再保留所请求的数据。")
        case .collateralRejected:
            Phrase("The collateral service refused the request.", "材料服务拒绝了请求。")
        case .collateralRateLimited:
            Phrase("The collateral service asks for fewer requests.", "材料服务限制了请求频率。")
        case .collateralBadResponse:
            Phrase("The collateral service gave an answer that is none.", "材料服务返回了无效的应答。")
        case .collateralTooLarge:
            Phrase("The collateral service sent more than is read.", "材料服务返回的数据过大。")
        case .collateralTLS:
            Phrase("The collateral service's TLS certificate is not trusted.", "材料服务的 TLS 证书不受信任。")
        case .collateralRollback:
            Phrase("The collateral is older than what was accepted before.", "材料比此前接受的版本更旧。")
        case .internal:
            Phrase("Nothing could be decided: a defect, or a time that makes no sense.", "无法判断：程序缺陷，或时间不合理。")
        }
    }
}
