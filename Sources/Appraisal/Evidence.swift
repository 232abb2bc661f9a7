public import DCAPFormats
public import DCAPVerification
public import Wire

/// What was submitted about one machine: its quote, read once, and the event log of its boot. Each is hashed once, and
/// whatever names it names it by that hash.
public struct Evidence: Sendable {
    public let quote: Quote
    /// SHA-256 of the canonical quote, which has no padding.
    public let sha256: FixedBytes<32>
    /// As it came; read only once the quote has verified.
    public let eventLog: [UInt8]?
    public let eventLogSHA256: FixedBytes<32>?

    public init(quote: Quote, eventLog: [UInt8]? = nil) {
        self.init(
            quote: quote, sha256: FixedBytes(sha256: quote.bytes[...]), eventLog: eventLog,
            eventLogSHA256: eventLog.map { FixedBytes(sha256: $0[...]) })
    }

    /// Out of a record: the reader has compared the bytes with these hashes.
    package init(
        quote: Quote, sha256: FixedBytes<32>, eventLog: [UInt8]?, eventLogSHA256: FixedBytes<32>?
    ) {
        self.quote = quote
        self.sha256 = sha256
        self.eventLog = eventLog
        self.eventLogSHA256 = eventLogSHA256
    }
}

/// What is at hand of Intel's word about a platform, and how much of it is verified already. That changes how long a
/// verdict takes, and never the verdict.
public enum EndorsementsAtHand: Sendable {
    /// Documents that nothing has verified yet.
    case documents(Collateral)
    /// Documents that were verified for the same PCK CA.
    case verified(VerifiedCollateral)
    /// A platform that was verified before.
    case platform(VerifiedPlatform)
    /// None, and why: the PCK chain does not lead to the root, or no collateral could be had for it.
    case none(Refusal)
}

extension Verifier {
    /// - Parameter time: T, in whole seconds.
    public func verify(_ quote: Quote, with endorsements: EndorsementsAtHand, at time: Instant) -> Verification {
        switch endorsements {
        case .documents(let collateral): verify(quote, using: collateral, at: time)
        case .verified(let collateral): verify(quote, using: collateral, at: time)
        case .platform(let platform): verify(quote, from: platform, at: time)
        case .none(let refusal): .refused(refusal, quote)
        }
    }
}
