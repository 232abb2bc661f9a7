// swift-tools-version: 6.2
// Read from top to bottom, this is the architecture: each target is a promise, and may import only what it names.
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// What is pure is asked hundreds of thousands of times by tests, so `make test` runs it optimised, with every check on. Only
// this repository's own commands ask for it: no other package could depend on a target with a flag of its own.
let pure: [SwiftSetting] =
    Context.environment["OPTIMIZE_PURE"] == nil
    ? settings : settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

// A fuzzer's flags hold for everything that is built, and under them no tool links. The parsers need no pages.
let pages: [Target.PluginUsage] = Context.environment["ASSAY_FUZZING"] == nil ? ["EmbedPages"] : []

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .executable(name: "assay-sim", targets: ["assay-sim"]),
        // For other programs: evidence judged, and a log's receipts checked, without the service. `Wire`, `Words` and
        // `X509Formats` have the types that stand in their interfaces: instants, fixed bytes, JSON, sentences, certificates.
        .library(name: "Wire", targets: ["Wire"]),
        .library(name: "Words", targets: ["Words"]),
        .library(name: "X509Formats", targets: ["X509Formats"]),
        .library(name: "DCAPFormats", targets: ["DCAPFormats"]),
        .library(name: "DCAPVerification", targets: ["DCAPVerification"]),
        .library(name: "DeviceFormats", targets: ["DeviceFormats"]),
        .library(name: "DeviceVerification", targets: ["DeviceVerification"]),
        .library(name: "EventLog", targets: ["EventLog"]),
        .library(name: "Appraisal", targets: ["Appraisal"]),
        .library(name: "MerkleLog", targets: ["MerkleLog"]),
        .library(name: "AttestationMiddleware", targets: ["AttestationMiddleware"]),
        // For this repository's own packages: Benchmarks measures the one, Fuzz the other.
        .library(name: "AuditStore", targets: ["AuditStore"]),
        .library(name: "Records", targets: ["Records"]),
    ],
    // Exact, because no list of resolved versions is checked in: every clone builds and tests the same code.
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // OpenSSL 3 as a system library: a module map and a header for its macros, nothing else. For keys, the simulator, tests.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // libcurl as a system library, made the same way.
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // zlib, for status lists.
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Texts in two languages by words and arguments: said in English where they arise, looked up at the end.
        .target(name: "Words", swiftSettings: pure),

        // The kernel's statx, made the same way: which file lies at a path, and since when.
        .systemLibrary(name: "CFileIdentity"),

        // Hostile bytes: the cursors (binary, DER, PEM), the strict JSON reader, hex and base64, the limits.
        .target(name: "Wire", dependencies: ["Words"], swiftSettings: pure),

        // DER → values: certificates and revocation lists as they are written, of whatever hierarchy. No promise that any is true.
        .target(name: "X509Formats", dependencies: ["Wire"], swiftSettings: pure),

        // Bytes ⇄ values: quotes, signed collateral, Intel's certificate extension. Says what is written, never that it is true.
        .target(name: "DCAPFormats", dependencies: ["Wire", "X509Formats", crypto], swiftSettings: pure),

        // Is this quote genuine, on what platform, in what TCB state, at time T. Alone makes a VerifiedQuote.
        .target(
            name: "DCAPVerification", dependencies: ["Wire", "X509Formats", "DCAPFormats", crypto], swiftSettings: pure),

        // Bytes → values: reports of NVIDIA's devices, their chains, reference manifests, answers about revocation. No promise
        // that any of it is true.
        .target(name: "DeviceFormats", dependencies: ["Wire", "X509Formats", crypto], swiftSettings: pure),

        // Is this a genuine device, with which firmware, in which set, at time T. Alone makes a VerifiedDevice.
        .target(
            name: "DeviceVerification", dependencies: ["Wire", "X509Formats", "DeviceFormats", crypto],
            swiftSettings: pure),

        // Boot event logs: parsed, replayed against a verified quote's registers, their events named.
        .target(name: "EventLog", dependencies: ["Wire", crypto], swiftSettings: pure),

        // Is what is genuine also acceptable: policies, findings, the verdict and its JSON. Total functions.
        .target(
            name: "Appraisal", dependencies: ["Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", crypto],
            resources: [
                .embedInCode("../../policies/strict.json"), .embedInCode("../../policies/sgx-production.json"),
                .embedInCode("../../policies/tdx-cloud.json"), .embedInCode("../../policies/degraded-read-only.json"),
                .embedInCode("../../policies/gn8v-tee-llm.json"),
            ], swiftSettings: pure),

        // What a guest will run, measured on a disk: programs, package trees, models, as events and as reference values.
        .target(
            name: "GuestMeasurement", dependencies: ["Wire", "DCAPFormats", "EventLog", crypto], swiftSettings: settings
        ),

        // The log's mathematics and formats: tree, proofs, notes, checkpoints, tiles, entries. Who reads receipts needs no more.
        .target(name: "MerkleLog", dependencies: ["Wire", crypto], swiftSettings: pure),

        // HTTP(S) over libcurl, with limits on everything and no insecure switch.
        .target(name: "HTTPClient", dependencies: ["CCurl"], swiftSettings: settings),

        // A SQLite file by the rule: one connection writes and checkpoints, all others read; one process per data folder.
        .target(
            name: "DatabaseFiles", dependencies: ["Wire", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),

        // state.db, everything small that must survive a restart: one owner, and one connection that writes.
        .target(
            name: "StateStore",
            dependencies: ["Wire", "DatabaseFiles", crypto, .product(name: "GRDB", package: "GRDB.swift")],
            resources: [
                .embedInCode("../../migrations/state/m0001_collateral.sql"),
                .embedInCode("../../migrations/state/m0002_spent_challenge.sql"),
                .embedInCode("../../migrations/state/m0003_webhook.sql"),
                .embedInCode("../../migrations/state/m0004_document_version.sql"),
                .embedInCode("../../migrations/state/m0005_note.sql"),
            ], swiftSettings: settings),

        // Collateral from a PCCS or PCS: fetched whole, verified, kept, never rolled back.
        .target(
            name: "CollateralService",
            dependencies: [
                "HTTPClient", "Wire", "DCAPFormats", "DCAPVerification", "StateStore",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: settings),

        // The service's private keys: made, kept, rotated, used. A private key never leaves it.
        .target(name: "KeyCustody", dependencies: ["COpenSSL", "Wire", crypto], swiftSettings: settings),

        // Verdict → claims → JWS, in each profile; and a relying party's checks of a token.
        .target(
            name: "ResultToken",
            dependencies: [
                "CZlib", "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], swiftSettings: pure),

        // One judgement as log entry, archive item and evidence bundle: written, read, judged again, its claims rebuilt.
        .target(
            name: "Records",
            dependencies: [
                "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "MerkleLog", "ResultToken",
            ], swiftSettings: pure),

        // The audit log, durable: one writer, the evidence archive, what auditors ask.
        .target(
            name: "AuditStore",
            dependencies: [
                "Wire", "MerkleLog", "Records", "DatabaseFiles", crypto, .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [
                .embedInCode("../../migrations/log/m0001_log.sql"),
                .embedInCode("../../migrations/query/m0001_query.sql"),
                .embedInCode("../../migrations/evidence/m0001_evidence.sql"),
                .embedInCode("../../migrations/evidence/m0002_budget.sql"),
            ], swiftSettings: settings),

        // What an operator says: file, environment, flags, each key known.
        .target(
            name: "ServiceConfiguration",
            dependencies: [
                "Wire", "DCAPFormats", .product(name: "Configuration", package: "swift-configuration"),
            ], swiftSettings: settings),

        // The service: endorsements ▸ judge ▸ draft ▸ record ▸ seal, and everything around it. No protocol; clocks are arguments.
        .target(
            name: "AttestationService",
            dependencies: [
                "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "MerkleLog",
                "ResultToken", "Records", "KeyCustody", "HTTPClient", "CollateralService", "AuditStore",
                "StateStore", crypto,
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),

        // Joins the modules of `web/assay` into `assay.js`, and writes it, the pages and the specifications into a Swift file
        // while building.
        .executableTarget(name: "embed-text", swiftSettings: settings),
        .plugin(name: "EmbedPages", capability: .buildTool(), dependencies: ["embed-text"]),

        // A log read by somebody who trusts only what they were given: from files, a URL, or its database.
        .target(
            name: "LogAudit",
            dependencies: [
                "Wire", "Appraisal", "MerkleLog", "ResultToken", "HTTPClient",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: settings),

        // The public listener: routes, the peers' shapes, problem details, pages for people.
        .target(
            name: "WebAPI",
            dependencies: [
                "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "ResultToken",
                "Records", "AuditStore", "StateStore", "AttestationService",
                "MerkleLog", "ResultToken", crypto, .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: settings, plugins: pages),

        // A drop-in for other people's Hummingbird servers; knows the service by its HTTP alone.
        .target(
            name: "AttestationMiddleware",
            dependencies: [
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
            ], path: "integrations/hummingbird", swiftSettings: settings),

        // A fake Intel and a fake TDX/SGX host, made from a seed. Never imports DCAPVerification.
        .target(
            name: "PlatformSimulator",
            dependencies: [
                "COpenSSL", "Wire", "X509Formats", "DCAPFormats", crypto,
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: pure),

        // The program.
        .executableTarget(
            name: "assay",
            dependencies: [
                "CFileIdentity", "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal",
                "AuditStore",
                "AttestationService", "CollateralService", "DatabaseFiles", "HTTPClient", "KeyCustody", "LogAudit",
                "GuestMeasurement", "MerkleLog",
                "Records", "ResultToken", "ServiceConfiguration", "StateStore", "WebAPI", crypto,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),

        // The simulator as a program.
        .executableTarget(
            name: "assay-sim",
            dependencies: [
                "Wire", "DCAPFormats", "PlatformSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),

        // For tests alone: the public test data beside the repository, found by name.
        .target(
            name: "CorpusSupport", dependencies: ["Wire"], path: "Tests/CorpusSupport", swiftSettings: settings),

        // For tests alone: a log as files in a folder, under a key of its own.
        .target(
            name: "LogSupport",
            dependencies: [
                "Wire", "DCAPFormats", "DCAPVerification", "Appraisal", "MerkleLog", "Records", "ResultToken", crypto,
            ], path: "Tests/LogSupport", swiftSettings: settings),

        // For tests alone: edits of event logs that keep every digest.
        .target(
            name: "EventLogSupport", dependencies: ["Wire", "EventLog"], path: "Tests/EventLogSupport",
            swiftSettings: settings),

        // For tests alone: the table of tokens that checkers in every language pass.
        .target(name: "TokenVectors", path: "Tests/TokenVectors", swiftSettings: settings),

        // For tests alone: OpenSSL's opinion of chains, signatures and DER. Shares no code with the product.
        .target(
            name: "OpenSSLOracle", dependencies: ["COpenSSL", "Wire"], path: "Tests/OpenSSLOracle",
            swiftSettings: settings),

        // For tests of what touches the world: a client, a raw connection, a world of today.
        .target(
            name: "ServiceSupport", dependencies: ["CCurl", "Wire", "DCAPVerification", "PlatformSimulator", crypto],
            path: "Tests/ServiceSupport", swiftSettings: settings),

        // For tests that run programs: processes, and threads of their own to wait for them on.
        .systemLibrary(name: "CSpawn", path: "Tests/CSpawn"),
        .target(
            name: "ProcessSupport", dependencies: ["CSpawn"], path: "Tests/ProcessSupport", swiftSettings: settings),

        // For tests alone: honest logs and requests edited as a liar would, and what may not come of it.
        .target(
            name: "DecisionFuzz",
            dependencies: ["Wire", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", crypto],
            path: "Tests/DecisionFuzz", swiftSettings: pure),
        // The same without end: `make fuzz TARGET=decision`.
        .executableTarget(
            name: "fuzz-decision", dependencies: ["DecisionFuzz"], path: "Tests/fuzz-decision", swiftSettings: settings),

        // For tests alone: the sources of Examples/, seeing what another package sees of us.
        .executableTarget(
            name: "example-verify-quote", dependencies: ["Wire", "DCAPFormats", "DCAPVerification", "Appraisal"],
            path: "Examples/Sources/verify-quote", packageAccess: false, swiftSettings: settings),
        .target(
            name: "ExampleServer",
            dependencies: ["AttestationMiddleware", .product(name: "Hummingbird", package: "hummingbird")],
            path: "Examples/Sources/guarded-server", packageAccess: false, swiftSettings: settings),
        .target(
            name: "DocumentedExamples",
            dependencies: ["Wire", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "MerkleLog"],
            path: "Examples/Sources/in-documentation", packageAccess: false, swiftSettings: settings),

        // Our certificates, CRLs and signatures beside OpenSSL's reading of the same bytes.
        .testTarget(
            name: "OracleTests",
            dependencies: [
                "Wire", "X509Formats", "DCAPFormats", "DCAPVerification", "CorpusSupport", "OpenSSLOracle",
                "PlatformSimulator",
            ],
            swiftSettings: settings),

        // What sentences say, and that none of the sources' lacks its Chinese.
        .testTarget(
            name: "WordsTests",
            dependencies: ["Words", "Wire", "Appraisal", "ResultToken", "AttestationService", "WebAPI"],
            swiftSettings: settings),

        .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: settings),
        // Every vector of the log's specification, a naive recursion as the oracle, every parser under hostile bytes.
        .testTarget(
            name: "MerkleLogTests", dependencies: ["ProcessSupport", "Wire", "MerkleLog", "LogSupport", crypto],
            resources: [.copy("Vectors")],
            swiftSettings: settings),
        .testTarget(
            name: "DCAPFormatsTests", dependencies: ["Wire", "DCAPFormats", "PlatformSimulator", crypto],
            swiftSettings: settings),
        .testTarget(
            name: "PlatformSimulatorTests", dependencies: ["Wire", "DCAPFormats", "PlatformSimulator", crypto],
            swiftSettings: settings),

        // Every check on simulated evidence: each code, each row of dcap section 7, each byte.
        .testTarget(
            name: "DCAPVerificationTests",
            dependencies: ["Wire", "DCAPFormats", "DCAPVerification", "Appraisal", "PlatformSimulator", crypto],
            swiftSettings: settings),

        // Every report and manifest of the corpus by its vectors, canonical XML beside libxml2, every length and byte.
        .testTarget(
            name: "DeviceFormatsTests", dependencies: ["Wire", "DeviceFormats", "CorpusSupport", crypto],
            swiftSettings: settings),
        // Genuine devices, edited ones, and those of a fake NVIDIA: the rows of devices 17 by their number.
        .testTarget(
            name: "DeviceVerificationTests",
            dependencies: ["Wire", "X509Formats", "DeviceFormats", "DeviceVerification", "CorpusSupport", crypto],
            swiftSettings: settings),

        // Every row of event-logs 8, every vector of its section 9, every length and byte.
        .testTarget(
            name: "EventLogTests",
            dependencies: [
                "Wire", "EventLog", "Appraisal", "CorpusSupport", "DCAPFormats", "EventLogSupport", "PlatformSimulator",
                crypto,
            ], swiftSettings: settings),

        .testTarget(
            name: "AppraisalTests",
            dependencies: [
                "ProcessSupport",
                "Wire", "Words", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "PlatformSimulator",
                crypto,
            ],
            swiftSettings: settings),

        // Collateral over real HTTP from a simulated service, with everything that can go wrong on the way.
        .testTarget(
            name: "CollateralServiceTests",
            dependencies: [
                "CollateralService", "DatabaseFiles", "StateStore", "Wire", "DCAPFormats", "DCAPVerification",
                "PlatformSimulator", "ServiceSupport", "ProcessSupport",
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: settings),

        .testTarget(
            name: "KeyCustodyTests",
            dependencies: [
                "KeyCustody", "Wire", "ServiceSupport", crypto,
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], swiftSettings: settings),

        .testTarget(
            name: "ResultTokenTests",
            dependencies: [
                "ResultToken", "KeyCustody", "Appraisal", "DCAPFormats", "DCAPVerification", "EventLog", "Wire",
                "PlatformSimulator", "ServiceSupport", "ProcessSupport", "TokenVectors", crypto,
            ], swiftSettings: settings),

        .testTarget(
            name: "ServiceConfigurationTests", dependencies: ["ServiceConfiguration", "DCAPFormats", "Wire"],
            swiftSettings: settings),

        .testTarget(
            name: "GuestMeasurementTests", dependencies: ["GuestMeasurement", "Wire", crypto], swiftSettings: settings),

        // Everything the service decides, with clocks and collateral in the test's hand, real databases, and no socket.
        .testTarget(
            name: "AttestationServiceTests",
            dependencies: [
                "AttestationService", "AuditStore", "CollateralService", "DatabaseFiles", "KeyCustody", "Records",
                "StateStore",
                "LogAudit",
                "Wire", "Words", "DCAPFormats", "DCAPVerification", "Appraisal", "MerkleLog", "ResultToken",
                "PlatformSimulator", "ProcessSupport", "ServiceSupport", crypto,
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: settings),

        // The whole service on real ports beside a simulated PCCS, and the program that runs it.
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "assay", "AttestationMiddleware", "AttestationService", "AuditStore",
                "CollateralService", "DatabaseFiles", "ServiceConfiguration", "StateStore",
                "Wire", "Words", "WebAPI", "DCAPFormats", "DCAPVerification", "Appraisal", "PlatformSimulator",
                "CorpusSupport",
                "Records", "LogAudit", "MerkleLog", "ResultToken", "ServiceSupport", "ProcessSupport",
                "TokenVectors", crypto,
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: settings),

        // Every step of a commit fails, every file is tampered with, everything is asked.
        .testTarget(
            name: "AuditStoreTests",
            dependencies: [
                "AuditStore", "DatabaseFiles", "MerkleLog", "ProcessSupport", "Records", "Wire", crypto,
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),

        // What must survive a restart, on a file that is full, locked, cut off, older, or another program's.
        .testTarget(
            name: "StateStoreTests",
            dependencies: [
                "StateStore", "DatabaseFiles", "Wire", .product(name: "GRDB", package: "GRDB.swift"),
            ], swiftSettings: settings),

        // Every verdict on simulator and corpus, judged again from its bundle; and no changed byte confirmed.
        .testTarget(
            name: "RecordsTests",
            dependencies: [
                "ProcessSupport",
                "Wire", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "MerkleLog", "Records",
                "ResultToken",
                "LogSupport", "PlatformSimulator", "CorpusSupport", crypto,
            ],
            swiftSettings: settings),

        // A monitor against logs that behave and logs that do not.
        .testTarget(
            name: "LogAuditTests", dependencies: ["Wire", "MerkleLog", "LogAudit", "LogSupport"],
            swiftSettings: settings),

        // The programs as processes: exit codes, messages, what a person sees.
        .testTarget(
            name: "ProgramTests",
            dependencies: [
                "ProcessSupport", "assay", "assay-sim", "example-verify-quote", "DocumentedExamples", "Wire",
                "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "PlatformSimulator", "MerkleLog",
                "LogSupport", crypto,
            ],
            swiftSettings: settings),

        // The pages, driven in a real browser.
        .testTarget(
            name: "BrowserTests", dependencies: ["CorpusSupport", "ProcessSupport", "assay", "assay-sim"],
            path: "Tests/browser",
            exclude: [
                "browsing.py", "faulty.py", "mocklog.py", "screenshots.py", "test_access.py", "test_clients.py",
                "test_log.py",
                "test_verify.py",
                "world.py",
            ], swiftSettings: settings),

        // What runs in browsers, run in Node on every case that is judged here.
        .testTarget(
            name: "JavaScriptTests",
            dependencies: [
                "ProcessSupport", "embed-text",
                "Wire", "DCAPFormats", "DCAPVerification", "Appraisal", "PlatformSimulator", "CorpusSupport", crypto,
            ],
            swiftSettings: settings),

        // What no edit of a log or a request may bring about, whatever is drawn.
        .testTarget(
            name: "DecisionPropertyTests",
            dependencies: [
                "Wire", "DCAPFormats", "DCAPVerification", "EventLog", "Appraisal", "DecisionFuzz", "PlatformSimulator",
                "CorpusSupport", crypto,
            ],
            swiftSettings: settings),

        // Every quote, bundle and broken piece of the corpus, against what peers and the specification say.
        .testTarget(
            name: "CorpusTests",
            dependencies: [
                "CorpusSupport", "Wire", "Words", "DCAPFormats", "DCAPVerification", "Appraisal", "EventLog",
            ],
            exclude: ["divergences.json"], swiftSettings: settings),
    ]
)
