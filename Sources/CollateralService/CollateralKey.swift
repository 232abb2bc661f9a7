public import DCAPFormats
public import DCAPVerification
public import Wire

/// Which platforms a set of collateral is for.
public struct CollateralKey: Hashable, Sendable {
    public let tee: TEE
    public let fmspc: FixedBytes<6>
    public let authority: CertificateAuthority

    public init(tee: TEE, fmspc: FixedBytes<6>, authority: CertificateAuthority) {
        self.tee = tee
        self.fmspc = fmspc
        self.authority = authority
    }

    /// What a quote says of itself, checked or not: a key opens a drawer and proves nothing.
    public init(_ claimed: ClaimedPlatform) {
        self.init(tee: claimed.tee, fmspc: claimed.fmspc, authority: claimed.authority)
    }

    public init(_ quote: AnchoredQuote) {
        self.init(tee: quote.quote.tee, fmspc: quote.platform.fmspc, authority: quote.platform.authority)
    }
}

/// A verified set, and how we came by it.
public struct CollateralSet: Sendable {
    public let collateral: VerifiedCollateral
    /// The same platforms under the newest documents, for forecasts; `nil` where the service had none.
    public let early: VerifiedCollateral?
    /// Base URL of the service.
    public let service: String
    /// When it was fetched, not when it was signed.
    public let fetched: Instant
}

/// Why there is no collateral. A failure of the world: nothing is said about any quote.
public struct CollateralFailure: Error, Hashable, Sendable {
    /// One of the `COLLATERAL_*` codes (dcap 0.5).
    public let code: ErrorCode
    /// Base URL of the last service asked; empty where none was.
    public let service: String
    /// `tcb_info`, `pck_crl` …: the item that failed.
    public let item: String
    /// What happened, in words: no body, no header, nothing secret.
    public let detail: String
    /// Seconds after which another try may succeed, where that is known.
    public let retryAfterSeconds: Int?

    public init(_ code: ErrorCode, service: String, item: String, detail: String, retryAfterSeconds: Int? = nil) {
        self.code = code
        self.service = service
        self.item = item
        self.detail = detail
        self.retryAfterSeconds = retryAfterSeconds
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var isRetryable: Bool {
        switch code {
        case .collateralUnavailable, .collateralRateLimited: true
        default: false
        }
    }
}
