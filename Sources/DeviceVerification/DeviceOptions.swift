public import DeviceFormats
public import Wire

/// What is expected, and what the one who judges will have (devices 12). None of it turns a forgery into evidence: the checks
/// of the gate do not ask it, but for the two switches that say so.
public struct DeviceOptions: Sendable {
    public enum Leniency: Hashable, Sendable { case refuse, accept }
    public enum Revocation: Hashable, Sendable { case required, optional, off }
    /// Where answers about revocation come from (devices 9.4).
    public enum RevocationMode: Hashable, Sendable { case live, stored, crl }
    public enum SetRules: Hashable, Sendable {
        case all
        /// What NVIDIA's clients can keep, which send GPUs and switches apart.
        case duplicatesAndNonces
    }

    /// What the device must have been asked with; `nil` where the caller expects none.
    public var expectedNonce: FixedBytes<32>?
    /// Gate: a report of 2023 has no identity of its firmware.
    public var requireFWID = true
    /// Gate: zero bytes behind the signature, which nobody signed.
    public var allowTrailingZeros = true
    public var expiredManifests = Leniency.refuse
    public var supersededManifests = Leniency.refuse
    /// SHA-384 of the manifests that are allowed; `nil` for any.
    public var pinnedManifests: Set<FixedBytes<48>>?
    public var revocation = Revocation.required
    public var revocationMode = RevocationMode.stored
    /// In seconds; held to eight days.
    public var maximumAnswerAge: Int64 = 86_400
    public var allowHold = false
    public var acceptUncheckedDevice = false
    public var setRules = SetRules.all
    public var gpuCount: Int?
    /// Classes of GPUs.
    public var classes: Set<DeviceClass> = [.hopper, .blackwell]
    public var models: Set<String>?
    public var boards: Set<String>?
    public var modes: Set<DeviceMode>?
    public var featureFlags: Set<UInt64>?
    /// One version for each branch, which is its first component.
    public var driverMinimum: [String] = []
    public var driverDenied: Set<String> = []
    public var vbiosMinimum: VBIOSMinimum?
    public var vbiosDenied: Set<String> = []
    /// An operator's own values: what stands here for an index that differs is a warning.
    public var ownMeasurements: [Int: Set<FixedBytes<48>>] = [:]
    /// Where somebody asks for it by name.
    public var minimumBinding: DeviceBindingLevel?

    public enum VBIOSMinimum: Hashable, Sendable {
        case one(String)
        /// By board, or by the first component of the version.
        case by([String: String])
    }

    public init() {}

    var judgesVersions: Bool {
        !driverMinimum.isEmpty || !driverDenied.isEmpty || vbiosMinimum != nil || !vbiosDenied.isEmpty
            || pinnedManifests != nil
    }
}
