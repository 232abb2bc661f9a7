public import DCAPFormats
import Wire

/// The effective configuration of `assay serve`: every value checked, and where it came from.
public struct ServiceConfiguration: Hashable, Sendable {
    public struct Address: Hashable, Sendable {
        public let host: String
        public let port: Int
        public var text: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
        /// Reached from this machine alone.
        public var isLoopback: Bool { host == "::1" || host == "localhost" || host.hasPrefix("127.") }
    }

    /// A value as it is in force, for `--check`.
    public struct Setting: Hashable, Sendable {
        public let key: ConfigurationKey
        public let text: String
        public let source: String
    }

    public var listen: Address
    public var data: String
    /// `nil`: made from what is bound.
    public var issuer: String?
    public var services: [CollateralAddress]
    public var serviceCAFile: String?
    public var update: CollateralUpdate
    public var refreshAfterSeconds: Int64
    public var trustRootFile: String?
    public var policy: String
    /// `nil`: the built-in policies alone.
    public var policies: String?
    /// `nil`: any.
    public var origins: [String]?
    public var certificateFile: String?
    public var keyFile: String?
    public var trustedProxies: [String]
    public var tokenLifetimeSeconds: Int64
    public var tokenAlgorithm: String
    public var challengeLifetimeSeconds: Int64
    public var tokenKeyURI: String?
    public var passphraseFile: String?
    public var connections: Int
    /// Of one client address; 0: no limit.
    public var connectionsPerClient: Int
    public var memoryMebibytes: Int
    public var concurrentVerdicts: Int
    /// 0: no limit.
    public var callerPerMinute: Int64
    public var callerBurst: Int64
    /// `nil`: nobody has a budget of their own.
    public var callersFile: String?
    /// 0: none.
    public var repeats: Int
    public var graceSeconds: Int64
    /// `nil`: the log's own.
    public var auditOrigin: String?
    public var auditVisibility: String
    public var auditRetentionDays: Int64
    public var auditRejectRetentionDays: Int64
    public var auditRejectBytesPerCaller: Int64
    public var auditRejectBytesPerDay: Int64
    public var auditAcceptBytesPerCaller: Int64
    public var auditEvidenceMaxBytes: Int64
    public var auditIndexMaxBytes: Int64
    public var auditTokensFile: String?
    public var webhookURLs: [String]
    public var webhookSecretFile: String?
    /// `nil`: there is no admin listener.
    public var adminListen: Address?
    public var adminTokensFile: String?
    public var auditWitnessesFile: String?
    public var auditWitnessesInterval: Int64
    public var auditWitnessesFailOpen: Bool
    public var logLevel: String
    public var logFormat: String
    public var settings: [Setting]

