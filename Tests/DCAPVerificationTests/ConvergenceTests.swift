import DCAPFormats
import DCAPVerification
import Testing

/// The tables of dcap 5.8, cell by cell as they stand there.
@Suite("Convergence of TCB statuses")
struct ConvergenceTests {
    @Test(
        "Platform with the component status of module and QE",
        arguments: [
            (.upToDate, .upToDate, .upToDate), (.upToDate, .outOfDate, .outOfDate), (.upToDate, .revoked, .revoked),
            (.swHardeningNeeded, .upToDate, .swHardeningNeeded), (.swHardeningNeeded, .outOfDate, .outOfDate),
            (.swHardeningNeeded, .revoked, .revoked), (.configurationNeeded, .upToDate, .configurationNeeded),
            (.configurationNeeded, .outOfDate, .outOfDateConfigurationNeeded),
            (.configurationNeeded, .revoked, .revoked),
            (.configurationAndSWHardeningNeeded, .upToDate, .configurationAndSWHardeningNeeded),
            (.configurationAndSWHardeningNeeded, .outOfDate, .outOfDateConfigurationNeeded),
            (.configurationAndSWHardeningNeeded, .revoked, .revoked), (.outOfDate, .upToDate, .outOfDate),
            (.outOfDate, .outOfDate, .outOfDate), (.outOfDate, .revoked, .revoked),
            (.outOfDateConfigurationNeeded, .upToDate, .outOfDateConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .outOfDate, .outOfDateConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .revoked, .revoked), (.revoked, .upToDate, .revoked),
            (.revoked, .outOfDate, .revoked), (.revoked, .revoked, .revoked),
        ] as [(TCBStatus, TCBStatus, TCBStatus)])
    func platform(_ platform: TCBStatus, _ components: TCBStatus, _ result: TCBStatus) {
        #expect(platform.converged(withComponents: components) == result)
    }

    private static let good: [TCBStatus] = [
        .upToDate, .swHardeningNeeded, .configurationNeeded, .configurationAndSWHardeningNeeded,
    ]
    private static let bad: [TCBStatus] = [.outOfDate, .outOfDateConfigurationNeeded, .revoked]

    @Test("A launch that was not out of date stays as it was, whatever runs now", arguments: good, good + bad)
    func launchKept(_ launch: TCBStatus, _ current: TCBStatus) {
        #expect(launch.relaunch(current: current) == launch)
    }

    @Test(
        "An out-of-date launch on what is good now advises a relaunch",
        arguments: [
            (.outOfDate, .upToDate, .tdRelaunchAdvised), (.outOfDate, .swHardeningNeeded, .tdRelaunchAdvised),
            (.outOfDate, .configurationNeeded, .tdRelaunchAdvisedConfigurationNeeded),
            (.outOfDate, .configurationAndSWHardeningNeeded, .tdRelaunchAdvisedConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .upToDate, .tdRelaunchAdvisedConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .swHardeningNeeded, .tdRelaunchAdvisedConfigurationNeeded),
            (.outOfDateConfigurationNeeded, .configurationNeeded, .tdRelaunchAdvisedConfigurationNeeded),
            (
                .outOfDateConfigurationNeeded, .configurationAndSWHardeningNeeded,
                .tdRelaunchAdvisedConfigurationNeeded
            ),
        ] as [(TCBStatus, TCBStatus, TCBStatus)])
    func relaunch(_ launch: TCBStatus, _ current: TCBStatus, _ result: TCBStatus) {
        #expect(launch.relaunch(current: current) == result)
    }

    @Test(
        "An out-of-date launch on what is bad now stays out of date",
        arguments: [TCBStatus.outOfDate, .outOfDateConfigurationNeeded], bad)
    func badNow(_ launch: TCBStatus, _ current: TCBStatus) {
        #expect(launch.relaunch(current: current) == launch)
    }
}
