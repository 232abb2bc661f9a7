/// The registry of devices 10.1: stable names of what can be wrong with evidence of devices.
public enum DeviceErrorCode: String, CaseIterable, Hashable, Sendable {
    /// Not the JSON of any container that is read.
    case evidenceMalformed = "GPU_EVIDENCE_MALFORMED"
    /// More bytes or devices than are looked at.
    case evidenceTooLarge = "GPU_EVIDENCE_TOO_LARGE"
    /// A container without a device.
    case evidenceEmpty = "GPU_EVIDENCE_EMPTY"
    /// A device of an architecture that is not judged.
    case archUnsupported = "GPU_ARCH_UNSUPPORTED"
    /// A container for another vendor or in another format.
    case formatUnsupported = "GPU_FORMAT_UNSUPPORTED"
    /// Bytes that are no measurement report.
    case reportMalformed = "GPU_REPORT_MALFORMED"
    /// A chain that does not parse.
    case chainMalformed = "GPU_CHAIN_MALFORMED"
    /// A chain that does not lead from a device to the pinned root.
    case chainInvalid = "GPU_CHAIN_INVALID"
    /// The device is of another class than its container says.
    case archMismatch = "GPU_ARCH_MISMATCH"
    /// The report is not signed by the chain's device.
    case signatureInvalid = "GPU_SIGNATURE_INVALID"
    /// The signed nonce is not the expected or the declared one.
    case nonceMismatch = "GPU_NONCE_MISMATCH"
    /// Opaque data of a version that is not known.
    case firmwareTooNew = "GPU_FIRMWARE_TOO_NEW"
    /// No identity of the firmware in report or certificate.
    case fwidMissing = "GPU_FWID_MISSING"
    /// The firmware is not the one that the certificate was issued for.
    case fwidMismatch = "GPU_FWID_MISMATCH"
    /// The certificate's extension with the firmware's identity is not well made.
    case fwidMalformed = "GPU_FWID_MALFORMED"
    /// T lies outside the validity of a certificate of the device.
    case certNotValid = "GPU_CERT_NOT_VALID"
    /// There are no reference values for this firmware.
    case rimNotFound = "RIM_NOT_FOUND"
    /// A manifest in another format than SWID.
    case rimFormatUnsupported = "RIM_FORMAT_UNSUPPORTED"
    /// The source of manifests failed.
    case rimUnavailable = "RIM_UNAVAILABLE"
    /// Not the XML that manifests are.
    case rimMalformed = "RIM_MALFORMED"
    /// The signer's chain does not lead to a pinned root.
    case rimChainInvalid = "RIM_CHAIN_INVALID"
    /// The signer's chain has ended.
    case rimExpired = "RIM_EXPIRED"
    /// The signer's chain has not begun.
    case rimNotYetValid = "RIM_NOT_YET_VALID"
    /// Another signature than the one profile.
    case rimSignatureProfile = "RIM_SIGNATURE_PROFILE"
    /// The document is not the one that was signed.
    case rimDigestMismatch = "RIM_DIGEST_MISMATCH"
    /// The signature does not verify.
    case rimSignatureInvalid = "RIM_SIGNATURE_INVALID"
    /// Reference values of another product.
    case rimProductMismatch = "RIM_PRODUCT_MISMATCH"
    /// Reference values of another version.
    case rimVersionMismatch = "RIM_VERSION_MISMATCH"
    /// A document that the policy does not name.
    case rimNotPinned = "RIM_NOT_PINNED"
    /// Only values that NVIDIA has replaced match.
    case rimSuperseded = "RIM_SUPERSEDED"
    /// Driver and firmware manifest speak about the same index.
    case rimIndexConflict = "RIM_INDEX_CONFLICT"
    /// A manifest without any value to compare.
    case rimNoMeasurements = "RIM_NO_MEASUREMENTS"
    /// A record of a kind that cannot be compared with this report.
    case rimRecordUnsupported = "RIM_RECORD_UNSUPPORTED"
    /// Fewer measurements than there are reference values.
    case measurementCount = "GPU_MEASUREMENT_COUNT"
    /// The report does not say whether NVDEC0 is on.
    case nvdecStatusUnknown = "GPU_NVDEC_STATUS_UNKNOWN"
    /// A measurement equals none of its reference values.
    case measurementMismatch = "GPU_MEASUREMENT_MISMATCH"
    /// There was nothing to compare the measurements with.
    case measurementsNotCompared = "GPU_MEASUREMENTS_NOT_COMPARED"
    /// An answer that is no OCSP response.
    case ocspMalformed = "OCSP_MALFORMED"
    /// The responder says that it has no answer.
    case ocspResponderError = "OCSP_RESPONDER_ERROR"
    /// Nobody who may answer signed.
    case ocspSignerUntrusted = "OCSP_SIGNER_UNTRUSTED"
    /// The answer's signature does not verify.
    case ocspSignatureInvalid = "OCSP_SIGNATURE_INVALID"
    /// An answer about another certificate.
    case ocspCertIDMismatch = "OCSP_CERT_ID_MISMATCH"
    /// An answer to another question.
    case ocspNonceMismatch = "OCSP_NONCE_MISMATCH"
    /// An answer of the future.
    case ocspNotYetValid = "OCSP_NOT_YET_VALID"
    /// An answer whose time is over.
    case ocspExpired = "OCSP_EXPIRED"
    /// A certificate of the device, or of a manifest's signer, is revoked.
    case certRevoked = "GPU_CERT_REVOKED"
    /// A certificate is on hold.
    case certOnHold = "GPU_CERT_ON_HOLD"
    /// Nothing usable says whether a certificate is revoked.
    case revocationUnknown = "REVOCATION_UNKNOWN"
    /// An answer past its own end, which the policy lets pass.
    case revocationStale = "REVOCATION_STALE"
    /// The responder failed.
    case revocationUnavailable = "REVOCATION_UNAVAILABLE"
    /// A driver below the policy's minimum, or denied.
    case driverTooOld = "GPU_DRIVER_TOO_OLD"
    /// A VBIOS below the policy's minimum, or denied.
    case vbiosTooOld = "GPU_VBIOS_TOO_OLD"
    /// A class, model or board that the policy does not allow.
    case modelNotAllowed = "GPU_MODEL_NOT_ALLOWED"
    /// A mode or feature flag that the policy does not allow.
    case modeNotAllowed = "GPU_MODE_NOT_ALLOWED"
    /// The policy says nothing about versions.
    case versionsNotJudged = "GPU_VERSIONS_NOT_JUDGED"
    /// An operator's own value stands in for the reference value.
    case measurementOverridden = "GPU_MEASUREMENT_OVERRIDDEN"
    /// One device twice.
    case duplicateDevice = "GPU_DUPLICATE_DEVICE"
    /// Devices that answered different questions.
    case nonceDiffers = "GPU_NONCE_DIFFERS"
    /// Devices in different modes.
    case modeMixed = "GPU_MODE_MIXED"
    /// A mode that is not known.
    case modeUnknown = "GPU_MODE_UNKNOWN"
    /// Devices that the mode needs are not there.
    case setIncomplete = "GPU_SET_INCOMPLETE"
    /// Another number of GPUs than the policy wants.
    case count = "GPU_COUNT"
    /// GPUs and switches do not see each other.
    case topologyMismatch = "GPU_TOPOLOGY_MISMATCH"
    /// A switch that is not locked.
    case switchUnlocked = "GPU_SWITCH_UNLOCKED"
    /// Evidence that is bound less than the policy wants.
    case notBound = "GPU_NOT_BOUND"

    /// The world failed, not the evidence: no verdict, and the same evidence may pass later.
    public var isFailureOfTheWorld: Bool { self == .rimUnavailable || self == .revocationUnavailable }
}
