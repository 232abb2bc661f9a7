import DCAPFormats
import ServiceConfiguration
import Testing
import Wire

/// File, environment, flags: who wins, what is refused, and that everything wrong is said at once.
@Suite("Configuration")
struct ConfigurationTests {
    private static func configuration(
        file: String? = nil, _ environment: [String: String] = [:], _ flags: [String: String] = [:],
        qcnl: [String: String] = [:]
    ) throws -> ServiceConfiguration {
        try ServiceConfiguration(
            file: file.map { Array($0.utf8) }, environment: environment, flags: flags,
            readFile: { qcnl[$0].map { Array($0.utf8) } })
    }

    /// The keys of the problems, and their sources.
    private static func problems(
        file: String? = nil, _ environment: [String: String] = [:], _ flags: [String: String] = [:],
        qcnl: [String: String] = [:]
    ) -> [String] {
        do {
            _ = try configuration(file: file, environment, flags, qcnl: qcnl)
            return []
        } catch let errors as ConfigurationErrors {
            return errors.problems.map { "\($0.key) (\($0.source))" }
        } catch {
            return ["\(error)"]
        }
    }

    @Test("Without anything it is the documented default")
    func defaults() throws {
        let configuration = try Self.configuration()
        #expect(configuration.listen.text == "127.0.0.1:8080")
        #expect(configuration.data == "./assay-data")
        #expect(configuration.services == [try CollateralAddress(CollateralAddress.beijing)])
        #expect(configuration.policy == "strict")
        #expect(configuration.origins == nil)
        #expect(configuration.trustRootFile == nil)
        #expect(configuration.trustedProxies.isEmpty)
        #expect(configuration.tokenLifetimeSeconds == 300)
        #expect(configuration.tokenAlgorithm == "ES256")
        #expect(configuration.settings.allSatisfy { $0.source == "default" })
        #expect(configuration.settings.map(\.key) == ConfigurationKey.allCases)
    }

    @Test("File, then environment, then flags: each overrides the one before, and --check can say who won")
    func order() throws {
        let file = #"{"listen":"127.0.0.1:1","data":"/file","policy":"strict","log":{"level":"debug"}}"#
        let environment = ["ASSAY_LISTEN": "127.0.0.1:2", "ASSAY_DATA": "/environment", "PATH": "/bin"]
        let configuration = try Self.configuration(file: file, environment, ["listen": "127.0.0.1:3"])
        #expect(configuration.listen.port == 3)
        #expect(configuration.data == "/environment")
        #expect(configuration.logLevel == "debug")
        let sources = Dictionary(uniqueKeysWithValues: configuration.settings.map { ($0.key, $0.source) })
        #expect(sources[.listen] == "flag")
        #expect(sources[.data] == "environment")
        #expect(sources[.logLevel] == "file")
        #expect(sources[.policy] == "file")
        #expect(sources[.tokenLifetime] == "default")
    }

