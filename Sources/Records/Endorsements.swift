public import DCAPFormats
public import DCAPVerification
import Synchronization

/// A verified collateral set in use, and where it came from. A class, because being the same set is what the cache asks.
public final class Endorsements: Sendable {
    public let collateral: VerifiedCollateral
    /// The newest documents for the same platforms, for forecasts.
    public let early: VerifiedCollateral?
    /// The service that served the set, as verdicts name it.
    public let source: String
    private let record = Mutex<[String: RecordedCollateral]>([:])

    public init(collateral: VerifiedCollateral, early: VerifiedCollateral?, source: String) {
        self.collateral = collateral
        self.early = early
        self.source = source
    }

    /// The set as the archive keeps it: hashed once, however many verdicts rest on it.
    public func recorded(tee: String) -> RecordedCollateral {
        if let known = record.withLock({ $0[tee] }) { return known }
        let made = RecordedCollateral(collateral, early: early, tee: tee)
        record.withLock { $0[tee] = made }
        return made
    }
}

/// No endorsements could be had. Never says anything about the evidence.
public struct EndorsementFailure: Error, Hashable, Sendable {
    /// One of the `COLLATERAL_*` codes, or `INTERNAL`.
    public let code: ErrorCode
    public let detail: String
    public let isRetryable: Bool
    public let retryAfterSeconds: Int?

    public init(code: ErrorCode, detail: String, isRetryable: Bool, retryAfterSeconds: Int?) {
        self.code = code
        self.detail = detail
        self.isRetryable = isRetryable
        self.retryAfterSeconds = retryAfterSeconds
    }
}
