/// The states of dcap 4.6 and 5.7. Raw values are Intel's strings, exact and case-sensitive.
public enum TCBStatus: String, CaseIterable, Hashable, Sendable {
    case upToDate = "UpToDate"
    case swHardeningNeeded = "SWHardeningNeeded"
    case configurationNeeded = "ConfigurationNeeded"
    case configurationAndSWHardeningNeeded = "ConfigurationAndSWHardeningNeeded"
    case outOfDate = "OutOfDate"
    case outOfDateConfigurationNeeded = "OutOfDateConfigurationNeeded"
    case revoked = "Revoked"
    /// Results of comparing launch with current; no document carries them.
    case tdRelaunchAdvised = "TDRelaunchAdvised"
    case tdRelaunchAdvisedConfigurationNeeded = "TDRelaunchAdvisedConfigurationNeeded"
}

/// A status as a document says it: judged only where its level matches, so an unknown one is kept, not refused.
public enum PublishedStatus: Hashable, Sendable {
    case known(TCBStatus)
    case unknown(String)

    init(_ text: String) {
        switch TCBStatus(rawValue: text) {
        case nil, .tdRelaunchAdvised, .tdRelaunchAdvisedConfigurationNeeded: self = .unknown(text)
        case .some(let status): self = .known(status)
        }
    }
}
