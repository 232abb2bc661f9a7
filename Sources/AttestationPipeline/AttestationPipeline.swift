import Appraisal
import Crypto
import DCAPFormats
public import DCAPVerification
import EventLog
public import Wire

/// The arrow of design 2: bytes → quote → anchored chain → collateral → verified quote → appraisal → judgement → record.
///
/// Everything that touches the world comes in as an effect; with the same answers from them, the same submission at the
/// same time gets the same judgement.
public final class AttestationPipeline: Sendable {
    public struct Effects: Sendable {
        /// The endorsements at hand for a platform, in date; `nil` to have them fetched. Must not wait.
        public var current: @Sendable (ClaimedPlatform, Instant) -> Endorsements?
        /// Endorsements for a platform whose chain is anchored, from wherever they are.
        public var fetch: @Sendable (AnchoredQuote, Instant) async throws(EndorsementFailure) -> Endorsements
        /// Records a judgement durably, before any token for it is signed.
        public var record: @Sendable (Judgement, TokenCommitment?) async throws(RecordFailure) -> Receipt

        public init(
            current: @escaping @Sendable (ClaimedPlatform, Instant) -> Endorsements?,
            fetch: @escaping @Sendable (AnchoredQuote, Instant) async throws(EndorsementFailure) -> Endorsements,
            record: @escaping @Sendable (Judgement, TokenCommitment?) async throws(RecordFailure) -> Receipt
        ) {
            self.current = current
            self.fetch = fetch
            self.record = record
        }
    }

    public let verifier: Verifier
    private let effects: Effects
    private let cache: PlatformCache

    /// - Parameter platformCapacity: How many known platforms are remembered.
    public init(verifier: Verifier, effects: Effects, platformCapacity: Int = 1_024) {
        self.verifier = verifier
        self.effects = effects
        cache = PlatformCache(capacity: platformCapacity)
    }

    /// Judges a submission. The judgement is nobody's to hear before `record` has returned.
    ///
    /// - Parameter timeMilliseconds: The clock, read once for this submission.
    /// - Parameter identifier: A fresh UUIDv7.
    public func judge(_ submission: Submission, identifier: String, timeMilliseconds: Int64) async -> Judgement {
        await appraised(submission, identifier, timeMilliseconds)
    }

    /// Records a judgement, and returns when it is durable.
    ///
    /// - Parameter commitment: The token that will be signed for it, if any; signing it needs the receipt.
    public func record(_ judgement: Judgement, _ commitment: TokenCommitment?) async throws(RecordFailure) -> Receipt {
        try await effects.record(judgement, commitment)
    }

    private func appraised(
        _ submission: Submission, _ identifier: String, _ timeMilliseconds: Int64
    ) async -> Judgement {
        let time = Instant(seconds: timeMilliseconds / 1_000)
        let (verification, endorsements, retry) = await verify(submission.quote, at: time)
        var eventLog: EventLogFindings?
        if case .verified(let quote) = verification, let log = submission.eventLog {
            eventLog = quote.replay(log, manifests: submission.references.manifests)
        }
        let verdict = appraise(
            verification, trusting: verifier.anchor, under: submission.policies, references: submission.references,
            eventLog: eventLog, expecting: submission.expectedReportData, at: time)
        var evidence = submission.quote[...]
        var forecast: String?
        switch verification {
        case .verified(let quote):
            evidence = quote.quote.bytes[...]
            if let early = endorsements?.early { forecast = quote.forecastStatus(under: early) }
        case .refused(_, let quote?): evidence = quote.bytes[...]
        case .refused: break
        }
        return Judgement(
            identifier: identifier, verdict: verdict,
            evidenceSHA256: FixedBytes<32>(exactly: Array(SHA256.hash(data: evidence))) ?? FixedBytes<32>(),
            adapter: submission.adapter, timeMilliseconds: timeMilliseconds, collateralSource: endorsements?.source,
            forecast: forecast, retry: retry, endorsements: endorsements, given: submission.given,
            eventLog: submission.eventLog,
            references: submission.references.used(
                by: verdict.policies, withEventLog: submission.eventLog != nil))
    }

    private typealias Verified = (Verification, Endorsements?, Judgement.Retry?)

    private func verify(_ input: [UInt8], at time: Instant) async -> Verified {
        let quote: Quote
        do throws(VerificationFailure) {
            quote = try Quote(parsing: input)
        } catch {
            return (verifier.verify(input, using: Self.nothing, at: time), nil, nil)
        }
        let digest = quote.platformDigest
        if let entry = cache.entry(digest), let endorsements = effects.current(entry.key, time),
            endorsements === entry.endorsements
        {
            return (verifier.verify(input, from: entry.platform, at: time), endorsements, nil)
        }
        if let claimed = ClaimedPlatform(of: quote), let endorsements = effects.current(claimed, time) {
            return verify(input, digest, endorsements, at: time)
        }
        // Signatures first, cost after: nothing is fetched for a chain that does not lead to the root.
        switch verifier.anchor(input, at: time) {
        case .failure(let refusal): return (refusal.verification, nil, nil)
        case .success(let anchored):
            do throws(EndorsementFailure) {
                return verify(input, digest, try await effects.fetch(anchored, time), at: time)
            } catch {
                let failure = VerificationFailure(
                    error.code, field: "collateral", found: error.detail,
                    wanted: "TCB info, QE identity and CRLs for this platform")
                return (
                    anchored.refused(for: failure), nil,
                    Judgement.Retry(isWorthwhile: error.isRetryable, afterSeconds: error.retryAfterSeconds)
                )
            }
        }
    }

    private func verify(
        _ input: [UInt8], _ digest: FixedBytes<32>, _ endorsements: Endorsements, at time: Instant
    ) -> Verified {
        let verification = verifier.verify(input, using: endorsements.collateral, at: time)
        if case .verified(let quote) = verification {
            cache.insert(
                PlatformCache.Entry(
                    platform: quote.endorsements, key: ClaimedPlatform(of: quote), endorsements: endorsements),
                for: digest)
        }
        return (verification, endorsements, nil)
    }

    /// For input that is no quote: verification refuses it before it looks here.
    private static let nothing = Collateral(
        pckCRL: [], pckCRLIssuerChain: nil, rootCRL: [],
        tcbInfo: Collateral.SignedResponse(document: .response([]), issuerChain: []),
        qeIdentity: Collateral.SignedResponse(document: .response([]), issuerChain: []))
}
