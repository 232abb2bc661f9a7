import Appraisal
import AttestationService
import AuditStore
import CollateralService
import DCAPFormats
import DCAPVerification
import DatabaseFiles
import Foundation
import Hummingbird
import KeyCustody
import Logging
import NIOSSL
import ResultToken
import ServiceConfiguration
import ServiceLifecycle
import StateStore
import UnixSignals
import WebAPI
import Wire

/// Everything that `assay serve` runs, made from its configuration and joined. What cannot be made is a `Problem` with the
/// way out.
struct Service {
    let configuration: ServiceConfiguration
    let logger: Logger
    let issuer: String
    let collateral: CollateralService
    let witnesses: WitnessRounds?
    private let state: StateStore
    private let service: AttestationService
    private let keyStore: KeyStore
    private let reappraisal: Reappraisal
    private let events: VerdictEvents
    /// Those that are configured.
    private let webhooks: Webhooks?
    private let context: ServiceContext
    private let metrics: ServiceMetrics
    private let admin: AdminSurface?
    private let patience: Patience
    private let room: DiskRoom
    private let inputs: ServiceInputs
    private let ports: ReservedPorts

    /// Milliseconds since 1970. There is no switch for it: a service that can be told the time can be told a lie.
    static let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
    /// The same in whole seconds, for commands.
    static var now: Instant { Instant(seconds: clock() / 1_000) }

    /// - Parameters:
    ///   - now: The clock; the program's own but in tests.
    ///   - patience: More than the program's where a test counts.
    init(
        _ configuration: ServiceConfiguration, now given: (@Sendable () -> Int64)? = nil,
        patience: Patience = Patience(), room: DiskRoom? = nil
    ) async throws {
        let room = room ?? DiskRoom(folder: configuration.data)
        self.room = room
        self.configuration = configuration
        self.patience = patience
        // A clock in a test's hand goes as the test wants.
        let clocks = given.map { Clocks.machine(wall: $0) } ?? .watching(wall: Self.clock)
        let (clock, machine) = (clocks.wall, given == nil ? MachineClock.now : nil)
        let logger = Self.logger(configuration)
        self.logger = logger
        let issuer = configuration.effectiveIssuer
        self.issuer = issuer
        for warning in ServiceInputs.warnings(configuration, issuer: issuer) { logger.warning("\(warning)") }
        let now = Instant(seconds: clock() / 1_000)
        // First what leaves no trace: files are read, ports are bound. A start that fails has written nothing.
        let inputs = try ServiceInputs(configuration)
        self.inputs = inputs
        ports = try await ReservedPorts(configuration)
        try Self.makeDataFolder(configuration.data)
        let lock = try Self.lock(configuration)
        Ballast(folder: configuration.data).release(room)
        let verifier = inputs.verifier
        let keyStore = try Self.keyStore(configuration, inputs.passphrase)
        self.keyStore = keyStore
        try Self.checkBinding(configuration, keyStore, nil)
        var start = StartMark(after: nil)
        let parts = try await RecorderParts(
            configuration, lock, issuer: issuer, keys: keyStore, clocks: clocks, patience: patience.disk, room: room,
            logger: logger
        ) { log in
            try Self.checkBinding(configuration, keyStore, log)
            start = try await DataFolder(path: configuration.data, log: log).check(clock(), machine)
        }
        let recorder = parts.recorder
        witnesses = parts.witnesses
        let state: StateStore
        let ring: KeyRing
        let challenges: Challenges
        do {
            state = try Self.state(configuration, lock, room)
            try await Self.check(inputs.policies, state.documents, recorder.log)
            ring = try Self.keys(configuration, keyStore, at: now)
            challenges = try await Self.challenges(configuration, keyStore, state, issuer: issuer, at: now)
            collateral = try Self.collateral(configuration, state, verifier, logger, patience)
            try Self.bind(configuration, keyStore, to: recorder.log)
            try await Self.remember(start, machine, configuration, state, recorder.log)
            try await parts.begin()
        } catch {
            await recorder.abandon()
            throw error
        }
        try await Self.recordActs(state.notes, recorder)
        self.state = state
        let tokens = try await Self.tokens(configuration, issuer: issuer, ring, recorder, at: clock())
        let budget = CallerBudget(
            CallerBudget.Rate(perMinute: configuration.callerPerMinute, burst: configuration.callerBurst),
            own: inputs.callers.rates, clocks: clocks)
        let administration = try await Self.administration(inputs.policies, state.documents, recorder, clocks)
        service = AttestationService(
            verifier: verifier, clocks: clocks, policies: administration.inForce, tokens: tokens,
            challenges: challenges, endorsing: EndorsementSource(collateral), recorder: recorder,
            limits: AttestationService.Limits(
                concurrentVerdicts: configuration.concurrentVerdicts, repeats: configuration.repeats),
            budget: budget, work: WorkPool(patience: patience.work, clocks: clocks), logger: logger)
        let events = VerdictEvents(clocks)
        let webhooks = try Self.webhooks(
            configuration, inputs.webhookSecret, recorder, state.webhooks, clocks, logger)
        (self.events, self.webhooks) = (events, webhooks)
        reappraisal = Reappraisal(
            Reappraisal.Dependencies(
                service: service, lifetimeSeconds: configuration.tokenLifetimeSeconds,
                onChange: {
                    events.announce()
                    webhooks?.announce()
                }, logger: logger))
        let memory = MemoryBudget(bytes: configuration.memoryMebibytes << 20)
        context = ServiceContext(
            issuer: issuer, version: Assay.version, service: service, logger: logger,
            audit: Self.surface(configuration, inputs.auditors, recorder, issuer: issuer, events: events),
            memory: memory)
        metrics = ServiceMetrics { [service, reappraisal, witnesses] in
            [service.underWay, service.work.gauge, service.repeatedGauge] + memory.gauges + service.collateralGauges
                + recorder.gauges + reappraisal.gauges
                + (webhooks?.gauges ?? [])
                + (witnesses?.gauges ?? [])
                + [Gauge("events_followers", "Streams of /v1/events.", Int64(events.count))]
        }
        admin =
            configuration.adminListen == nil
            ? nil
            : Self.adminSurface(configuration, inputs.administrators, administration, service, keyStore, logger)
        Ballast(folder: configuration.data).keep(beside: room.reserve, room)
        if !verifier.anchor.isIntel {
            logger.warning("the trust root is NOT Intel's: every verdict says so, and none is worth anything to others")
        }
    }

