public import DCAPFormats
public import Wire

/// A quote whose PCK chain leads to the pinned root (phases A and B), and of which nothing else is known yet. Its facts
/// say which collateral to ask for: nobody can make the service ask for a platform that Intel never certified
/// (design 8.1).
public struct AnchoredQuote: Sendable {
    public let quote: Quote
    public let platform: PlatformIdentity

    /// The verification that ends here, because the collateral could not be had.
    ///
    /// - Parameter failure: With one of the `COLLATERAL_*` codes, or `INTERNAL`; any other is taken as `INTERNAL`, so
    ///   that nothing but evidence can be called bad.
    public func refused(for failure: VerificationFailure) -> Verification {
        let failure =
            failure.code.isFailureOfTheWorld
            ? failure
            : VerificationFailure(
                .internal, field: failure.field, found: failure.code.rawValue, wanted: "a failure of the world")
        return .refused(Refusal(.collateralAvailable, failure), quote)
    }
}

extension Verifier {
    /// Phases A and B.
    ///
    /// - Returns: The refusal exactly as `verify` would give it, where one of them fails.
    public func anchor(_ input: [UInt8], at time: Instant) -> Result<AnchoredQuote, AnchorRefusal> {
        let quote: Quote
        do throws(VerificationFailure) {
            quote = try Quote(parsing: input)
        } catch {
            return .failure(AnchorRefusal(verification: .refused(Refusal(.quoteFormat, error), nil)))
        }
        do throws(Refusal) {
            let chain = try PCKChain(of: quote, trusting: anchor, at: try limit(time))
            return .success(
                AnchoredQuote(
                    quote: quote,
                    platform: PlatformIdentity(authority: chain.authority, extensionValues: chain.platform)))
        } catch {
            return .failure(AnchorRefusal(verification: .refused(error, quote)))
        }
    }
}

/// A verification that ended in phase A or B.
public struct AnchorRefusal: Error, Sendable {
    public let verification: Verification
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
