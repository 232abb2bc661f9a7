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
        _ configuration: ServiceConfiguration, _ recorder: VerdictRecorder, issuer: String, events: VerdictEvents
    ) throws -> AuditSurface {
        var auditors = Auditors()
        if let file = configuration.auditTokensFile {
            let bytes = try InputFile.read(file, limit: Limits.jsonBytes, what: "auditors' tokens")
            do throws(Auditors.Defect) {
                auditors = try Auditors(parsing: String(decoding: bytes, as: UTF8.self), scopes: [.read, .evidence])
            } catch {
                throw Problem.usage("audit.tokens_file \(file): \(error.sentence)")
            }
        }
        return AuditSurface(
            log: recorder.log, index: recorder.index, archive: recorder.archive,
            visibility: AuditSurface.Visibility(rawValue: configuration.auditVisibility) ?? .auditors,
            auditors: auditors, scheme: issuer.hasPrefix("https://") ? "https" : "http",
            events: events)
    }

    /// Who has a budget of their own.
    static func callers(_ configuration: ServiceConfiguration) throws -> Callers {
        guard let file = configuration.callersFile else { return Callers() }
        let bytes = try InputFile.read(file, limit: Limits.jsonBytes, what: "callers")
        do throws(Callers.Defect) {
            return try Callers(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw Problem.usage("limits.callers_file \(file): \(error.sentence)")
        }
    }

    static func makeDataFolder(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem.undecided("data \(path): the folder cannot be made; name one that can be written")
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
            throw LogDefect(error).map { Problem($0) } ?? Problem.undecided(error.sentence)
        }
    }

    static func state(
        _ configuration: ServiceConfiguration, _ lock: ProcessLock, _ room: DiskRoom
    ) throws -> StateStore {
        try opened(configuration) { () throws(StateFailure) in try StateStore(in: lock, room: room) }
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

    /// The keys of a data folder; none is made.
    static func keyStore(_ configuration: ServiceConfiguration) throws -> KeyStore {
        var passphrase: [UInt8]?
        if let file = configuration.passphraseFile {
            let bytes = try InputFile.read(file, limit: 4_096, what: "passphrase")
            passphrase = Array(bytes.prefix { $0 != 0x0A && $0 != 0x0D })
        }
        do throws(KeyError) {
            return try KeyStore(path: configuration.data + "/keys", passphrase: passphrase)
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    static func keys(
        _ configuration: ServiceConfiguration, at now: Instant
    ) throws -> (KeyStore, KeyRing) {
        let store = try keyStore(configuration)
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
            return (store, ring)
        } catch {
            throw Problem.undecided("keys in \(configuration.data)/keys: \(error.sentence)")
        }
    }

    static func webhooks(
        _ configuration: ServiceConfiguration, _ recorder: VerdictRecorder, _ cursors: WebhookCursors,
        _ clocks: Clocks, _ logger: Logger
    ) throws -> Webhooks? {
        guard !configuration.webhookURLs.isEmpty, let file = configuration.webhookSecretFile else { return nil }
        let bytes = try InputFile.read(file, limit: 4_096, what: "webhook secret")
        guard let secret = Webhooks.Secret(String(decoding: bytes.prefix { $0 > 0x20 }, as: UTF8.self)) else {
            throw Problem.usage("webhooks.secret_file \(file): wanted whsec_ and 24 to 64 bytes in base64")
        }
        do {
            return try Webhooks(
                urls: configuration.webhookURLs, secret: secret, log: recorder.log, index: recorder.index,
                cursors: cursors, clocks: clocks, logger: logger)
        } catch {
            throw Problem.undecided("webhooks: \(error)")
        }
    }

    static func challenges(
        _ configuration: ServiceConfiguration, _ store: KeyStore, _ spent: SpentChallenges, issuer: String,
        at now: Instant
    ) throws -> Challenges {
        let lifetime = configuration.challengeLifetimeSeconds
        do throws(KeyError) {
            return Challenges(
                keys: try store.challengeKeys(at: now, overlapSeconds: lifetime), issuer: issuer,
                lifetimeSeconds: lifetime, spent: spent)
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
