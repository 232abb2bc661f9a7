import Appraisal
import AttestationPipeline
import AuditStore
import CollateralService
import DCAPFormats
import DCAPVerification
import Foundation
import Hummingbird
import KeyCustody
import Logging
import NIOSSL
import ResultToken
import ServiceConfiguration
import ServiceLifecycle
import UnixSignals
import WebAPI
import Wire

/// Everything `assay serve` runs, made from its configuration. Whatever cannot be made is a `Problem` with the way out.
struct Service {
    let configuration: ServiceConfiguration
    let logger: Logger
    let issuer: String
    let collateral: CollateralService
    private let tokens: TokenService
    private let challenges: ChallengeService
    private let keyStore: KeyStore
    private let trail: AuditTrail
    private let reappraisal: Reappraisal
    private let events: VerdictEvents
    /// Those that are configured.
    private let webhooks: Webhooks?
    let witnesses: WitnessRounds?
    var log: AuditLog { trail.log }
    private let context: ServiceContext
    private let metrics: ServiceMetrics
    private let admin: AdminSurface?
    private let clock: @Sendable () -> Int64

    /// Milliseconds since 1970. There is no switch for it: a service that can be told the time can be told a lie.
    static let clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
    /// The same in whole seconds, for commands.
    static var now: Instant { Instant(seconds: clock() / 1_000) }

    /// - Parameter now: The clock; the program's own but in tests.
    init(_ configuration: ServiceConfiguration, now clock: @escaping @Sendable () -> Int64 = Self.clock) async throws {
        self.configuration = configuration
        self.clock = clock
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let isJSON = configuration.logFormat == "json"
        let logger = Logger(label: "assay") { _ in LineLogHandler(logLevel: level, isJSON: isJSON) }
        self.logger = logger
        let scheme = configuration.certificateFile == nil ? "http" : "https"
        let issuer = configuration.issuer ?? "\(scheme)://\(configuration.listen.text)"
        self.issuer = issuer
        let now = Instant(seconds: clock() / 1_000)
        try Self.makeDataFolder(configuration.data)
        let anchor = try Self.anchor(configuration)
        let verifier = Verifier(trusting: anchor)
        let base = try PolicyFolder.read(configuration.policies, standard: configuration.policy)
        let collateral = try Self.collateral(configuration, verifier, logger)
        self.collateral = collateral
        let (keyStore, ring) = try Self.keys(configuration, at: now)
        self.keyStore = keyStore
        let challenges = try Self.challenges(configuration, keyStore, issuer: issuer, at: now)
        self.challenges = challenges
        let trail = try await AuditTrail.open(
            configuration, issuer: issuer, keys: keyStore, now: clock, logger: logger)
        self.trail = trail
        let witnesses = trail.witnesses
        self.witnesses = witnesses
        do throws(AppendFailure) {
            try await trail.announce(ring: ring, at: clock())
        } catch {
            throw Problem.undecided("audit log: \(error.sentence)")
        }
        let standings = Standings()
        do {
            let feed = ReappraisalFeed(log: trail.log, index: trail.index)
            try await standings.restore(feed, trail.log.reader, at: clock())
        } catch {
            throw Problem.undecided("audit log: which tokens were revoked cannot be read: \(error)")
        }
        let tokens = TokenService(
            ring: ring, issuer: issuer, verifier: trail.verifier,
            lifetimeSeconds: configuration.tokenLifetimeSeconds,
            nativeAlgorithm: SignatureAlgorithm(rawValue: configuration.tokenAlgorithm) ?? .es256,
            standings: standings,
            lists: StatusLists(issuer: issuer, key: trail.log.cursorKey, standings: standings))
        self.tokens = tokens
        let administration = try await Self.administration(base, configuration, trail, clock)
        let surface = try Self.surface(configuration, trail, issuer: issuer)
        self.events = surface.events
        let shelf = EndorsementShelf(collateral)
        let pipeline = AttestationPipeline(verifier: verifier, effects: Self.effects(shelf, trail))
        let policies = administration.inForce
        let webhooks = try Self.webhooks(configuration, trail, clock, logger)
        self.webhooks = webhooks
        let reappraisal = Reappraisal(
            Reappraisal.Means(
                pipeline: pipeline, policies: policies, shelf: shelf, trail: trail, standings: standings,
                lifetimeSeconds: configuration.tokenLifetimeSeconds,
                onFlip: {
                    surface.events.announce()
                    webhooks?.announce()
                }, now: clock, logger: logger))
        self.reappraisal = reappraisal
        context = ServiceContext(
            issuer: issuer, version: Assay.version,
            pipeline: pipeline, policies: policies,
            tokens: TokenEffects(
                draft: { judgement, audience throws(HTTPProblem) in try tokens.draft(judgement, for: audience) },
                keySet: { now throws(HTTPProblem) in tokens.ring.keySet(at: Instant(seconds: now / 1_000)) },
                history: { now throws(HTTPProblem) in tokens.ring.history(at: Instant(seconds: now / 1_000)) },
                introspect: { token, demands, now throws(HTTPProblem) in
                    try tokens.introspect(token, demands, at: Instant(seconds: now / 1_000))
                },
                statusList: { list, now throws(HTTPProblem) in
                    try tokens.statusList(list, at: Instant(seconds: now / 1_000))
                }),
            challenges: ChallengeEffects(
                issue: { now in challenges.issue(atMilliseconds: now) },
                open: { token, now throws(HTTPProblem) in
                    try challenges.open(token, at: Instant(seconds: now / 1_000))
                },
                spend: { challenge, now async throws(HTTPProblem) in
                    try await challenges.spend(challenge, at: Instant(seconds: now / 1_000))
                }),
            now: clock,
            readiness: { now in
                Readiness.report(
                    collateral: collateral, tokens: tokens, log: trail.log, policies: policies.current, anchor: anchor,
                    atMilliseconds: now)
            },
            heldCollateral: { platform in
                let key = CollateralKey(platform)
                return collateral.sets.first { $0.key == key }?.set.collateral.source
            }, logger: logger, audit: surface)
        metrics = ServiceMetrics(concurrentVerdicts: configuration.concurrentVerdicts) {
            Readiness.gauges(collateral, at: Instant(seconds: clock() / 1_000)) + trail.gauges
                + reappraisal.gauges + (webhooks?.gauges ?? []) + (witnesses?.gauges ?? []) + [
                    ("events_followers", "Streams of /v1/events.", Int64(surface.events.count))
                ]
        }
        admin = try configuration.adminListen.map { _ in
            try Self.adminSurface(configuration, administration, trail, keyStore, tokens, clock)
        }
        if !anchor.isIntel {
            logger.warning("the trust root is NOT Intel's: every verdict says so, and none is worth anything to others")
        }
    }

