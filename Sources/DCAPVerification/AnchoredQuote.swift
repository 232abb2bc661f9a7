public import DCAPFormats
public import Wire

/// A quote whose PCK chain leads to the pinned root (phases A and B), and of which nothing else is known yet. Its facts
/// say which collateral to ask for: nobody can make the service ask for a platform that Intel never certified
/// (dcap 5.2).
public struct AnchoredQuote: Sendable {
    public let quote: Quote
    public let platform: PlatformIdentity

    /// Why the verification ends here: the collateral could not be had.
    ///
    /// - Parameter failure: With one of the `COLLATERAL_*` codes, or `INTERNAL`; any other is taken as `INTERNAL`, so
    ///   that nothing but evidence can be called bad.
    public func refusal(for failure: VerificationFailure) -> Refusal {
        let failure =
            failure.code.isFailureOfTheWorld
            ? failure
            : VerificationFailure(
                .internal, field: failure.field, found: failure.code.rawValue, wanted: "a failure of the world")
        return Refusal(.collateralAvailable, failure)
    }
}

extension Verifier {
    /// Phases A and B.
    ///
    /// - Throws: What `verify` would refuse the quote for, where one of them fails.
    public func anchor(_ quote: Quote, at time: Instant) throws(Refusal) -> AnchoredQuote {
        let chain = try PCKChain(of: quote, trusting: anchor, at: try limit(time))
        return AnchoredQuote(
            quote: quote, platform: PlatformIdentity(authority: chain.authority, extensionValues: chain.platform))
    }
}

/// Which collateral a quote asks for, as it claims: good for looking up what is known, and for nothing else.
public struct ClaimedPlatform: Hashable, Sendable {
    public let tee: TEE
    public let fmspc: FixedBytes<6>
    public let authority: CertificateAuthority

    /// - Returns: `nil` where the chain cannot be read; `anchor` then says why.
    public init?(of quote: Quote) {
        guard let chain = try? PCKCertificates(quote.pckChainText),
            let platform = try? chain.leaf.intelExtension(authority: chain.authority)
        else { return nil }
        tee = quote.tee
        fmspc = platform.fmspc
        authority = chain.authority
    }
}

extension ClaimedPlatform {
    /// Of a verified quote: no longer a claim.
    public init(of quote: VerifiedQuote) {
        tee = quote.quote.tee
        fmspc = quote.platform.fmspc
        authority = quote.platform.authority
    }
}

extension Quote {
    /// SHA-256 of what is the same in every quote of this platform's quoting enclave: the name of a `VerifiedPlatform`.
    public var platformDigest: FixedBytes<32> {
        FixedBytes(sha256: bytes[signatureData.platformConstant])
    }
}
