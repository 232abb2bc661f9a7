import DCAPFormats
import DCAPVerification

/// AR4SI's categories that evidence of this kind says something about (wire-formats 3.2): 0 is no assertion.
public struct TrustworthinessVector: Hashable, Sendable {
    public var instanceIdentity: Int8 = 0
    public var configuration: Int8 = 0
    public var executables: Int8 = 0
    public var fileSystem: Int8 = 0
    public var hardware: Int8 = 0
    public var runtimeOpaque: Int8 = 0
    public var storageOpaque: Int8 = 0
    public var sourcedData: Int8 = 0

    /// Names as EAR writes them, in the order of AR4SI.
    public var members: [(name: String, value: Int8)] {
        [
            ("instance-identity", instanceIdentity), ("configuration", configuration), ("executables", executables),
            ("file-system", fileSystem), ("hardware", hardware), ("runtime-opaque", runtimeOpaque),
            ("storage-opaque", storageOpaque), ("sourced-data", sourcedData),
        ]
    }

    init(hardware: Int8, configuration: Int8, runtimeOpaque: Int8, executables: Int8 = 0) {
        self.hardware = hardware
        self.configuration = configuration
        self.runtimeOpaque = runtimeOpaque
        self.executables = executables
    }
}

extension TrustworthinessVector {
    /// The findings in AR4SI's terms (wire-formats 3.2). Executables stay 0, "no assertion", until measurements are
    /// compared.
    init(of facts: RecordedFacts, _ findings: [PolicyFinding], _ comparison: Comparison) {
        self =
            switch facts.tcb.status {
            // Configuration 3, "no known vulnerabilities": approved it is only by comparison.
            case .upToDate: Self(hardware: 2, configuration: 3, runtimeOpaque: 2)
            case .swHardeningNeeded: Self(hardware: 32, configuration: 32, runtimeOpaque: 2)
            case .configurationNeeded: Self(hardware: 2, configuration: 36, runtimeOpaque: 2)
            case .configurationAndSWHardeningNeeded: Self(hardware: 32, configuration: 36, runtimeOpaque: 2)
            case .outOfDate, .tdRelaunchAdvised: Self(hardware: 32, configuration: 3, runtimeOpaque: 2)
            case .outOfDateConfigurationNeeded, .tdRelaunchAdvisedConfigurationNeeded:
                Self(hardware: 32, configuration: 36, runtimeOpaque: 2)
            case .revoked: Self(hardware: 96, configuration: 96, runtimeOpaque: 0)
            }
        executables = comparison.executables(isTD: facts.tee == .tdx)
        if configuration == 3, findings.contains(where: { $0.approvesConfiguration }) { configuration = 2 }
        func failed(_ rules: PolicyRule...) -> Bool {
            findings.contains { finding in rules.contains { finding.result($0)?.isFailed ?? false } }
        }
        if failed(.platformGrace), facts.tcb.status.isOutOfDate || facts.tcb.current.status.isOutOfDate {
            hardware = 96
        }
        if failed(.tdAttributes, .xfam, .mrSEAM) { configuration = max(configuration, 36) }
        if failed(.tdProfiling, .tdReservedBits, .serviceTD) { configuration = 96 }
        // Whoever is bound as a service TD may take the TD, with its memory, elsewhere.
        if failed(.serviceTD) { runtimeOpaque = 96 }
        if failed(.platformID) {
            instanceIdentity = 97
        } else if findings.contains(where: { $0.result(.platformID)?.isPassed ?? false }) {
            instanceIdentity = 2
        }
        if facts.isDebuggable {
            configuration = 96
            runtimeOpaque = 96
        }
    }

    /// Of a refusal.
    init(of code: ErrorCode) {
        self =
            switch code {
            case .tcbRevoked, .intermediateRevoked, .pckRevoked:
                Self(hardware: 96, configuration: 96, runtimeOpaque: 0)
            case .collateralNotFound, .collateralPlatformUnknown:
                Self(hardware: 97, configuration: 0, runtimeOpaque: 0)
            case _ where code.isFailureOfTheWorld: Self(hardware: -1, configuration: -1, runtimeOpaque: 0)
            case .tcbNotSupported, .tcbUnrecognizedStatus: Self(hardware: 97, configuration: 0, runtimeOpaque: 0)
            default: Self(hardware: 99, configuration: 99, runtimeOpaque: 99, executables: 99)
            }
    }
}

extension PolicyFinding {
    /// xfam, attributes and MRCONFIGID were compared, and match.
    fileprivate var approvesConfiguration: Bool {
        policy.tdIdentity?.measurements.contains { $0.name == "mr_config_id" } ?? false
            && [.tdAttributes, .xfam, .tdIdentity].allSatisfy { (rule: PolicyRule) in result(rule)?.isPassed ?? false }
    }
}
