/// The error code registry (dcap 0.5). Raw values are stable: they are the codes of HTTP problems, logs and scripts.
public enum ErrorCode: String, CaseIterable, Hashable, Sendable {
    /// Zero-length input.
    case quoteEmpty = "QUOTE_EMPTY"
    /// Input above configured cap.
    case quoteTooLarge = "QUOTE_TOO_LARGE"
    /// A fixed or declared length runs past the end of the enclosing region.
    case quoteTruncated = "QUOTE_TRUNCATED"
    /// Bytes left over where none may be (1.10).
    case quoteTrailingData = "QUOTE_TRAILING_DATA"
    /// Version not 3, 4, 5.
    case quoteVersionUnsupported = "QUOTE_VERSION_UNSUPPORTED"
    /// Attestation key type ≠ 2.
    case quoteKeyTypeUnsupported = "QUOTE_KEY_TYPE_UNSUPPORTED"
    /// Tee type not 0 / 0x81, or non-zero in v3.
    case quoteTEETypeUnsupported = "QUOTE_TEE_TYPE_UNSUPPORTED"
    /// QE vendor id is not Intel's.
    case quoteVendorUnknown = "QUOTE_VENDOR_UNKNOWN"
    /// V5 body type not 1..4.
    case quoteBodyTypeUnsupported = "QUOTE_BODY_TYPE_UNSUPPORTED"
    /// V5 body size ≠ the size fixed for its type.
    case quoteBodySizeInvalid = "QUOTE_BODY_SIZE_INVALID"
    /// V5 body type does not belong to the header's TEE.
    case quoteTEEBodyMismatch = "QUOTE_TEE_BODY_MISMATCH"
    /// A reserved field that must be zero is not (1.11).
    case quoteReservedNonzero = "QUOTE_RESERVED_NONZERO"
    /// Certification data type is not the required one.
    case quoteCertTypeUnsupported = "QUOTE_CERT_TYPE_UNSUPPORTED"
    /// Certification data of the right type is malformed (not PEM, embedded NUL, …).
    case quoteCertDataInvalid = "QUOTE_CERT_DATA_INVALID"
    /// Attestation public key is not a point on P-256.
    case attestationKeyInvalid = "ATTESTATION_KEY_INVALID"
    /// QE report signature fails under the PCK key.
    case qeReportSignatureInvalid = "QE_REPORT_SIGNATURE_INVALID"
    /// QE report data does not bind the attestation key.
    case qeReportDataMismatch = "QE_REPORT_DATA_MISMATCH"
    /// Quote signature fails under the attestation key.
    case quoteSignatureInvalid = "QUOTE_SIGNATURE_INVALID"
    /// Not exactly one leaf + one intermediate + one root, unparsable certificate, duplicates.
    case pckChainInvalid = "PCK_CHAIN_INVALID"
    /// Root key is not the pinned Intel key.
    case pckRootUntrusted = "PCK_ROOT_UNTRUSTED"
    /// Root self-signature / profile wrong.
    case pckRootInvalid = "PCK_ROOT_INVALID"
    /// Intermediate name / profile / signature wrong.
    case pckIntermediateInvalid = "PCK_INTERMEDIATE_INVALID"
    /// Leaf name / profile / signature wrong.
    case pckLeafInvalid = "PCK_LEAF_INVALID"
    /// Intel SGX extension missing or malformed.
    case pckExtensionInvalid = "PCK_EXTENSION_INVALID"
    /// NotBefore > T (+skew) in any chain.
    case certNotYetValid = "CERT_NOT_YET_VALID"
    /// CRL not decodable.
    case crlUnsupportedFormat = "CRL_UNSUPPORTED_FORMAT"
    /// CRL issuer is not the expected CA.
    case crlIssuerUnknown = "CRL_ISSUER_UNKNOWN"
    /// Required CRL extension absent, or unknown critical one.
    case crlInvalidExtensions = "CRL_INVALID_EXTENSIONS"
    /// CRL signature fails under the issuing CA key.
    case crlSignatureInvalid = "CRL_SIGNATURE_INVALID"
    /// ThisUpdate > T (+skew).
    case crlNotYetValid = "CRL_NOT_YET_VALID"
    /// Intermediate's serial on the root CRL.
    case intermediateRevoked = "INTERMEDIATE_REVOKED"
    /// Leaf's serial on the PCK CRL.
    case pckRevoked = "PCK_REVOKED"
    /// TCB signing certificate's serial on the root CRL.
    case signingCertRevoked = "SIGNING_CERT_REVOKED"
    /// TCB-info issuer chain malformed / wrong names / bad signature.
    case tcbSigningChainInvalid = "TCB_SIGNING_CHAIN_INVALID"
    /// TCB-info issuer chain root is not the pinned key.
    case tcbSigningChainUntrusted = "TCB_SIGNING_CHAIN_UNTRUSTED"
    /// Same for QE identity issuer chain.
    case qeSigningChainInvalid = "QE_SIGNING_CHAIN_INVALID"
    /// Same for QE identity issuer chain.
    case qeSigningChainUntrusted = "QE_SIGNING_CHAIN_UNTRUSTED"
    /// Not JSON / not the expected shape.
    case tcbInfoUnsupportedFormat = "TCB_INFO_UNSUPPORTED_FORMAT"
    /// Version not accepted.
    case tcbInfoUnsupportedVersion = "TCB_INFO_UNSUPPORTED_VERSION"
    /// Field of wrong type, range or length.
    case tcbInfoInvalid = "TCB_INFO_INVALID"
    /// Signature fails.
    case tcbInfoSignatureInvalid = "TCB_INFO_SIGNATURE_INVALID"
    /// IssueDate > T (+skew).
    case tcbInfoNotYetValid = "TCB_INFO_NOT_YET_VALID"
    /// Id / FMSPC / PCE-ID do not fit the quote, or module identities absent while required.
    case tcbInfoMismatch = "TCB_INFO_MISMATCH"
    /// Not JSON / not the expected shape.
    case qeIdentityUnsupportedFormat = "QE_IDENTITY_UNSUPPORTED_FORMAT"
    /// Version not accepted.
    case qeIdentityUnsupportedVersion = "QE_IDENTITY_UNSUPPORTED_VERSION"
    /// Field of wrong type, range or length.
    case qeIdentityInvalid = "QE_IDENTITY_INVALID"
    /// Signature fails.
    case qeIdentitySignatureInvalid = "QE_IDENTITY_SIGNATURE_INVALID"
    /// IssueDate > T (+skew).
    case qeIdentityNotYetValid = "QE_IDENTITY_NOT_YET_VALID"
    /// Id does not fit the TEE, or QE report differs (detail: `id`, `miscselect` 66, `attributes` 67, `mrsigner` 69, `isvprodid` 70).
    case qeIdentityMismatch = "QE_IDENTITY_MISMATCH"
    /// MRSIGNERSEAM / SEAMATTRIBUTES differ, or no identity for the module version.
    case tdxModuleMismatch = "TDX_MODULE_MISMATCH"
    /// No platform, module or QE level matched (detail says which).
    case tcbNotSupported = "TCB_NOT_SUPPORTED"
    /// Matched level carries an unknown status string.
    case tcbUnrecognizedStatus = "TCB_UNRECOGNIZED_STATUS"
    /// Converged status is Revoked.
    case tcbRevoked = "TCB_REVOKED"
    /// Network error, timeout, 5xx after retries.
    case collateralUnavailable = "COLLATERAL_UNAVAILABLE"
    /// 404.
    case collateralNotFound = "COLLATERAL_NOT_FOUND"
    /// 461 / 462.
    case collateralPlatformUnknown = "COLLATERAL_PLATFORM_UNKNOWN"
    /// 410.
    case collateralGone = "COLLATERAL_GONE"
    /// 400 / 401 / 403 / 413 / 460 and any other non-retryable status.
    case collateralRejected = "COLLATERAL_REJECTED"
    /// 429 after retries.
    case collateralRateLimited = "COLLATERAL_RATE_LIMITED"
    /// 200 with missing header, undecodable chain, wrong body encoding, empty body.
    case collateralBadResponse = "COLLATERAL_BAD_RESPONSE"
    /// Body or header above cap.
    case collateralTooLarge = "COLLATERAL_TOO_LARGE"
    /// TLS verification failure.
    case collateralTLS = "COLLATERAL_TLS"
    /// Signed document older than one already accepted (3.9.6).
    case collateralRollback = "COLLATERAL_ROLLBACK"
    /// Programming error; must fail closed.
    case `internal` = "INTERNAL"

    /// The world failed, not the evidence: the verdict is `error` and the same evidence may pass later (dcap 0.5).
    public var isFailureOfTheWorld: Bool { self == .`internal` || rawValue.hasPrefix("COLLATERAL_") }
}
