import Appraisal
package import AttestationPipeline
import Crypto
import DCAPFormats
package import DCAPVerification
import EventLog
package import Wire

/// Where endorsements come from.
package protocol Endorsing: Sendable {
    /// Those at hand for a platform, in date; `nil` to have them fetched. Must not wait.
    func current(_ platform: ClaimedPlatform, at time: Instant) -> Endorsements?
    /// Those for a platform whose chain is anchored, from wherever they are.
    func fetch(_ quote: AnchoredQuote, at time: Instant) async throws(EndorsementFailure) -> Endorsements
}

/// From a submission to a judgement: endorsements ▸ judge. With the same endorsements, the same submission at the same time
/// gets the same judgement.
package final class Judge: Sendable {
    private let verifier: Verifier
    private let endorsing: any Endorsing
    private let platforms: PlatformCache

    /// - Parameter platformCapacity: How many known platforms are remembered.
    package init(verifier: Verifier, endorsing: any Endorsing, platformCapacity: Int = 1_024) {
        self.verifier = verifier
        self.endorsing = endorsing
        platforms = PlatformCache(capacity: platformCapacity)
    }

    /// Judges a submission; no one may hear of it before it is recorded.
    ///
    /// - Parameters:
    ///   - identifier: A fresh UUIDv7, or that of the verdict that is judged again.
    ///   - timeMilliseconds: The clock, read once for this submission.
    package func judge(
        _ submission: Submission, identifier: String, at timeMilliseconds: Int64
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
        if let entry = platforms.entry(digest), let endorsements = endorsing.current(entry.key, at: time),
            endorsements === entry.endorsements
        {
            return (verifier.verify(input, from: entry.platform, at: time), endorsements, nil)
        }
        if let claimed = ClaimedPlatform(of: quote), let endorsements = endorsing.current(claimed, at: time) {
            return verify(input, digest, endorsements, at: time)
        }
        // Signatures first, cost after: nothing is fetched for a chain that does not lead to the root.
        switch verifier.anchor(input, at: time) {
        case .failure(let refusal): return (refusal.verification, nil, nil)
        case .success(let anchored):
            do throws(EndorsementFailure) {
                return verify(input, digest, try await endorsing.fetch(anchored, at: time), at: time)
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
            platforms.insert(
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
