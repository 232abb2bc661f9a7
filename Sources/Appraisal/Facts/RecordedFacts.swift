public import DCAPFormats
public import DCAPVerification
public import Wire

/// The verified record of dcap 5.9: everything a policy reads, and nothing else. Made from a quote that verified, or read
/// back from a log, so that a policy can be tried on what was judged before (`appraise(_:under:…)`).
///
/// It is no proof of anything: only a `VerifiedQuote` is. Read back, it is what the log says was verified.
public struct RecordedFacts: Hashable, Sendable {
    /// T.
    public let time: Instant
    public let quoteVersion: UInt16
    public let bodyType: QuoteBodyType
    /// The report as the quote has it; its fields are read from these bytes alone.
    public let bodyBytes: [UInt8]
    public let body: Quote.Body
    public let tcb: TCBEvaluation
    public let collateral: CollateralFacts
    public let platform: PlatformFacts
    public let isUnderIntelRoot: Bool

    public init(_ quote: VerifiedQuote) {
        time = quote.time
        quoteVersion = quote.quote.header.version
        bodyType = quote.quote.bodyType
        bodyBytes = Array(quote.quote.bodyBytes)
        body = quote.quote.body
        tcb = quote.tcb
        collateral = quote.collateral
        platform = PlatformFacts(quote.platform)
        isUnderIntelRoot = quote.isUnderIntelRoot
    }

    package init(
        time: Instant, quoteVersion: UInt16, bodyType: QuoteBodyType, bodyBytes: [UInt8], body: Quote.Body,
        tcb: TCBEvaluation, collateral: CollateralFacts, platform: PlatformFacts, isUnderIntelRoot: Bool
    ) {
        self.time = time
        self.quoteVersion = quoteVersion
        self.bodyType = bodyType
        self.bodyBytes = bodyBytes
        self.body = body
        self.tcb = tcb
        self.collateral = collateral
        self.platform = platform
        self.isUnderIntelRoot = isUnderIntelRoot
    }

    public var tee: TEE { bodyType.tee }

    /// Whether the host may read the memory.
    public var isDebuggable: Bool {
        switch body {
        case .sgx(let report): report.flags.contains(.debug)
        case .td(let report): report.tdAttributes.contains(.debug)
        }
    }

    public var reportData: FixedBytes<64> {
        switch body {
        case .sgx(let report): report.reportData
        case .td(let report): report.reportData
        }
    }

    var expiredItems: [CollateralFacts.Item] { collateral.expired(at: time) }
    var isCollateralExpired: Bool { collateral.earliestExpiration <= time }
}
