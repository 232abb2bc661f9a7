import Appraisal
import AttestationService
import AuditStore
import CollateralService
import DCAPFormats
import DCAPVerification
import DatabaseFiles
import Foundation
import KeyCustody
import Logging
import MerkleLog
import Records
import ResultToken
import ServiceConfiguration
import StateStore
import WebAPI
import Wire

/// How each part of the service is made from its configuration, or why it cannot be.
extension Service {
    /// Who may ask what of the log.
    static func surface(
        _ configuration: ServiceConfiguration, _ auditors: Auditors, _ recorder: VerdictRecorder, issuer: String,
        events: VerdictEvents
    ) -> AuditSurface {
        return AuditSurface(
            log: recorder.log, index: recorder.index, archive: recorder.archive,
            visibility: AuditSurface.Visibility(rawValue: configuration.auditVisibility) ?? .auditors,
            auditors: auditors, scheme: issuer.hasPrefix("https://") ? "https" : "http",
            events: events)
    }

    static func makeDataFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem.serving(.notWritable, "data \(path): the folder cannot be made; name one that can be written")
        }
    }

    static func anchor(_ configuration: ServiceConfiguration) throws -> TrustAnchor {
        guard let file = configuration.trustRootFile else { return .intel }
        let bytes = try InputFile.read(file, limit: Limits.certificateBytes * 2, what: "root certificate")
        do {
            return try TrustAnchor(certificate: bytes)
        } catch {
            throw Problem.usage("trust_root \(file): not a root certificate (\(error.field): found \(error.found))")
        }
    }

    /// The data folder, for this process alone: nothing in it is opened before.
    static func lock(_ configuration: ServiceConfiguration) throws -> ProcessLock {
        do throws(DatabaseDefect) {
            return try ProcessLock(folder: configuration.data)
        } catch {
            throw LogDefect(error).map { Problem($0, in: configuration.data) } ?? Problem.undecided(error.sentence)
        }
    }

    /// The start is written down where each can be missed: beside the guard, in state.db, and in the log last.
    static func remember(
        _ start: StartMark, _ machine: MachineClock?, _ configuration: ServiceConfiguration, _ state: StateStore,
        _ log: AuditLog
    ) async throws {
        try LastStart(start, machine, in: configuration.data).write(in: configuration.data)
        try await DataFolder.storage(configuration.data) { () async throws(StateFailure) in
            try await state.notes.set(start: start)
            try await state.notes.set(.clockUntil, nil)
        }
        do throws(LogDefect) {
            try await log.set(start: start)
        } catch {
            throw Problem(error, in: configuration.data)
        }
    }

    /// What commands did while no service ran, in the log before anything else is.
    static func recordActs(_ notes: StateNotes, _ recorder: VerdictRecorder) async throws {
        do {
            for act in try await notes.acts() {
                try await recorder.record(act: act.action, on: act.subject)
                try await notes.remove(act)
            }
        } catch {
            await recorder.stop()
            throw Problem.undecided("what was done while the service stood still cannot be put into the log: \(error)")
        }
    }

    /// - Parameter room: `nil`: of the data folder as it is.
    static func state(
        _ configuration: ServiceConfiguration, _ lock: ProcessLock, _ room: DiskRoom? = nil
    ) throws -> StateStore {
        let room = room ?? DiskRoom(folder: configuration.data)
        return try opened(configuration) { () throws(StateFailure) in try StateStore(in: lock, room: room) }
    }

    /// `state.db`, or why it cannot be opened.
    static func opened(
        _ configuration: ServiceConfiguration, _ open: () throws(StateFailure) -> StateStore
    ) throws -> StateStore {
        do throws(StateFailure) {
            return try open()
        } catch {
            throw Problem.undecided("data \(configuration.data): state.db cannot be opened: \(error.sentence)")
        }
    }

    static func collateral(
        _ configuration: ServiceConfiguration, _ state: StateStore, _ verifier: Verifier, _ logger: Logger,
        _ patience: Patience = Patience()
    ) throws -> CollateralService {
        var settings = CollateralSettings(configuration)
        settings.limits = patience.fetches
        settings.failureRetentionSeconds = patience.failureRetentionSeconds
        do throws(CollateralFailure) {
            return try CollateralService(
                settings: settings, verifier: verifier, store: state.collateral,
                logger: logger)
        } catch {
            throw Problem.undecided(error.detail)
        }
    }

    static func keyStore(_ configuration: ServiceConfiguration, _ passphrase: [UInt8]?) throws -> KeyStore {
        do throws(KeyError) {
            return try KeyStore(path: configuration.data + "/keys", passphrase: passphrase)
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    /// One log for one issuer's keys: with a second one a token that is revoked here is active there, a challenge is good
    /// twice, and nobody finds the verdict of a token. Asked before a log is made, and again of the log that is there.
    ///
    /// - Parameter log: `nil` before it is opened.
    static func checkBinding(_ configuration: ServiceConfiguration, _ store: KeyStore, _ log: AuditLog?) throws {
        let bound: String?
        do throws(KeyError) {
            bound = try store.boundLog()
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
        guard let bound else { return }
        if let log {
            guard !bound.hasSameBytes(as: log.key.text) else { return }
        } else {
            // What is missing beside the log's own key is the log's to say.
            guard DatabaseFile.condition(of: configuration.data + "/log.db", readsAll: false) == .missing,
                !InputFile.isPresent(configuration.data + "/keys/log.pem")
            else { return }
        }
        let name = bound.prefix { $0 != "+" }
        throw Problem.serving(
            .foreign,
            "data \(configuration.data): the keys in keys/keys.json belong to the log \(name), and \(log.map { "log.db is \($0.key.name)" } ?? "there is no log here"). "
                + "One issuer has one log and one process: end this one and send its traffic to the other; or give this folder "
                + "keys and an issuer of its own; or, where the other is gone, restore its data folder (assay restore)")
    }

    /// The keys' first log: from now on they are good for no other.
    static func bind(_ configuration: ServiceConfiguration, _ store: KeyStore, to log: AuditLog) throws {
        do throws(KeyError) {
            if try store.boundLog() == nil { try store.bind(toLog: log.key.text) }
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    /// The keys of tokens; those that are not there yet are made.
    static func keys(
        _ configuration: ServiceConfiguration, _ store: KeyStore, at now: Instant
    ) throws -> KeyRing {
        do throws(KeyError) {
            let wanted = SignatureAlgorithm(rawValue: configuration.tokenAlgorithm) ?? .es256
            // Before any file is made: the first key of its algorithm signs at once, a later one after its notice.
            if let uri = configuration.tokenKeyURI {
                _ = try store.adopt(
                    storeURI: uri, for: wanted, at: now, overlapSeconds: configuration.tokenLifetimeSeconds + 60)
            }
            var ring = try store.open(at: now)
            if ring.signer(for: wanted, at: now) == nil {
                ring = try store.rotate(wanted, at: now, overlapSeconds: configuration.tokenLifetimeSeconds + 60)
            }
            return ring
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    static func webhooks(
        _ configuration: ServiceConfiguration, _ secret: Webhooks.Secret?, _ recorder: VerdictRecorder,
        _ cursors: WebhookCursors, _ clocks: Clocks, _ logger: Logger
    ) throws -> Webhooks? {
        guard let secret else { return nil }
        do {
            return try Webhooks(
                urls: configuration.webhookURLs, secret: secret, log: recorder.log, index: recorder.index,
                cursors: cursors, clocks: clocks, logger: logger)
        } catch {
            throw Problem.undecided("webhooks: \(error)")
        }
    }

    static func challenges(
        _ configuration: ServiceConfiguration, _ store: KeyStore, _ state: StateStore, issuer: String,
        at now: Instant
    ) async throws -> Challenges {
        let known = try await DataFolder.storage(configuration.data) { () async throws(StateFailure) in
            try await state.notes.number(.challengesFrom)
        }
        let lifetime = configuration.challengeLifetimeSeconds
        do throws(KeyError) {
            return Challenges(
                keys: try store.challengeKeys(at: now, overlapSeconds: lifetime), issuer: issuer,
                lifetimeSeconds: lifetime, spent: state.challenges, knownFrom: known.map { Instant(seconds: $0) })
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    static func logger(_ configuration: ServiceConfiguration) -> Logger {
        let level = Logger.Level(rawValue: configuration.logLevel) ?? .info
        let isJSON = configuration.logFormat == "json"
        return Logger(label: "assay") { _ in LineLogHandler(logLevel: level, isJSON: isJSON) }
    }

    /// What signs, with its keys in the log before their first token, and what the log says of tokens that live.
    static func tokens(
        _ configuration: ServiceConfiguration, issuer: String, _ ring: KeyRing, _ recorder: VerdictRecorder,
        at milliseconds: Int64
    ) async throws -> TokenIssuer {
        do throws(AppendFailure) {
            try await recorder.announce(ring: ring, at: milliseconds)
        } catch {
            throw Problem.undecided("audit log: \(error.sentence)")
        }
        let statuses = TokenStatuses()
        do {
            let feed = ReappraisalFeed(log: recorder.log, index: recorder.index)
            try await statuses.restore(feed, recorder.log.reader, at: milliseconds)
            let first = try LogEntry(leaf: try await recorder.log.reader.leaf(at: 0))
            if case .genesis(let genesis) = first.body, genesis.previousOrigin != nil {
                statuses.follow(from: first.timeMilliseconds)
            }
        } catch {
            throw Problem.undecided("audit log: which tokens were revoked cannot be read: \(error)")
        }
        return TokenIssuer(
            ring: ring, issuer: issuer, verifier: recorder.verifier,
            lifetimeSeconds: configuration.tokenLifetimeSeconds,
            nativeAlgorithm: SignatureAlgorithm(rawValue: configuration.tokenAlgorithm) ?? .es256,
            statuses: statuses,
            lists: StatusLists(issuer: issuer, key: recorder.log.cursorKey, statuses: statuses))
    }
}
