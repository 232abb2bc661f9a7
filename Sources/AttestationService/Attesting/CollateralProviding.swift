package import CollateralService
package import Wire

/// Collateral by kind of platform, held and renewed: what the service needs of `CollateralService`, and what a test holds in
/// its hand.
package protocol CollateralProviding: Sendable {
    /// The most kinds of platform that are held at once.
    var capacity: Int { get }
    /// What is held, in date or not.
    var sets: [(key: CollateralKey, set: CollateralSet)] { get }
    /// What is held and in date. Must not wait.
    func current(_ key: CollateralKey, at time: Instant) -> CollateralSet?
    /// The set for platforms of one kind, fetched where it must be.
    func collateral(for key: CollateralKey, at time: Instant) async throws(CollateralFailure) -> CollateralSet
    /// Begins to fetch again what is due.
    func refreshDue(at time: Instant)
    /// `listener` is called when platforms of a kind have other documents than before; it must return at once.
    func onChange(_ listener: @escaping @Sendable (CollateralKey) -> Void)
}

extension CollateralService: CollateralProviding {
    package var capacity: Int { settings.capacity }
}