    /// Serves until SIGTERM or SIGINT; what is under way is finished first.
    func run() async throws {
        let (logger, host, scheme) = (logger, configuration.listen.host, configuration.scheme)
        let application = try application { port in
            logger.info("listening", metadata: ["url": "\(scheme)://\(host):\(port)"])
        }
        var services: [any ServiceLifecycle.Service] = [application, housekeeping]
        if let admin = try adminApplication(onRunning: { port in
            logger.info("listening for administrators", metadata: ["port": "\(port)"])
        }) {
            services.append(admin)
        }
        if let witnesses { services.append(witnesses) }
        await ports.release()
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.graceSeconds)
        try await ServiceGroup(configuration: group).run()
        await stop()
        logger.info("stopped")
    }

    /// What is judged by now, and what a change of it sets off.
    var policies: PoliciesInForce { service.policies }

    /// Closes what is open, in order: a caller that runs the application by itself calls this after it.
    func stop() async {
        events.close()
        await reappraisal.stop()
        await webhooks?.stop()
        collateral.stop()
        await BlockingWork.run { [state] in state.close() }
        // Releases the data folder.
        await service.recorder.stop()
        // For the next start, whatever fills the disk meanwhile.
        await BlockingWork.run { [configuration, room] in
            Ballast(folder: configuration.data).keep(beside: 0, room)
        }
    }

    /// The public listener.
    ///
    /// - Parameter onRunning: Called once, with the port that is bound.
    func application(
        onRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<PublicResponder> {
        var settings = PublicListener.Settings(
            host: configuration.listen.host, port: configuration.listen.port, tls: inputs.tls,
            crossOrigin: CrossOriginPolicy(origins: configuration.origins.map { .listed(Set($0)) } ?? .any),
            trustedProxies: TrustedProxies(addresses: Set(configuration.trustedProxies)))
        settings.callers = inputs.callers
        settings.connections = configuration.connections
        settings.connectionsPerClient = configuration.connectionsPerClient
        settings.idleSeconds = patience.idleSeconds
        webhooks?.start()
        reappraisal.start(following: collateral)
        return try PublicListener.application(context, settings, observation: metrics, onRunning: onRunning)
    }

    /// For tests, which look into it.
    var auditLog: AuditLog { service.recorder.log }
    var evidenceArchive: EvidenceArchive { service.recorder.archive }
    var log: AuditLog { auditLog }

    /// The admin listener; `nil` where it is off.
    ///
    /// - Parameter onRunning: Called once, with the port that is bound.
    func adminApplication(
        onRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<PublicResponder>? {
        guard let admin, let address = configuration.adminListen else { return nil }
        // The certificate is for the service's name, by which nobody calls the loopback address.
        return try AdminListener.application(
            context, admin, host: address.host, port: address.port, tls: address.isLoopback ? nil : inputs.tls,
            observation: metrics, onRunning: onRunning)
    }

    private var housekeeping: Housekeeping {
        Housekeeping(
            service: service, keys: keyStore, accesses: context.audit.accesses,
            challengeLifetimeSeconds: configuration.challengeLifetimeSeconds, logger: logger)
    }
}

extension ServiceConfiguration {
    /// The one in tokens.
    var effectiveIssuer: String { issuer ?? "\(scheme)://\(listen.text)" }
    var scheme: String { certificateFile == nil ? "http" : "https" }

    /// `nil`: plain HTTP.
    func tls() throws -> TLSConfiguration? {
        guard let certificateFile, let keyFile else { return nil }
        try SecretFile.check(keyFile, setting: "tls.key")
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
            let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            tls.minimumTLSVersion = .tlsv12
            return tls
        } catch {
            throw Problem.usage("tls.cert \(certificateFile), tls.key \(keyFile): not a PEM chain and its private key")
        }
    }
}
