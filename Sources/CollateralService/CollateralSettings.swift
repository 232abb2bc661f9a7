public import DCAPFormats

/// Which services are asked, in which order, and how.
public struct CollateralSettings: Sendable {
    public var services: [CollateralAddress]
    /// A PEM file of the only roots to trust for TLS to the services; `nil` for the system's.
    public var certificateAuthorityFile: String?
    public var update: CollateralUpdate
    /// A set older than this is fetched again, while it goes on serving (dcap 3.9.5).
    public var refreshAfterSeconds: Int64
    public var limits: FetchLimits
    /// How long a failure is remembered, so that a platform nobody knows does not become a flood of requests; at most 60.
    public var failureRetentionSeconds: Int64
    /// The most platforms whose sets are held in memory; the store holds them all.
    public var capacity: Int

    public init(
        services: [CollateralAddress], certificateAuthorityFile: String? = nil, update: CollateralUpdate = .standard,
        refreshAfterSeconds: Int64 = 21_600, limits: FetchLimits = FetchLimits(), failureRetentionSeconds: Int64 = 5,
        capacity: Int = 512
    ) {
        self.services = services
        self.certificateAuthorityFile = certificateAuthorityFile
        self.update = update
        self.refreshAfterSeconds = refreshAfterSeconds
        self.limits = limits
        self.failureRetentionSeconds = min(failureRetentionSeconds, 60)
        self.capacity = capacity
    }
}
