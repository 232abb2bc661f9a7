import AttestationService
import DCAPFormats
import DCAPVerification
import PlatformSimulator
import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import CollateralService

/// Collateral of the simulated world without a service that serves it: a test says what there is, and when it changes.
final class CollateralInHand: CollateralProviding {
    private struct State {
        /// What a service would send now.
        var served: [CollateralKey: CollateralSet] = [:]
        var held: [CollateralKey: CollateralSet] = [:]
        var failure: CollateralFailure?
        var fetches = 0
        var onFetch: (@Sendable () async -> Void)?
        var listeners: [@Sendable (CollateralKey) -> Void] = []
    }

    static let source = "https://pccs.example"
    private let state = Mutex(State())

    /// Healthy documents for these machines.
    init(_ kinds: QuoteKind...) throws {
        for kind in kinds { try serve(try Self.healthy(kind)) }
    }

    // MARK: What there is

    func serve(_ set: CollateralSet) throws {
        let key = Self.key(of: set)
        state.withLock { $0.served[key] = set }
    }

    /// Another edition is published, and has come.
    func renew(_ set: CollateralSet) throws {
        try serve(set)
        let key = Self.key(of: set)
        let listeners = state.withLock { state in
            state.held[key] = set
            return state.listeners
        }
        for listener in listeners { listener(key) }
    }

    /// Nothing can be had until `failure` is `nil`; what is held stays.
    func fail(_ failure: CollateralFailure?) { state.withLock { $0.failure = failure } }

    /// A process that ends forgets what it held, and who listened.
    func forget() {
        state.withLock { state in
            state.held = [:]
            state.listeners = []
        }
    }

    /// Called whenever a set is asked for; while there is something to call, nothing is at hand.
    func onFetch(_ body: (@Sendable () async -> Void)?) { state.withLock { $0.onFetch = body } }

    /// How often a set was asked for that was not at hand.
    var fetches: Int { state.withLock { $0.fetches } }

    // MARK: CollateralProviding

    var capacity: Int { 64 }
    var sets: [(key: CollateralKey, set: CollateralSet)] { state.withLock { $0.held.map { ($0.key, $0.value) } } }

    func current(_ key: CollateralKey, at time: Instant) -> CollateralSet? {
        state.withLock { state in
            guard state.onFetch == nil, let set = state.held[key], time < set.collateral.nextUpdate else { return nil }
            return set
        }
    }

    func collateral(for key: CollateralKey, at time: Instant) async throws(CollateralFailure) -> CollateralSet {
        let body = state.withLock { state in
            state.fetches += 1
            return state.onFetch
        }
        await body?()
        let (failure, set) = state.withLock { state in
            if state.failure == nil, let served = state.served[key] { state.held[key] = served }
            return (state.failure, state.held[key])
        }
        if let set { return set }
        throw failure ?? Self.unavailable
    }

    func refreshDue(at time: Instant) {}

    func onChange(_ listener: @escaping @Sendable (CollateralKey) -> Void) {
        state.withLock { $0.listeners.append(listener) }
    }

    // MARK: Editions

    static let unavailable = CollateralFailure(
        .collateralUnavailable, service: source, item: "tcb_info", detail: "status 503", retryAfterSeconds: 11)

    private static let made = Mutex<[String: CollateralSet]>([:])

    /// Made once: signatures take their time.
    private static func edition(_ name: String, _ make: () throws -> CollateralSet) throws -> CollateralSet {
        if let known = made.withLock({ $0[name] }) { return known }
        let set = try make()
        made.withLock { $0[name] = set }
        return set
    }

    static func healthy(_ kind: QuoteKind = .tdx15V5) throws -> CollateralSet {
        try edition("healthy \(kind.rawValue)") {
            let recipe = try TestWorld.world.recipe(for: kind)
            return try set(
                try TestWorld.evidence(kind).collateral, recipe.pckAuthority,
                early: try recipe.earlyEdition.build().collateral)
        }
    }

    /// Intel's next recovery: the machine is out of date from now on.
    static func recovery() throws -> CollateralSet {
        try edition("recovery") {
            let recipe = try TestWorld.world.recipe(for: .tdx15V5)
            return try set(try recipe.earlyEdition.build().collateral, recipe.pckAuthority)
        }
    }

    /// The machine's certificate is on the list of those that are revoked.
    static func revocation() throws -> CollateralSet {
        try edition("revocation") {
            var recipe = try TestWorld.world.recipe(for: .tdx15V5)
            var list = try TestWorld.world.pckCRL(of: .platform)
            list.revoke(recipe.leaf.serial)
            recipe.pckCRL = list
            return try set(try recipe.build().collateral, recipe.pckAuthority)
        }
    }

    private static func set(
        _ documents: SimulatedCollateral, _ authority: PCKAuthority, early: SimulatedCollateral? = nil
    ) throws -> CollateralSet {
        let authority = try #require(CertificateAuthority(rawValue: authority.rawValue))
        func verified(_ documents: SimulatedCollateral) throws -> VerifiedCollateral {
            try TestWorld.verifier.verify(
                try Collateral(bundle: documents.bundleJSON), of: authority, at: TestWorld.today)
        }
        return CollateralSet(
            collateral: try verified(documents), early: try early.map(verified), service: source,
            fetched: TestWorld.today)
    }

    private static func key(of set: CollateralSet) -> CollateralKey {
        CollateralKey(tee: set.collateral.tee, fmspc: set.collateral.fmspc, authority: set.collateral.authority)
    }
}
