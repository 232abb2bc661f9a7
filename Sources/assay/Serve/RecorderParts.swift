import Appraisal
import AttestationService
import AuditStore
import Crypto
import DCAPFormats
import DatabaseFiles
import Foundation
import KeyCustody
import Logging
import MerkleLog
import ServiceConfiguration
import Wire

/// The log, the archive and the index, opened as the configuration says, or why the service must not run.
struct RecorderParts {
    let recorder: VerdictRecorder
    /// `nil` where the configuration names none.
    let witnesses: WitnessRounds?
    private let folder: String

    init(
        _ configuration: ServiceConfiguration, _ lock: ProcessLock, issuer: String, keys: KeyStore, clocks: Clocks,
        patience: Duration, room: DiskRoom, logger: Logger, check: (AuditLog) async throws -> Void
    ) async throws {
        folder = configuration.data
        let log = try Self.log(
            configuration, lock, issuer: issuer, keys: keys, clocks: clocks, patience: patience, room: room,
            logger: logger)
        do {
            // What they have seen is compared while nothing is appended: a signature under an older copy makes a fork.
            witnesses = try await WitnessRounds(configuration, log, clocks: clocks, logger: logger)
            try await witnesses?.compare()
            try await check(log)
        } catch {
            await BlockingWork.run { log.abandon() }
            throw (error as? LogDefect).map { Problem($0, in: configuration.data) } ?? error
        }
        let archive: EvidenceArchive
        do throws(EvidenceFailure) {
            var settings = ArchiveSettings(configuration)
            settings.patience = patience
            settings.room = room
            archive = try EvidenceArchive(path: configuration.data + "/evidence.db", settings)
        } catch {
            throw Problem.undecided("evidence archive: \(error.sentence)")
        }
        let index: QueryIndex
        do throws(QueryIndex.Failure) {
            index = try QueryIndex(
                path: configuration.data + "/query.db", origin: log.origin, signedSize: log.tree.size,
                mostBytes: configuration.auditIndexMaxBytes, room: room)
        } catch {
            throw Problem.undecided("query index: \(error.sentence)")
        }
        recorder = VerdictRecorder(
            log: log, archive: archive, index: index,
            verifier: VerifierIdentity(
                name: "assay", version: Assay.version, binarySHA256: try Self.binaryDigest(), ruleset: Ruleset.current),
            clocks: clocks)
    }

    /// Nothing is appended before.
    func begin() async throws {
        do throws(LogDefect) {
            try await recorder.log.begin()
        } catch {
            throw Problem(error, in: folder)
        }
    }

    static func log(
        _ configuration: ServiceConfiguration, _ lock: ProcessLock, issuer: String, keys: KeyStore, clocks: Clocks,
        patience: Duration, room: DiskRoom, logger: Logger
    ) throws -> AuditLog {
        var settings = LogSettings(
            folder: configuration.data, origin: configuration.auditOrigin,
            standardOrigin: standardOrigin(issuer, at: clocks.wall()), now: clocks.wall,
            fatal: { why in
                // Nothing more may be done with files whose content nobody knows: no handlers, no buffers.
                Terminal.standardError("assay: the audit log: \(why)\n")
                _exit(ServiceExit.storage.rawValue)
            })
        if let predecessor = try Predecessor(of: configuration.data) {
            settings.standardOrigin = predecessor.successor
            settings.predecessor = (predecessor.origin, predecessor.size, predecessor.root)
        }
        settings.lock = lock
        settings.freeBytes = room.freeBytes
        settings.minimumFreeBytes = room.reserve
        settings.resumeFreeBytes = 2 * room.reserve
        settings.clockDefect = clocks.defect
        settings.patience = patience
        settings.notice = { logger.warning("audit log", metadata: ["what": "\($0)"]) }
        do throws(LogDefect) {
            return try AuditLog.open(settings, keys: source(keys))
        } catch {
            throw Problem(error, in: configuration.data)
        }
    }

    private static func source(_ keys: KeyStore) -> LogKeySource {
        @Sendable func signer(_ key: CheckpointKey) -> LogSigner {
            LogSigner(publicKey: key.publicKey) { try key.sign($0) }
        }
        return LogKeySource(
            existing: { try keys.checkpointKey().map(signer) }, make: { signer(try keys.makeCheckpointKey()) })
    }

    /// The issuer without its scheme, and the year: `audit.origin` where nothing is configured.
    private static func standardOrigin(_ issuer: String, at milliseconds: Int64) -> String {
        let rest = issuer.range(of: "://").map { String(issuer[$0.upperBound...]) } ?? issuer
        return rest + "/log/" + Instant(seconds: milliseconds / 1_000).description.prefix(4)
    }

    /// SHA-256 of this program's file, read once.
    private static let binary = Result { () throws -> MerkleHash in
        let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/exe"))
        var hasher = SHA256()
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hasher.update(data: part) }
        return MerkleHash(hasher.finalize())
    }

    private static func binaryDigest() throws -> MerkleHash {
        do {
            return try binary.get()
        } catch {
            throw Problem.undecided("this program cannot read itself, and its digest belongs into the log")
        }
    }
}

extension ArchiveSettings {
    init(_ configuration: ServiceConfiguration) {
        self.init(
            retentionDays: configuration.auditRetentionDays,
            rejectRetentionDays: configuration.auditRejectRetentionDays)
        rejectBytesPerCaller = configuration.auditRejectBytesPerCaller
        rejectBytesPerDay = configuration.auditRejectBytesPerDay
        acceptBytesPerCaller = configuration.auditAcceptBytesPerCaller
        mostBytes = configuration.auditEvidenceMaxBytes
    }
}

extension Problem {
    /// - Parameter folder: The data folder; files are named as they lie in it.
    init(_ defect: LogDefect, in folder: String) {
        let exit: ServiceExit =
            switch defect.kind {
            case .rollback, .fork: .rolledBack
            case .corrupt: .damaged
            case .missing: .missing
            case .held: .held
            case .clockRegression: .clock
            case .unwritable: .notWritable
            case .refused: .foreign
            }
        self = .serving(
            exit,
            "data \(folder): audit log (\(defect.kind.rawValue)): \(defect.sentence.replacing(folder + "/", with: ""))")
    }
}
