public import DCAPFormats
import Synchronization
public import Wire
import X509Formats

/// Phases C to E, done for one PCK CA: genuine CRLs, TCB info and QE identity. Serves every quote of that CA's platforms
/// with this FMSPC until something in it is no longer in its time.
public struct VerifiedCollateral: Sendable {
    /// The documents as they came, for the record and for judging again.
    public let source: Collateral
    let lists: RevocationLists
    let documents: SignedCollateral
    let intermediate: Certificate
    let intermediateKey: Signatures.Key
    let root: Certificate
    let rootKey: Signatures.Key
    /// The latest beginning of anything in the set: before it (less the skew) nothing may be concluded from it.
    let latestIssue: Instant
    let anchor: TrustAnchor
    let options: VerificationOptions
    private let names = DocumentNames()

    /// `source.digests`, worked out once: every verdict and every token names what it rests on.
    public var digests: [(name: String, sha256: FixedBytes<32>)] { names.of(source) }

    init(
        source: Collateral, lists: RevocationLists, documents: SignedCollateral, intermediate: Certificate,
        intermediateKey: Signatures.Key, root: Certificate, rootKey: Signatures.Key, latestIssue: Instant,
        anchor: TrustAnchor, options: VerificationOptions
    ) {
        self.source = source
        self.lists = lists
        self.documents = documents
        self.intermediate = intermediate
        self.intermediateKey = intermediateKey
        self.root = root
        self.rootKey = rootKey
        self.latestIssue = latestIssue
        self.anchor = anchor
        self.options = options
    }
}

/// The digests of one set: nobody pays for them before somebody asks, and then once.
private final class DocumentNames: Sendable {
    private let known = Mutex<[(name: String, sha256: FixedBytes<32>)]?>(nil)

    func of(_ source: Collateral) -> [(name: String, sha256: FixedBytes<32>)] {
        if let known = known.withLock({ $0 }) { return known }
        let digests = source.digests
        known.withLock { $0 = digests }
        return digests
    }
}

/// Phases B to H, done for one platform, except the quote's own signature: this attestation key belongs to a genuine
/// quoting enclave on this platform.
public struct VerifiedPlatform: Sendable {
    public let identity: PlatformIdentity
    public let facts: CollateralFacts
    public let collateral: VerifiedCollateral
    let attestationKey: Signatures.Key
    let qeSVN: UInt16
    let tee: TEE
    /// The bytes of the quote this was established from, and their range that is constant for the platform.
    let constantBytes: [UInt8]
    let latestIssue: Instant

    /// Whether `quote` carries the same key, QE report, authentication data and chain, byte for byte.
    func vouches(for quote: Quote) -> Bool {
        quote.tee == tee
            && quote.bytes[quote.signatureData.platformConstant].hasSameBytes(as: constantBytes[...])
    }
}
