import Wire

/// Limits of dcap 3.9.3 and 3.9.4.
public struct FetchLimits: Hashable, Sendable {
    public var connectMilliseconds = 3_000
    public var requestMilliseconds = 10_000
    /// For the whole set, retries and waits within it.
    public var setMilliseconds = 30_000
    public var retries = 2
    /// First wait before a retry; doubled each time, and spread by as much again at random.
    public var backoffMilliseconds = 200
    /// A `Retry-After` longer than this is not waited for.
    public var longestRetryAfterSeconds = 10

    public init() {}
}
