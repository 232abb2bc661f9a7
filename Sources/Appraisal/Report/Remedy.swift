public import DCAPFormats

/// What a person can do about a code, in one sentence. Kept beside nothing else, so that every code is seen to have one.
public enum Remedy {
    public static func text(for code: PolicyCode) -> String { PolicyText.fix(code).english }

    public static func text(for code: ErrorCode) -> String {
        switch code {
        case .quoteEmpty, .quoteTooLarge, .quoteTruncated, .quoteTrailingData:
            "Send the quote exactly as the driver returned it: raw, hex or base64, nothing cut and nothing added."
        case .quoteVersionUnsupported, .quoteKeyTypeUnsupported, .quoteTEETypeUnsupported, .quoteVendorUnknown,
            .quoteBodyTypeUnsupported:
            "Send an Intel SGX or TDX DCAP quote of version 3, 4 or 5 with an ECDSA-256 attestation key."
        case .quoteBodySizeInvalid, .quoteTEEBodyMismatch, .quoteReservedNonzero:
            "The bytes are not what an Intel platform produces: get the quote anew, from the driver itself."
        case .quoteCertTypeUnsupported, .quoteCertDataInvalid:
            "Have the platform's quote provider embed its PCK certificate chain (certification data type 5)."
        case .attestationKeyInvalid, .qeReportSignatureInvalid, .qeReportDataMismatch, .quoteSignatureInvalid:
            "Do not trust this quote: it was altered or forged. Ask the attester for a new one."
        case .pckRootUntrusted:
            "Do not trust this quote: it does not lead to the pinned root. For simulated evidence name its root with --trust-root."
        case .pckChainInvalid, .pckRootInvalid, .pckIntermediateInvalid, .pckLeafInvalid, .pckExtensionInvalid:
            "Do not trust this quote: its certificates are not as Intel issues them. Have the platform re-provisioned."
        case .certNotYetValid, .crlNotYetValid, .tcbInfoNotYetValid, .qeIdentityNotYetValid:
            "Check the time of verification: it lies before the document was issued."
        case .crlUnsupportedFormat, .crlIssuerUnknown, .crlInvalidExtensions, .crlSignatureInvalid,
            .tcbSigningChainInvalid, .tcbSigningChainUntrusted, .qeSigningChainInvalid, .qeSigningChainUntrusted,
            .tcbInfoUnsupportedFormat, .tcbInfoInvalid, .tcbInfoSignatureInvalid, .qeIdentityUnsupportedFormat,
            .qeIdentityUnsupportedVersion, .qeIdentityInvalid, .qeIdentitySignatureInvalid:
            "Fetch the collateral again, from a PCCS you trust or from Intel; this copy is damaged or not genuine."
        case .tcbInfoUnsupportedVersion:
            "Fetch TCB info of version 3, or accept the retired version 2 knowingly with --accept-tcb-info-v2."
        case .intermediateRevoked, .pckRevoked, .signingCertRevoked:
            "Do not trust this platform: Intel has revoked its certificate."
        case .tcbInfoMismatch: "Fetch the TCB info for this platform's FMSPC and this kind of quote."
        case .qeIdentityMismatch:
            "Do not trust this quote unless the identity was for another TEE: its quoting enclave is not the published one."
        case .tdxModuleMismatch:
            "Do not trust this TD: its TDX module is not one that Intel's collateral names. Newer collateral may know it."
        case .tcbNotSupported: "Have the operator update the platform: it is below the lowest level Intel publishes."
        case .tcbUnrecognizedStatus: "Update Assay: the collateral uses a status that this version does not know."
        case .tcbRevoked: "Do not trust this platform at its present TCB level: Intel has revoked the level."
        case .collateralUnavailable, .collateralRateLimited, .collateralTLS, .collateralBadResponse,
            .collateralTooLarge, .collateralRejected, .collateralRollback, .collateralGone:
            "Check the collateral service and try again, or name another one; nothing was decided about the quote."
        case .collateralNotFound, .collateralPlatformUnknown:
            "Name a collateral service that knows this platform; nothing was decided about the quote."
        case .internal: "Nothing was decided. Check the time that was given; if it is right, report this as a defect."
        }
    }
}
