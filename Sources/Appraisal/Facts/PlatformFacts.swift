import DCAPFormats
import DCAPVerification
public import Wire

/// What the PCK certificate says of the platform, as rules read it.
public struct PlatformFacts: Hashable, Sendable {
    public let fmspc: FixedBytes<6>
    public let pceID: FixedBytes<2>
    /// `platform` or `processor`.
    public let authority: String
    public let sgxType: String
    public let pceSVN: UInt16
    public let componentSVNs: FixedBytes<16>
    /// Absent is not false.
    public let dynamicPlatform: Bool?
    public let cachedKeys: Bool?
    public let smtEnabled: Bool?
    /// What identifies the host is kept only where a policy asks for it (docs/threat-model.md).
    public let host: HostIdentity

    public enum HostIdentity: Hashable, Sendable {
        case known(ppidSHA256: FixedBytes<32>, instanceID: FixedBytes<16>?)
        /// The record was made without it.
        case notRecorded
    }

    init(_ identity: PlatformIdentity) {
        let values = identity.extensionValues
        self.init(
            fmspc: values.fmspc, pceID: values.pceID, authority: identity.authority.rawValue,
            sgxType: values.sgxType.name, pceSVN: values.pceSVN, componentSVNs: values.componentSVNs,
            dynamicPlatform: values.configuration?.dynamicPlatform, cachedKeys: values.configuration?.cachedKeys,
            smtEnabled: values.configuration?.smtEnabled,
            host: .known(
                ppidSHA256: FixedBytes(sha256: values.ppid.bytes[...]),
                instanceID: values.platformInstanceID))
    }

    package init(
        fmspc: FixedBytes<6>, pceID: FixedBytes<2>, authority: String, sgxType: String, pceSVN: UInt16,
        componentSVNs: FixedBytes<16>, dynamicPlatform: Bool?, cachedKeys: Bool?, smtEnabled: Bool?, host: HostIdentity
    ) {
        self.fmspc = fmspc
        self.pceID = pceID
        self.authority = authority
        self.sgxType = sgxType
        self.pceSVN = pceSVN
        self.componentSVNs = componentSVNs
        self.dynamicPlatform = dynamicPlatform
        self.cachedKeys = cachedKeys
        self.smtEnabled = smtEnabled
        self.host = host
    }
}
