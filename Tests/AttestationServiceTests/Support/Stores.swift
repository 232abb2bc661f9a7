import Appraisal
import AttestationService
import AuditStore
import DatabaseFiles
import Foundation
import KeyCustody
import MerkleLog
import ServiceSupport
import StateStore
import Testing
import Wire

/// The databases and keys of a service, opened as `assay serve` opens them. Nothing else here opens a store.
struct Stores: Sendable {
    let keys: KeyStore
    let ring: KeyRing
    let recorder: VerdictRecorder
    let state: StateStore
    var spent: SpentChallenges { state.challenges }
    var versions: DocumentVersions { state.documents }

    /// A disk of a busy machine is slow, and no test is about that.
    private static let patience = Duration.seconds(3_600)

    /// Keys take long to make: each service gets these files, old enough for every clock.
    private static let keyFiles = Result { () throws -> [String: [UInt8]] in
        let folder = try ScratchFolder()
        _ = try KeyStore(path: folder.path + "/keys").open(at: Instant(seconds: 1_577_836_800))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/keys")
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try folder.read("keys/\($0)")) })
    }

    init(
        in folder: ScratchFolder, _ time: TimeInHand, origin: String, retentionDays: Int64,
        edit: (inout ArchiveSettings) -> Void = { _ in }, _ room: DiskRoom = .unlimited
    ) async throws {
        let data = try Self.data(in: folder)
        keys = try KeyStore(path: data + "/keys")
        ring = try keys.open(at: time.now)
        let lock = try ProcessLock(folder: data)
        Ballast(folder: data).release(room)
        state = try StateStore(in: lock, room: room)
        let log = try Self.log(data, lock, origin, keys, time, room)
        var archive = ArchiveSettings(retentionDays: retentionDays)
        archive.patience = Self.patience
        archive.room = room
        edit(&archive)
        do {
            try await log.begin()
            recorder = VerdictRecorder(
                log: log,
                archive: try EvidenceArchive(path: data + "/evidence.db", archive),
                index: try QueryIndex(
                    path: data + "/query.db", origin: log.origin, signedSize: log.tree.size, room: room),
                verifier: VerifierIdentity(
                    name: "assay", version: "0.0.0", binarySHA256: MerkleHash(), ruleset: Ruleset.current),
                clocks: time.clocks)
        } catch {
            await BlockingWork.run { log.stop() }
            throw error
        }
    }

    /// The stores alone, as a command has them, and closed again.
    static func opened<Value: Sendable>(
        in folder: ScratchFolder, _ time: TimeInHand, origin: String, _ body: (Stores) async throws -> Value
    ) async throws -> Value {
        let stores = try await Stores(in: folder, time, origin: origin, retentionDays: 400)
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(stores))
        } catch {
            result = .failure(error)
        }
        await stores.recorder.stop()
        stores.state.close()
        return try result.get()
    }

    static func state(in folder: ScratchFolder) -> String { folder.path + "/data/state.db" }

    private static func data(in folder: ScratchFolder) throws -> String {
        let data = folder.path + "/data"
        guard !FileManager.default.fileExists(atPath: data) else { return data }
        try FileManager.default.createDirectory(
            atPath: data + "/keys", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for (name, bytes) in try keyFiles.get() {
            let file = try folder.write(bytes, to: "data/keys/\(name)")
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        }
        return data
    }

    private static func log(
        _ data: String, _ lock: ProcessLock, _ origin: String, _ keys: KeyStore, _ time: TimeInHand,
        _ room: DiskRoom
    ) throws -> AuditLog {
        var settings = LogSettings(
            folder: data, origin: nil, standardOrigin: origin, now: { time.logged },
            fatal: { why in Issue.record("the audit log: \(why)") })
        settings.lock = lock
        settings.freeBytes = room.freeBytes
        settings.minimumFreeBytes = room.reserve
        settings.resumeFreeBytes = 2 * room.reserve
        settings.clockDefect = { time.defect }
        settings.patience = patience
        @Sendable func signer(_ key: CheckpointKey) -> LogSigner {
            LogSigner(publicKey: key.publicKey) { try key.sign($0) }
        }
        return try AuditLog.open(
            settings,
            keys: LogKeySource(
                existing: { try keys.checkpointKey().map(signer) }, make: { signer(try keys.makeCheckpointKey()) }))
    }
}
