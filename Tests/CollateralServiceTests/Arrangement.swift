import CollateralService
import DCAPFormats
import DCAPVerification
import DatabaseFiles
import Logging
import PlatformSimulator
import ServiceSupport
import StateStore
import Wire

/// A collateral service with its store in a folder of its own, in front of simulated services.
struct Arrangement: Sendable {
    let service: CollateralService
    let folder: ScratchFolder
    private let lock: ProcessLock
    private let store: StateStore

    static let key = CollateralKey(
        tee: .tdx, fmspc: FixedBytes<6>(exactly: [0x90, 0xC0, 0x6F, 0, 0, 0]) ?? FixedBytes<6>(), authority: .platform)

    static let unknownKey = CollateralKey(
        tee: .tdx, fmspc: FixedBytes<6>(exactly: [1, 2, 3, 4, 5, 6]) ?? FixedBytes<6>(), authority: .platform)

    /// Quick to try again, patient otherwise: the machine may be busy.
    static var limits: FetchLimits {
        var limits = FetchLimits()
        limits.connectMilliseconds = 20_000
        limits.requestMilliseconds = 60_000
        limits.setMilliseconds = 90_000
        limits.backoffMilliseconds = 5
        return limits
    }

    init(
        _ bases: [String], kind: CollateralAddress.Kind? = nil, folder: ScratchFolder? = nil,
        edit: (inout CollateralSettings) -> Void = { _ in }
    ) throws {
        let folder = try folder ?? ScratchFolder()
        var settings = CollateralSettings(
            services: try bases.map { try CollateralAddress($0, kind: kind, allowingHTTP: true) }, limits: Self.limits,
            failureRetentionSeconds: 0)
        edit(&settings)
        self.folder = folder
        lock = try ProcessLock(folder: folder.path)
        store = try StateStore(in: lock)
        service = try CollateralService(
            settings: settings, verifier: try TestWorld.verifier, store: store.collateral,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Ends this service, and starts another on its folder.
    func restarted(_ bases: [String]) throws -> Arrangement {
        service.stop()
        store.close()
        lock.release()
        return try Arrangement(bases, folder: folder)
    }

    /// What a verdict would be told.
    func answer(_ key: CollateralKey = Self.key, at time: Instant = TestWorld.now) async -> Result<
        CollateralSet, CollateralFailure
    > {
        do throws(CollateralFailure) {
            return .success(try await service.collateral(for: key, at: time))
        } catch {
            return .failure(error)
        }
    }
}

extension Result where Success == CollateralSet, Failure == CollateralFailure {
    var failure: CollateralFailure? { if case .failure(let failure) = self { failure } else { nil } }
    var set: CollateralSet? { try? get() }
}

extension SimulatedPCCS {
    /// How often each item was asked for, the early editions apart.
    func count(_ item: PCCSItem, early: Bool = false) -> Int {
        requests.count { $0.item == item && $0.target.contains("update=early") == early }
    }
}
