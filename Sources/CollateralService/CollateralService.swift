import DCAPFormats
package import DCAPVerification
import HTTPClient
package import Logging
package import StateStore
import Synchronization
public import Wire

/// Collateral for every platform that asks: from memory, from the store, or from a service, whole and verified.
///
/// One fetch per platform kind at a time, whoever waits for it; refreshed ahead of need; what has passed its signed date
/// is served only where no service can replace it, and the verdict then says so from the dates themselves.
public final class CollateralService: Sendable {
    private struct State {
        var sets: [CollateralKey: CollateralSet] = [:]
        var refreshes: [CollateralKey: Task<Result<CollateralSet, CollateralFailure>, Never>] = [:]
        var failures: [CollateralKey: (failure: CollateralFailure, until: ContinuousClock.Instant)] = [:]
        var isStopped = false
        var listeners: [@Sendable (CollateralKey) -> Void] = []
    }

    public let settings: CollateralSettings
    private let verifier: Verifier
    private let store: CollateralCache
    private let fetcher: SetFetcher
    private let state = Mutex(State())
    private let logger: Logger

    /// Fetches for this many platform kinds at once; more is told to come again. The FMSPC of a request is certified
    /// before it gets here, so this takes that many real machines of different kinds.
    private static let refreshLimit = 32

    package init(
        settings: CollateralSettings, verifier: Verifier, store: CollateralCache, logger: Logger
    ) throws(CollateralFailure) {
        let transport = try Self.transport()
        self.settings = settings
        self.verifier = verifier
        self.store = store
        self.logger = logger
        fetcher = SetFetcher(transport: transport, settings: settings, verifier: verifier, logger: logger)
    }

    /// What is in memory and in date: the quick way, without waiting. Starts a refresh where one is due.
    public func current(_ key: CollateralKey, at time: Instant) -> CollateralSet? {
        guard let set = state.withLock({ $0.sets[key] }), time < set.collateral.nextUpdate else { return nil }
        if isDue(set, at: time), !hasRecentFailure(key) { _ = refresh(key, at: time) }
        return set
    }

    /// The set for platforms of one kind, fetched where it must be.
    ///
    /// - Parameter time: T of the submission: documents must have been issued by then.
    public func collateral(
        for key: CollateralKey, at time: Instant
    ) async throws(CollateralFailure) -> CollateralSet {
        if let set = current(key, at: time) { return set }
        let (stale, failure) = state.withLock { state in (state.sets[key], Self.recentFailure(of: key, &state)) }
        if let failure {
            guard let stale else { throw failure }
            return stale
        }
        guard let task = refresh(key, at: time) else {
            if let stale { return stale }
            throw CollateralFailure(
                .collateralUnavailable, service: "", item: "service",
                detail: "too many kinds of platform are being fetched at once", retryAfterSeconds: 1)
        }
        switch await task.value {
        case .success(let set): return set
        case .failure(let failure):
            guard let stale else { throw failure }
            return stale
        }
    }

    /// Fetches now, whatever is held: for operators (`assay collateral fetch`) and checks at start.
    public func fetch(_ key: CollateralKey, at time: Instant) async throws(CollateralFailure) -> CollateralSet {
        let set = try await fetcher.fetch(key, at: time) { set async throws(CollateralFailure) in
            try await store.accept(set, for: key, settings.update)
        }
        keep(set, for: key)
        return set
    }

    /// What is held in memory, for readiness and metrics.
    public var sets: [(key: CollateralKey, set: CollateralSet)] {
        state.withLock { $0.sets.map { ($0.key, $0.value) } }
    }

    /// What the store holds for `key`, verified anew; `nil` where there is nothing, or nothing that still verifies.
    package func stored(_ key: CollateralKey, at time: Instant) async throws(StateFailure) -> CollateralSet? {
        guard let stored = try await store.load(key, settings.update),
            let collateral = try? verifier.verify(stored.source, of: key.authority, at: time)
        else { return nil }
        var early: VerifiedCollateral?
        if settings.update == .standard, let source = try await store.load(key, .early)?.source {
            early = try? verifier.verify(source, of: key.authority, at: time)
        }
        return CollateralSet(collateral: collateral, early: early, service: stored.service, fetched: stored.fetched)
    }

