public import DCAPFormats
public import Wire

/// A quote whose every signature, link and level holds: what we *know*, without judgement. Only this module makes one.
///
/// A status other than UpToDate, expired collateral, a debug bit: all of these are facts here. Whether they are
/// acceptable is a policy's question, and the policy cannot be skipped by mistake, because nothing here is called valid.
public struct VerifiedQuote: Sendable {
    public let quote: Quote
    /// The T of every check.
    public let time: Instant
    public let platform: PlatformIdentity
    public let tcb: TCBEvaluation
    /// What was established about the collateral; it can serve further quotes (see `Verifier`).
    public let endorsements: VerifiedPlatform
    public let isUnderIntelRoot: Bool

    public var collateral: CollateralFacts { endorsements.facts }
    public var expiredItems: [CollateralFacts.Item] { collateral.expired(at: time) }
    public var collateralExpired: Bool { collateral.earliestExpiration <= time }

    /// Every check of dcap section 5, passed, or without object in this quote.
    public var checks: [Check] { CheckList.verified(self) }

    init(_ quote: Quote, _ platform: VerifiedPlatform, _ tcb: TCBEvaluation, at time: Instant, isUnderIntelRoot: Bool) {
        self.quote = quote
        self.time = time
        self.platform = platform.identity
        self.tcb = tcb
        endorsements = platform
        self.isUnderIntelRoot = isUnderIntelRoot
    }
}

/// Which machine this is, as its PCK certificate says.
public struct PlatformIdentity: Hashable, Sendable {
    public let authority: CertificateAuthority
    public let extensionValues: PCKExtension

    public var fmspc: FixedBytes<6> { extensionValues.fmspc }
    public var pceID: FixedBytes<2> { extensionValues.pceID }
    public var sgxType: PCKExtension.SGXType { extensionValues.sgxType }
}
