package import DCAPFormats

/// The tables of dcap 5.8. Tables and not a maximum: ConfigurationNeeded with an out-of-date component is
/// OutOfDateConfigurationNeeded.
extension TCBStatus {
    /// The worst of a module's and a QE's status: Revoked > OutOfDate > UpToDate.
    static func worst(_ first: TCBStatus, _ second: TCBStatus) -> TCBStatus {
        if first == .revoked || second == .revoked { return .revoked }
        return first == .outOfDate || second == .outOfDate ? .outOfDate : .upToDate
    }

    /// Platform status (self) with the component status of module and QE.
    package func converged(withComponents components: TCBStatus) -> TCBStatus {
        switch (components, self) {
        case (.revoked, _), (_, .revoked): .revoked
        case (.outOfDate, .upToDate), (.outOfDate, .swHardeningNeeded), (.outOfDate, .outOfDate): .outOfDate
        case (.outOfDate, .configurationNeeded), (.outOfDate, .configurationAndSWHardeningNeeded),
            (.outOfDate, .outOfDateConfigurationNeeded):
            .outOfDateConfigurationNeeded
        case (_, let platform): platform
        }
    }

    /// Launch status (self) with the status of what runs now: step I5.
    package func relaunch(current: TCBStatus) -> TCBStatus {
        let isGoodNow: Bool =
            switch current {
            case .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded: true
            default: false
            }
        guard isOutOfDate, isGoodNow else { return self }
        return needsConfiguration || current.needsConfiguration
            ? .tdRelaunchAdvisedConfigurationNeeded : .tdRelaunchAdvised
    }

    package var isOutOfDate: Bool { self == .outOfDate || self == .outOfDateConfigurationNeeded }

    private var needsConfiguration: Bool {
        self == .configurationNeeded || self == .configurationAndSWHardeningNeeded
            || self == .outOfDateConfigurationNeeded
    }
}