    /// - Parameter readFile: Reads the QCNL file, if one is named; `nil` where it cannot be read.
    public init(
        file: [UInt8]? = nil, environment: [String: String] = [:], flags: [String: String] = [:],
        readFile: (String) -> [UInt8]? = { _ in nil }
    ) throws(ConfigurationErrors) {
        let layers = try ConfigurationLayers(file: file, environment: environment, flags: flags)
        var values = ValueReader(layers: layers)

        listen = values.address(.listen)
        data = values.text(.data) ?? ""
        issuer = values.issuer()
        let allowsHTTP = values.flag(.pccsAllowHTTP)
        let qcnl = values.text(.qcnl)
        services = values.services(allowsHTTP: allowsHTTP, qcnl: qcnl, readFile: readFile)
        serviceCAFile = values.text(.pccsCA)
        update = values.choice(.collateralUpdate, CollateralUpdate.allCases.map { ($0.rawValue, $0) }) ?? .standard
        refreshAfterSeconds = values.integer(.collateralRefreshAfter, 60...604_800)
        trustRootFile = values.text(.trustRoot)
        policy = values.text(.policy) ?? ""
        policies = values.text(.policies)
        origins = values.origins()
        certificateFile = values.text(.tlsCertificate)
        keyFile = values.text(.tlsKey)
        if (certificateFile == nil) != (keyFile == nil) {
            values.problem(
                certificateFile == nil ? .tlsCertificate : .tlsKey, "nothing", "tls.cert and tls.key together")
        }
        trustedProxies = values.list(.trustedProxies)
        tokenLifetimeSeconds = values.integer(.tokenLifetime, 10...86_400)
        tokenAlgorithm =
            values.choice(.tokenAlgorithm, ["ES256", "EdDSA", "RS256", "PS384"].map { ($0, $0) }) ?? ""
        challengeLifetimeSeconds = values.integer(.challengeLifetime, 5...3_600)
        tokenKeyURI = values.text(.keysToken)
        passphraseFile = values.text(.keysPassphraseFile)
        connections = Int(values.integer(.limitsConnections, 1...1_000_000))
        connectionsPerClient = Int(values.integer(.limitsConnectionsPerClient, 0...1_000_000))
        memoryMebibytes = Int(values.integer(.limitsMemory, 32...1_048_576))
        concurrentVerdicts = Int(values.integer(.limitsConcurrentVerdicts, 1...1_000_000))
        callerPerMinute = values.integer(.limitsCallerPerMinute, 0...10_000_000)
        callerBurst = values.integer(.limitsCallerBurst, 0...10_000_000)
        callersFile = values.text(.limitsCallersFile)
        repeats = Int(values.integer(.limitsRepeats, 0...1_000_000))
        graceSeconds = values.integer(.shutdownGrace, 0...3_600)
        auditOrigin = values.text(.auditOrigin)
        auditVisibility = values.choice(.auditVisibility, ["public", "auditors"].map { ($0, $0) }) ?? ""
        auditRetentionDays = values.integer(.auditRetentionDays, 1...36_500)
        auditRejectRetentionDays = values.integer(.auditRejectRetentionDays, 1...36_500)
        auditRejectBytesPerCaller = values.integer(.auditRejectBytesPerCaller, 0...Self.mostBytes)
        auditRejectBytesPerDay = values.integer(.auditRejectBytesPerDay, 0...Self.mostBytes)
        // At least one verdict with the largest event log.
        auditAcceptBytesPerCaller = values.integer(.auditAcceptBytesPerCaller, 4_194_304...Self.mostBytes)
        auditEvidenceMaxBytes = values.integer(.auditEvidenceMaxBytes, 16_777_216...Self.mostBytes)
        auditIndexMaxBytes = values.integer(.auditIndexMaxBytes, 1_048_576...Self.mostBytes)
        auditTokensFile = values.text(.auditTokensFile)
        webhookURLs = values.webhooks()
        webhookSecretFile = values.text(.webhooksSecretFile)
        if !webhookURLs.isEmpty, webhookSecretFile == nil {
            values.problem(.webhooksSecretFile, "nothing", "a secret, or nobody can tell our messages from others'")
        }
        adminListen = values.adminAddress()
        adminTokensFile = values.text(.adminTokensFile)
        if adminListen != nil, adminTokensFile == nil {
            values.problem(
                .adminTokensFile, "nothing", "a file of tokens: without one nobody could be told from anybody")
        }
        if let address = adminListen, !address.host.isEmpty, !address.isLoopback, certificateFile == nil {
            values.problem(
                .adminListen, address.text, "a loopback address, or tls.cert: tokens would travel for all to read")
        }
        auditWitnessesFile = values.text(.auditWitnessesFile)
        auditWitnessesInterval = values.integer(.auditWitnessesInterval, 1...3_600)
        auditWitnessesFailOpen = values.flag(.auditWitnessesFailOpen)
        logLevel = values.choice(.logLevel, ["debug", "info", "warning", "error"].map { ($0, $0) }) ?? ""
        logFormat = values.choice(.logFormat, ["text", "json"].map { ($0, $0) }) ?? ""
        settings = values.settings
        guard values.problems.isEmpty else { throw ConfigurationErrors(problems: values.problems) }
    }

    /// An exbibyte: no disk is larger.
    private static let mostBytes: Int64 = 1 << 60

    /// The README's table.
    public static var table: String {
        var lines = ["| Key | Environment | Default | Meaning |", "|---|---|---|---|"]
        for key in ConfigurationKey.allCases {
            lines.append(
                "| `\(key.rawValue)` | `\(key.environmentName)` | \(key.defaultText.map { "`\($0)`" } ?? "") | \(key.meaning) |"
            )
        }
        return lines.joined(separator: "\n")
    }
}