    @Test(
        "Every key can be set in each of the three places, nested or dotted in the file",
        arguments: ConfigurationKey.allCases)
    func everyKey(_ key: ConfigurationKey) throws {
        let values: [ConfigurationKey: String] = [
            .listen: "[::1]:9", .data: "/d", .issuer: "https://attest.example.cn", .pccs: CollateralAddress.beijing,
            .pccsAllowHTTP: "true", .collateralUpdate: "early", .collateralRefreshAfter: "60",
            .corsOrigins: "https://a.example",
            .tokenLifetime: "10", .tokenAlgorithm: "PS384", .challengeLifetime: "5", .limitsConnections: "7",
            .limitsConnectionsPerClient: "9", .limitsMemory: "64", .limitsConcurrentVerdicts: "8",
            .limitsCallerPerMinute: "600", .limitsCallerBurst: "0", .limitsRepeats: "0", .shutdownGrace: "0",
            .auditRejectRetentionDays: "7", .auditRejectBytesPerCaller: "0", .auditRejectBytesPerDay: "0",
            .auditAcceptBytesPerCaller: "4194304", .auditEvidenceMaxBytes: "16777216", .auditIndexMaxBytes: "1048576",
            .logLevel: "error", .logFormat: "json",
            .auditVisibility: "auditors", .auditRetentionDays: "30", .webhooksURLs: "https://h.example/told",
            .adminListen: "9443",
            .auditWitnessesInterval: "60", .auditWitnessesFailOpen: "false",
        ]
        let value = values[key] ?? "/some/file"
        // A certificate needs its key, and a QCNL file is only read where it is needed.
        let companions: [String: String] =
            switch key {
            case .tlsCertificate: ["tls.key": "/k"]
            case .tlsKey: ["tls.cert": "/c"]
            case .qcnl: ["pccs": CollateralAddress.beijing]
            case .webhooksURLs: ["webhooks.secret_file": "/s"]
            case .adminListen: ["admin.tokens_file": "/t"]
            default: [:]
            }
        func found(_ configuration: ServiceConfiguration) -> String? {
            configuration.settings.first { $0.key == key }.map { "\($0.text) from \($0.source)" }
        }
        let flags = companions.merging([key.rawValue: value]) { $1 }
        #expect(found(try Self.configuration([:], flags)) == "\(value) from flag")
        #expect(found(try Self.configuration([key.environmentName: value], companions)) == "\(value) from environment")
        let parts = key.rawValue.split(separator: ".")
        let nested = parts.reversed().reduce("\"\(value)\"") { "{\"\($1)\":\($0)}" }
        #expect(found(try Self.configuration(file: nested, [:], companions)) == "\(value) from file")
        #expect(
            found(try Self.configuration(file: "{\"\(key.rawValue)\":\"\(value)\"}", [:], companions))
                == "\(value) from file")
        #expect(ServiceConfiguration.table.contains("| `\(key.rawValue)` | `\(key.environmentName)` |"))
    }

    @Test("A key that does not exist is an error in each place, with the nearest one that does")
    func unknownKeys() throws {
        #expect(Self.problems(file: #"{"listen":"x"}"#) == ["listen (file)"])
        #expect(Self.problems(file: #"{"log":{"levl":"x"}}"#) == ["log.levl (file)"])
        #expect(Self.problems(["ASSAY_LISTN": "x"]) == ["ASSAY_LISTN (environment)"])
        #expect(Self.problems([:], ["data ": "x"]) == ["data  (flag)"])
        #expect(Self.problems(["ASSAYLISTEN": "x", "PCCS": "y"]).isEmpty)
        let errors = #expect(throws: ConfigurationErrors.self) { try Self.configuration([:], ["polcy": "x"]) }
        #expect(errors?.problems.first?.wanted.contains("did you mean policy?") == true)
    }

    @Test(
        "The admin listener: off, on the loopback address where only a port is named, and never open without TLS",
        arguments: [
            ([:], nil, []), (["admin.listen": "9443", "admin.tokens_file": "/t"], "127.0.0.1:9443", []),
            (["admin.listen": "[::1]:9443", "admin.tokens_file": "/t"], "[::1]:9443", []),
            (["admin.listen": "9443"], nil, ["admin.tokens_file (default)"]),
            (["admin.listen": "0.0.0.0:9443", "admin.tokens_file": "/t"], nil, ["admin.listen (flag)"]),
            (
                ["admin.listen": "0.0.0.0:9443", "admin.tokens_file": "/t", "tls.cert": "/c", "tls.key": "/k"],
                "0.0.0.0:9443", []
            ),
            (["admin.listen": "99999", "admin.tokens_file": "/t"], nil, ["admin.listen (flag)"]),
        ] as [([String: String], String?, [String])])
    func admin(_ flags: [String: String], _ address: String?, _ problems: [String]) throws {
        guard problems.isEmpty else { return #expect(Self.problems([:], flags) == problems) }
        #expect(try Self.configuration([:], flags).adminListen?.text == address)
    }

    @Test("Everything that is wrong is said at once")
    func allAtOnce() throws {
        let flags = [
            "listen": "nowhere", "token.lifetime": "1", "log.level": "loud", "pccs": "http://p.example/sgx/v4/",
        ]
        #expect(
            Set(Self.problems([:], flags)) == [
                "listen (flag)", "token.lifetime (flag)", "log.level (flag)", "pccs (flag)",
            ])
    }

    static let refused: [(String, String)] = [
        ("listen", "8080"), ("listen", ":8080"), ("listen", "host:99999"), ("listen", "host:http"),
        ("issuer", "attest.example.cn"), ("issuer", "https://attest.example.cn/"), ("issuer", "https://a.example/?x"),
        ("pccs", "ftp://p.example/sgx/v4/"), ("pccs", "https://u:p@p.example/sgx/v4/"),
        ("pccs", "https://p.example/v4/"),
        ("pccs_allow_http", "yes"), ("collateral.update", "latest"), ("collateral.refresh_after", "59"),
        ("cors.origins", "chat.example.cn"), ("cors.origins", "https://chat.example.cn/path"),
        ("cors.origins", "*,https://a.example"),
        ("token.lifetime", "ten"), ("token.lifetime", "86401"), ("token.algorithm", "HS256"),
        ("token.algorithm", "none"),
        ("challenge.lifetime", "-1"), ("limits.connections", "0"), ("shutdown.grace", "1.5"), ("log.format", "xml"),
        ("webhooks.urls", "http://h.example/told"), ("webhooks.urls", "http://localhost.example/told"),
        ("webhooks.urls", "https://"), ("webhooks.urls", "https://u:p@h.example/"),
        ("webhooks.urls", "ftp://h.example/"),
        ("webhooks.urls", (0...16).map { "https://h.example/\($0)" }.joined(separator: ",")),
        ("tls.cert", "/only/the/certificate.pem"),
    ]

    @Test("Values that are not usable, each by its key", arguments: refused)
    func refusedValue(_ row: (key: String, value: String)) {
        let problems = Self.problems([:], [row.key: row.value])
        #expect(!problems.isEmpty)
        let isTLS = row.key.hasPrefix("tls")
        #expect(problems.allSatisfy { isTLS ? $0.hasPrefix("tls.key") : $0 == "\(row.key) (flag)" }, "\(problems)")
    }

    @Test(
        "A file that is no JSON object, or says a thing twice",
        arguments: [
            "", "[]", "{", #"{"listen":"127.0.0.1:1","listen":"127.0.0.1:2"}"#,
            #"{"log.level":"info","log":{"level":"debug"}}"#, #"{"listen":null}"#, #"{"pccs":[1]}"#,
        ])
    func refusedFile(_ text: String) { #expect(!Self.problems(file: text).isEmpty, "\(text)") }

    @Test("Lists: an array in the file, commas elsewhere; the order is the order they are asked in")
    func lists() throws {
        let first = "https://a.example/sgx/certification/v4/"
        let second = "https://b.example:8081/sgx/certification/v4/"
        for configuration in [
            try Self.configuration(file: #"{"pccs":["\#(first)","pcs+\#(second)"]}"#),
            try Self.configuration(["ASSAY_PCCS": "\(first), pcs+\(second)"]),
        ] {
            #expect(configuration.services.map(\.sgxBase) == [first, second])
            #expect(configuration.services.map(\.kind) == [.pccs, .pcs])
        }
        #expect(try Self.configuration(["ASSAY_CORS_ORIGINS": "*"]).origins == nil)
        #expect(
            try Self.configuration(["ASSAY_CORS_ORIGINS": "https://a.example,https://b.example"]).origins == [
                "https://a.example", "https://b.example",
            ])
    }

    @Test("Plain http has to be said, also for the form inside Alibaba's network")
    func plainHTTP() throws {
        let vpc = "http://sgx-dcap-server-vpc.cn-beijing.aliyuncs.com/sgx/certification/v4/"
        #expect(Self.problems(["ASSAY_PCCS": vpc]) == ["pccs (environment)"])
        let configuration = try Self.configuration(["ASSAY_PCCS": vpc, "ASSAY_PCCS_ALLOW_HTTP": "true"])
        #expect(configuration.services.first?.isPlainHTTP == true)
        #expect(
            configuration.services.first?.tdxBase
                == "http://sgx-dcap-server-vpc.cn-beijing.aliyuncs.com/tdx/certification/v4/")
    }
}
