/// Every cap on what comes from outside, in one place, each with its reason.
public enum Limits {
    /// Real quotes are 4.5 to 5.0 kB; some drivers pad to 8,000 bytes (dcap 1.1).
    public static let quoteBytes = 65_536
    /// The smallest structurally possible quote: header, SGX report, length, fixed signature data (dcap 1.1).
    public static let quoteMinimumBytes = 1_020
    /// Chains have two or three certificates; more than this is refused before any is decoded (dcap 2.4).
    public static let pemBlocks = 8
    /// A certificate of the hierarchy is 0.6 to 1.3 kB.
    public static let certificateBytes = 16_384
    /// The largest genuine CRL is 7.2 KiB and growing; the fetch limit of dcap 3.9.
    public static let crlBytes = 8 * 1_048_576
    /// Signed JSON documents are at most 10 kB today (dcap 4.1).
    public static let jsonBytes = 1_048_576
    /// The top-level value has depth 1 (dcap 4.1).
    public static let jsonDepth = 16
    /// A header value; issuer chains are 3 to 5 kB percent-encoded (dcap 3.9).
    public static let headerBytes = 65_536
    /// An offline bundle holds two JSON documents, two CRLs in hex and three chains.
    public static let bundleBytes = 24 * 1_048_576
}
