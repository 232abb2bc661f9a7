public import DCAPFormats
public import Wire
import X509Formats

/// The result of verification: everything holds, or one check refused.
public enum Verification: Sendable {
    case verified(VerifiedQuote)
    /// With the quote, where the bytes are one; nothing it says is verified.
    case refused(Refusal, Quote?)

    /// What there is to say of bytes that are no quote: the first check refuses them.
    public init(noQuote failure: VerificationFailure) { self = .refused(Refusal(.quoteFormat, failure), nil) }

    /// What was verified or refused; `nil` where the bytes are no quote.
    public var quote: Quote? {
        switch self {
        case .verified(let verified): verified.quote
        case .refused(_, let quote): quote
        }
    }

    /// The complete list, in running order.
    public var checks: [Check] {
        switch self {
        case .verified(let quote): quote.checks
        case .refused(let refusal, let quote): CheckList.refused(refusal, tee: quote?.tee)
        }
    }
}

/// Judges quotes by dcap section 5. A pure function of quote, collateral, anchor, options and time: no clock, no I/O, and
/// the same input gives the same result for ever.
///
/// There are three ways in, which differ in speed and never in the result: with documents nobody has looked at, with
/// documents that were verified before, and with a platform that was verified before. The quick ways only ever say yes;
/// whatever does not fit is judged again from the beginning, so that the reason is always the full one.
public struct Verifier: Sendable {
    public let anchor: TrustAnchor
    public let options: VerificationOptions

    public init(trusting anchor: TrustAnchor, options: VerificationOptions = VerificationOptions()) {
        self.anchor = anchor
        self.options = options
    }

    /// - Parameter time: T, in whole seconds.
    public func verify(_ quote: Quote, using collateral: Collateral, at time: Instant) -> Verification {
        verification(of: quote) { () throws(Refusal) in try everything(about: quote, using: collateral, at: time) }
    }

    /// As above, with collateral that a `VerifiedQuote` of the same PCK CA established: three signatures instead of nine.
    public func verify(_ quote: Quote, using collateral: VerifiedCollateral, at time: Instant) -> Verification {
        verification(of: quote) { () throws(Refusal) in
            if let verified = try? verifyQuickly(quote, using: collateral, at: time) { return verified }
            return try everything(about: quote, using: collateral.source, at: time)
        }
    }

    /// As above, for a platform that a `VerifiedQuote` established: one signature.
    public func verify(_ quote: Quote, from platform: VerifiedPlatform, at time: Instant) -> Verification {
        verification(of: quote) { () throws(Refusal) in
            if let verified = try? verifyQuickly(quote, from: platform, at: time) { return verified }
            return try everything(about: quote, using: platform.collateral.source, at: time)
        }
    }

    private func verification(of quote: Quote, _ body: () throws(Refusal) -> VerifiedQuote) -> Verification {
        do throws(Refusal) {
            return .verified(try body())
        } catch {
            return .refused(error, quote)
        }
    }

    func limit(_ time: Instant) throws(Refusal) -> NotYetValidLimit {
        try check(.time) { () throws(VerificationFailure) in
            try require(
                time.seconds > 0 && time.seconds <= 1 << 40,
                VerificationFailure(
                    .internal, field: "time", found: "\(time.seconds)", wanted: "seconds since 1970, from 1 to 2^40"))
        }
        return NotYetValidLimit(time, skewSeconds: options.skewSeconds)
    }
}

/// Phases in order, and the two ways to skip what is known.
extension Verifier {
    /// Every phase, in the order of dcap section 5; the first failure wins.
    private func everything(
        about quote: Quote, using source: Collateral, at time: Instant
    ) throws(Refusal) -> VerifiedQuote {
        let limit = try limit(time)
        let chain = try PCKChain(of: quote, trusting: anchor, at: limit)
        let lists = try RevocationLists(
            source, root: chain.root, rootKey: chain.rootKey, intermediate: chain.intermediate,
            intermediateKey: chain.intermediateKey, at: limit)
        try check(.pckRevocation) { () throws(VerificationFailure) in
            try lists.checkRevocation(intermediate: chain.intermediate, leaf: chain.leaf)
        }
        let documents = try SignedCollateral(
            source, trusting: anchor, revokedBy: lists.root, at: limit, options: options)
        let collateral = VerifiedCollateral(
            source: source, lists: lists, documents: documents, intermediate: chain.intermediate,
            intermediateKey: chain.intermediateKey, root: chain.root,
            rootKey: chain.rootKey, latestIssue: Self.latestIssue(lists, documents), anchor: anchor, options: options)
        return try verify(quote, chain, collateral, at: time)
    }