    /// Every platform kind the store knows.
    package func storedKeys() async throws(StateFailure) -> [CollateralKey] { try await store.keys() }

    /// Fetches again what is due, once. To be called every minute or so, so that no request ever waits for it.
    public func refreshDue(at time: Instant) {
        for (key, set) in sets where isDue(set, at: time) && !hasRecentFailure(key) { _ = refresh(key, at: time) }
    }

    /// Ends what is under way; nothing is fetched afterwards.
    public func stop() {
        let tasks = state.withLock { state in
            state.isStopped = true
            return Array(state.refreshes.values)
        }
        for task in tasks { task.cancel() }
    }

    private func isDue(_ set: CollateralSet, at time: Instant) -> Bool {
        time >= set.fetched.advanced(bySeconds: settings.refreshAfterSeconds) || time >= set.collateral.nextUpdate
    }

    private func hasRecentFailure(_ key: CollateralKey) -> Bool {
        state.withLock { Self.recentFailure(of: key, &$0) != nil }
    }

    private static func recentFailure(of key: CollateralKey, _ state: inout State) -> CollateralFailure? {
        guard let (failure, until) = state.failures[key] else { return nil }
        guard ContinuousClock.now < until else {
            state.failures[key] = nil
            return nil
        }
        return failure
    }

    /// The one refresh of this key: started, or joined. `nil` where no more are taken.
    private func refresh(
        _ key: CollateralKey, at time: Instant
    ) -> Task<Result<CollateralSet, CollateralFailure>, Never>? {
        state.withLock { state in
            if let running = state.refreshes[key] { return running }
            guard !state.isStopped, state.refreshes.count < Self.refreshLimit else { return nil }
            let task = Task { await self.renew(key, at: time) }
            state.refreshes[key] = task
            return task
        }
    }

    private func renew(_ key: CollateralKey, at time: Instant) async -> Result<CollateralSet, CollateralFailure> {
        let isKnown = state.withLock { $0.sets[key] != nil }
        // After a restart the store may hold what is wanted.
        var fallback: CollateralSet?
        if !isKnown {
            fallback = try? await stored(key, at: time)
            if let fallback, !isDue(fallback, at: time) { return finish(key, .success(fallback)) }
        }
        do throws(CollateralFailure) {
            return finish(key, .success(try await fetch(key, at: time)))
        } catch {
            if let fallback { keep(fallback, for: key) }
            return finish(key, .failure(error), fallback)
        }
    }

    private func finish(
        _ key: CollateralKey, _ result: Result<CollateralSet, CollateralFailure>, _ fallback: CollateralSet? = nil
    ) -> Result<CollateralSet, CollateralFailure> {
        if case .success(let set) = result { keep(set, for: key) }
        state.withLock { state in
            state.refreshes[key] = nil
            if case .failure(let failure) = result, settings.failureRetentionSeconds > 0 {
                if state.failures.count > settings.capacity { state.failures = [:] }
                state.failures[key] = (failure, .now + .seconds(settings.failureRetentionSeconds))
            } else {
                state.failures[key] = nil
            }
        }
        guard case .failure = result, let fallback else { return result }
        return .success(fallback)
    }

    /// Called when platforms of a kind have other documents than before, or the first since the start; never for the same
    /// ones fetched again. Must return at once.
    public func onChange(_ listener: @escaping @Sendable (CollateralKey) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    private func keep(_ set: CollateralSet, for key: CollateralKey) {
        let listeners: [@Sendable (CollateralKey) -> Void] = state.withLock { state in
            let isChanged = state.sets[key]?.collateral.source != set.collateral.source
            state.sets[key] = set
            // The store still has the one that goes.
            if state.sets.count > settings.capacity,
                let oldest = state.sets.filter({ $0.key != key }).min(by: { $0.value.fetched < $1.value.fetched })
            {
                state.sets[oldest.key] = nil
            }
            return isChanged ? state.listeners : []
        }
        for listener in listeners { listener(key) }
    }
}
