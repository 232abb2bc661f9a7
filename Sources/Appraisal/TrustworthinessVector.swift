import DCAPFormats
public import DCAPVerification

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

extension Verdict {
    /// The findings in AR4SI's terms. Executables stay 0, "no assertion", until measurements are compared.
    public var trustworthiness: TrustworthinessVector {
        switch verification {
        case .verified(let quote): Self.vector(of: quote)
        case .refused(let refusal, _): Self.vector(of: refusal.code)
        }
    }

    private static func vector(of quote: VerifiedQuote) -> TrustworthinessVector {
        var vector =
            switch quote.tcb.status {
            // Configuration 3, "no known vulnerabilities": approved it is only by comparison.
            case .upToDate: TrustworthinessVector(hardware: 2, configuration: 3, runtimeOpaque: 2)
            case .swHardeningNeeded: TrustworthinessVector(hardware: 32, configuration: 32, runtimeOpaque: 2)
            case .configurationNeeded: TrustworthinessVector(hardware: 2, configuration: 36, runtimeOpaque: 2)
            case .configurationAndSWHardeningNeeded:
                TrustworthinessVector(hardware: 32, configuration: 36, runtimeOpaque: 2)
            case .outOfDate, .tdRelaunchAdvised: TrustworthinessVector(hardware: 32, configuration: 3, runtimeOpaque: 2)
            case .outOfDateConfigurationNeeded, .tdRelaunchAdvisedConfigurationNeeded:
                TrustworthinessVector(hardware: 32, configuration: 36, runtimeOpaque: 2)
            case .revoked: TrustworthinessVector(hardware: 96, configuration: 96, runtimeOpaque: 0)
            }
        if quote.isDebuggable {
            vector.configuration = 96
            vector.runtimeOpaque = 96
        }
        return vector
    }

    private static func vector(of code: ErrorCode) -> TrustworthinessVector {
        switch code {
        case .tcbRevoked: TrustworthinessVector(hardware: 96, configuration: 96, runtimeOpaque: 0)
        case .intermediateRevoked, .pckRevoked: TrustworthinessVector(hardware: 96, configuration: 96, runtimeOpaque: 0)
        case .collateralNotFound, .collateralPlatformUnknown:
            TrustworthinessVector(hardware: 97, configuration: 0, runtimeOpaque: 0)
        case _ where code.isFailureOfTheWorld:
            TrustworthinessVector(hardware: -1, configuration: -1, runtimeOpaque: 0)
        case .tcbNotSupported, .tcbUnrecognizedStatus:
            TrustworthinessVector(hardware: 97, configuration: 0, runtimeOpaque: 0)
        default: TrustworthinessVector(hardware: 99, configuration: 99, runtimeOpaque: 99, executables: 99)
        }
    }
}

extension VerifiedQuote {
    /// Whether the host may read the memory.
    public var isDebuggable: Bool {
        switch quote.body {
        case .sgx(let report): report.flags.contains(.debug)
        case .td(let report): report.tdAttributes.contains(.debug)
        }
    }
}