    /// Phases F to I.
    private func verify(
        _ quote: Quote, _ chain: PCKChain, _ collateral: VerifiedCollateral, at time: Instant
    ) throws(Refusal) -> VerifiedQuote {
        let documents = collateral.documents
        try check(.tcbInfoMatch) { () throws(VerificationFailure) in
            try CollateralMatch.checkTCBInfo(documents.tcbInfo, quote.tee, chain.platform)
        }
        try check(.qeIdentityMatch) { () throws(VerificationFailure) in
            try CollateralMatch.checkQEIdentity(documents.qeIdentity, quote.tee)
        }
        if case .td(let report) = quote.body {
            try check(.tdxModule) { () throws(VerificationFailure) in
                try CollateralMatch.checkModule(report, documents.tcbInfo)
            }
        }
        let key = try QuoteEvidence.attestationKey(
            of: quote, platformKey: chain.leafKey, identity: documents.qeIdentity)
        let facts = CollateralFacts(chain, collateral.lists, documents)
        let platform = VerifiedPlatform(
            identity: PlatformIdentity(authority: chain.authority, extensionValues: chain.platform), facts: facts,
            collateral: collateral, attestationKey: key, qeSVN: quote.signatureData.qeReport.isvSVN, tee: quote.tee,
            constantBytes: Array(quote.bytes[quote.signatureData.platformConstant]),
            latestIssue: facts.latestIssue)
        return try verify(quote, from: platform, at: time)
    }

    /// H9 and phase I.
    private func verify(
        _ quote: Quote, from platform: VerifiedPlatform, at time: Instant
    ) throws(Refusal) -> VerifiedQuote {
        try QuoteEvidence.checkSignature(of: quote, by: platform.attestationKey)
        let documents = platform.collateral.documents
        let tcb = try LevelMatch(
            platform: platform.identity.extensionValues, tcbInfo: documents.tcbInfo, qeIdentity: documents.qeIdentity,
            qeSVN: platform.qeSVN
        ).evaluate(quote.body)
        return VerifiedQuote(quote, platform, tcb, at: time, isUnderIntelRoot: anchor.isIntel)
    }

    /// New platform, known collateral: the leaf, then phases F to I.
    private func verifyQuickly(
        _ quote: Quote, using collateral: VerifiedCollateral, at time: Instant
    ) throws(Refusal) -> VerifiedQuote? {
        let limit = try limit(time)
        guard collateral.anchor == anchor, collateral.options == options, collateral.latestIssue <= limit.latest else {
            return nil
        }
        guard let chain = try PCKChain(of: quote, issuedUnder: collateral, trusting: anchor, at: limit),
            !collateral.lists.pck.revokes(chain.leaf.serial)
        else { return nil }
        return try verify(quote, chain, collateral, at: time)
    }

    /// Known platform: the quote's own bytes, then phase I.
    private func verifyQuickly(
        _ quote: Quote, from platform: VerifiedPlatform, at time: Instant
    ) throws(Refusal) -> VerifiedQuote? {
        let limit = try limit(time)
        guard platform.collateral.anchor == anchor, platform.collateral.options == options,
            platform.latestIssue <= limit.latest, platform.vouches(for: quote)
        else { return nil }
        if case .td(let report) = quote.body {
            try check(.tdxModule) { () throws(VerificationFailure) in
                try CollateralMatch.checkModule(report, platform.collateral.documents.tcbInfo)
            }
        }
        return try verify(quote, from: platform, at: time)
    }

    static func latestIssue(_ lists: RevocationLists, _ documents: SignedCollateral) -> Instant {
        [
            lists.root.thisUpdate, lists.pck.thisUpdate, documents.tcbInfo.issueDate, documents.qeIdentity.issueDate,
            documents.tcbInfoChain.signer.notBefore, documents.tcbInfoChain.root.notBefore,
            documents.qeIdentityChain.signer.notBefore, documents.qeIdentityChain.root.notBefore,
        ].reduce(lists.root.thisUpdate) { max($0, $1) }
    }
}
