import Appraisal
import AuditStore
import DCAPVerification
import DatabaseFiles
import Foundation
import KeyCustody
import LogAudit
import Logging
import MerkleLog
import PlatformSimulator
import ResultToken
import ServiceSupport
import StateStore
import Synchronization
import Testing
import Wire

@testable import AttestationService

/// What outlives a service: its folder, the time, and what there is of collateral.
struct Surroundings: Sendable {
    let folder: ScratchFolder
    let time: TimeInHand
    let collateral: CollateralInHand
    /// Of the disk that the folder is on, as a test says.
    var room: DiskRoom
    /// Bytes that are free there, where no real disk is asked.
    let disk: DiskInHand

    init(_ collateral: CollateralInHand? = nil) throws {
        folder = try ScratchFolder()
        let disk = DiskInHand()
        self.disk = disk
        room = DiskRoom { disk.free }
        time = TimeInHand(TestWorld.today.advanced(bySeconds: 43_200))
        self.collateral = try collateral ?? CollateralInHand(.tdx15V5)
    }

    /// Somebody from outside looks through the log of a service at rest.
    func check(trusting trust: TrustPolicy? = nil) async throws -> FileSystemCheck.Report {
        let database = try DatabaseSource(path: folder.path + "/data/log.db")
        return try await FileSystemCheck(database, trusting: trust).run()
    }

    /// A database that is lost.
    func remove(_ name: String) {
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: folder.path + "/data/" + name + suffix)
        }
    }
}

/// The room on a disk that there is only in a test.
final class DiskInHand: Sendable {
    private let bytes = Mutex<Int64>(1 << 40)
    var free: Int64 { bytes.withLock { $0 } }
    func set(_ free: Int64) { bytes.withLock { $0 = free } }
}

/// A whole service in a folder of its own: real databases and keys, time and collateral in the test's hand, no socket.
struct TestService: Sendable {
    struct Settings: Sendable {
        /// What lies in the folder of policies.
        var policies: [Policy] = []
        var references: [ReferenceSet] = []
        var standard = "strict"
        var concurrentVerdicts = 64
        /// Most tests ask the same more than once, and mean several verdicts.
        var repeats = 0
        var lifetimeSeconds: Int64 = 3_600
        var retentionDays: Int64 = 400
        /// What the archive keeps, and how much.
        var archive: @Sendable (inout ArchiveSettings) -> Void = { _ in }
    }

    static let issuer = "https://attest.example.cn"
    static let challengeLifetimeSeconds: Int64 = 120

    let surroundings: Surroundings
    let stores: Stores
    let service: AttestationService
    let policies: PolicyAdministration
    let keys: KeyAdministration
    let evidence: EvidenceAdministration
    let reappraisal: Reappraisal
    /// How often re-appraisal told of a change.
    let told: Tally

    var time: TimeInHand { surroundings.time }
    var disk: DiskInHand { surroundings.disk }
    var collateral: CollateralInHand { surroundings.collateral }
    var log: AuditLog { stores.recorder.log }

    /// Starts a service, has it used, and stops it in order.
    static func run<Value: Sendable>(
        _ settings: Settings = Settings(), in surroundings: Surroundings? = nil,
        _ body: (TestService) async throws -> Value
    ) async throws -> Value {
        let service = try await TestService(settings, try surroundings ?? Surroundings())
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(service))
        } catch {
            result = .failure(error)
        }
        await service.stop()
        return try result.get()
    }

    private init(_ settings: Settings, _ surroundings: Surroundings) async throws {
        let (time, clocks) = (surroundings.time, surroundings.time.clocks)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let stores = try await Stores(
            in: surroundings.folder, time, origin: "attest.example.cn/log", retentionDays: settings.retentionDays,
            edit: settings.archive, surroundings.room)
        let recorder = stores.recorder
        surroundings.collateral.forget()
        // What is assigned before an error is thrown would stay, and its folder with it.
        let policies: PolicyAdministration
        let service: AttestationService
        do {
            let tokens = try await Self.tokens(settings, stores, at: time.milliseconds)
            policies = try await PolicyAdministration(
                base: Self.base(settings), versions: stores.versions, log: recorder.log, archive: recorder.archive,
                clocks: clocks)
            let challenges = Challenges(
                keys: try stores.keys.challengeKeys(at: time.now, overlapSeconds: Self.challengeLifetimeSeconds),
                issuer: Self.issuer, lifetimeSeconds: Self.challengeLifetimeSeconds, spent: stores.spent)
            service = AttestationService(
                verifier: try TestWorld.verifier, clocks: clocks, policies: policies.inForce, tokens: tokens,
                challenges: challenges, endorsing: EndorsementSource(surroundings.collateral), recorder: recorder,
                limits: AttestationService.Limits(
                    concurrentVerdicts: settings.concurrentVerdicts, repeats: settings.repeats), logger: logger)
        } catch {
            await recorder.stop()
            stores.state.close()
            throw error
        }
        self.surroundings = surroundings
        self.stores = stores
        self.policies = policies
        self.service = service
        keys = KeyAdministration(
            store: stores.keys, tokens: service.tokens, recorder: recorder,
            overlapSeconds: settings.lifetimeSeconds + 60)
        evidence = EvidenceAdministration(recorder: recorder, clocks: clocks, logger: logger)
        let told = Tally()
        self.told = told
        reappraisal = Reappraisal(
            Reappraisal.Dependencies(
                service: service, lifetimeSeconds: settings.lifetimeSeconds, onChange: { told.add() },
                logger: logger))
    }

    private func stop() async {
        await reappraisal.stop()
        await stores.recorder.stop()
        stores.state.close()
    }

    private static func base(_ settings: Settings) -> PolicyBase {
        let ids = settings.policies.map(\.id)
        return PolicyBase(
            policies: settings.policies + Policy.builtIn.filter { !ids.contains($0.id) },
            references: ReferenceLibrary(settings.references), standard: settings.standard)
    }

    private static func tokens(
        _ settings: Settings, _ stores: Stores, at milliseconds: Int64
    ) async throws -> TokenIssuer {
        let recorder = stores.recorder
        try await recorder.announce(ring: stores.ring, at: milliseconds)
        let statuses = TokenStatuses()
        try await statuses.restore(
            ReappraisalFeed(log: recorder.log, index: recorder.index), recorder.log.reader, at: milliseconds)
        return TokenIssuer(
            ring: stores.ring, issuer: issuer, verifier: recorder.verifier, lifetimeSeconds: settings.lifetimeSeconds,
            nativeAlgorithm: .es256, statuses: statuses,
            lists: StatusLists(issuer: issuer, key: recorder.log.cursorKey, statuses: statuses))
    }
}