    /// Serves until SIGTERM or SIGINT; what is under way is finished first.
    func run() async throws {
        let logger = logger
        let host = configuration.listen.host
        let scheme = configuration.certificateFile == nil ? "http" : "https"
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
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(configuration.graceSeconds)
        try await ServiceGroup(configuration: group).run()
        await stop()
        logger.info("stopped")
    }

    /// What is judged by now, and what a change of it sets off.
    var policies: PoliciesInForce { context.policies }

    /// Closes what is open, in order: whoever runs the application by itself calls this after it.
    func stop() async {
        events.close()
        await reappraisal.stop()
        await webhooks?.stop()
        await trail.stop()
        collateral.stop()
    }

    /// The public listener.
    ///
    /// - Parameter onRunning: Called once, with the port that is bound.
    func application(
        onRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<PublicResponder> {
        var settings = PublicListener.Settings(
            host: configuration.listen.host, port: configuration.listen.port, tls: try tls(),
            crossOrigin: CrossOriginPolicy(origins: configuration.origins.map { .listed(Set($0)) } ?? .any),
            trustedProxies: TrustedProxies(addresses: Set(configuration.trustedProxies)))
        settings.connections = configuration.connections
        webhooks?.start()
        reappraisal.start(following: collateral)
        return try PublicListener.application(context, settings, observation: metrics, onRunning: onRunning)
    }

    /// For tests, which look into it.
    var auditLog: AuditLog { trail.log }
    var evidenceArchive: EvidenceArchive { trail.archive }

    /// The admin listener; `nil` where it is off.
    ///
    /// - Parameter onRunning: Called once, with the port that is bound.
    func adminApplication(
        onRunning: @escaping @Sendable (Int) async -> Void
    ) throws -> Application<PublicResponder>? {
        guard let admin, let address = configuration.adminListen else { return nil }
        // The certificate is for the service's name, by which nobody calls the loopback address.
        return try AdminListener.application(
            context, admin, host: address.host, port: address.port, tls: address.isLoopback ? nil : try tls(),
            observation: metrics, onRunning: onRunning)
    }

    private var housekeeping: Housekeeping {
        let (collateral, tokens, keyStore, logger) = (collateral, tokens, keyStore, logger)
        let (challenges, challengeLifetime) = (challenges, configuration.challengeLifetimeSeconds)
        let (trail, metrics, context, clock) = (trail, metrics, context, clock)
        return Housekeeping(
            refreshCollateral: { collateral.refreshDue(at: Instant(seconds: clock() / 1_000)) },
            readKeys: {
                let now = Instant(seconds: clock() / 1_000)
                do throws(KeyError) {
                    challenges.replace(try keyStore.challengeKeys(at: now, overlapSeconds: challengeLifetime))
                    return try keyStore.open(at: now)
                } catch {
                    logger.error("the keys cannot be read; those in use stay", metadata: ["reason": "\(error)"])
                    return nil
                }
            },
            useKeys: { ring in
                do throws(AppendFailure) {
                    try await trail.announce(ring)
                    tokens.replace(ring)
                } catch {
                    logger.error(
                        "new keys are not in the log; those in use stay", metadata: ["reason": "\(error.sentence)"])
                }
            },
            summarize: { from, to in
                let counts = metrics.takeTurnedAway()
                await trail.summarize(malformed: counts.malformed, rateLimited: counts.rateLimited, from: from, to: to)
            },
            hourly: { from, to in
                if let audit = context.audit { await trail.recordAccesses(audit.takeAccesses(), from: from, to: to) }
                await trail.purge()
            }, now: clock)
    }

    private func tls() throws -> TLSConfiguration? {
        guard let certificateFile = configuration.certificateFile, let keyFile = configuration.keyFile else {
            return nil
        }
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

extension KeyError {
    /// For the operator: what is wrong, never the key.
    var sentence: String {
        switch self {
        case .unreadable(let reason): "the key cannot be read: \(reason)"
        case .unsupportedKind(let kind): kind
        case .unsupportedAlgorithm(let algorithm, let kind):
            "a \(kind.rawValue) key does not sign \(algorithm.rawValue)"
        case .signing(let reason): "the key does not sign: \(reason)"
        case .store(let reason): reason
        }
    }
}
