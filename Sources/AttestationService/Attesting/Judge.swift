import Appraisal
import DCAPFormats
package import DCAPVerification
package import Records
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
        let quote = submission.evidence.quote
        let digest = quote.platformDigest
        let found = await endorsements(for: quote, digest, at: time)
        let verdict = Appraisal.judge(
            submission.evidence, with: found.atHand, under: submission.policies, references: submission.references,
            expecting: submission.expectedReportData, trusting: verifier, at: time)
        remember(verdict, found, digest)
        return Judgement(
            verdict, on: submission, identifier: identifier, timeMilliseconds: timeMilliseconds,
            endorsements: found.endorsements, retry: found.retry)
    }

    /// What a quote is verified with, and where it came from.
    private struct Found {
        let atHand: EndorsementsAtHand
        var endorsements: Endorsements?
        var retry: Judgement.Retry?
    }

    /// From memory where the platform or its documents are known, and fetched where they are not.
    private func endorsements(
        for quote: Quote, _ digest: FixedBytes<32>, at time: Instant
    ) async -> Found {
        if let entry = platforms.entry(digest), let endorsements = endorsing.current(entry.key, at: time),
            endorsements === entry.endorsements
        {
            return Found(atHand: .platform(entry.platform), endorsements: endorsements)
        }
        if let claimed = ClaimedPlatform(of: quote), let endorsements = endorsing.current(claimed, at: time) {
            return Found(atHand: .verified(endorsements.collateral), endorsements: endorsements)
        }
        // Signatures first, cost after: nothing is fetched for a chain that does not lead to the root.
        let anchored: AnchoredQuote
        do throws(Refusal) {
            anchored = try verifier.anchor(quote, at: time)
        } catch {
            return Found(atHand: .none(error))
        }
        do throws(EndorsementFailure) {
            let endorsements = try await endorsing.fetch(anchored, at: time)
            return Found(atHand: .verified(endorsements.collateral), endorsements: endorsements)
        } catch {
            let failure = VerificationFailure(
                error.code, field: "collateral", found: error.detail,
                wanted: "TCB info, QE identity and CRLs for this platform")
            return Found(
                atHand: .none(anchored.refusal(for: failure)),
                retry: Judgement.Retry(isWorthwhile: error.isRetryable, afterSeconds: error.retryAfterSeconds))
        }
    }

    /// A platform that has just been verified for the first time under the set in use.
    private func remember(_ verdict: Verdict, _ found: Found, _ digest: FixedBytes<32>) {
        guard case .verified(let quote) = verdict.verification, case .verified = found.atHand,
            let endorsements = found.endorsements
        else { return }
        platforms.insert(
            PlatformCache.Entry(
                platform: quote.endorsements, key: ClaimedPlatform(of: quote), endorsements: endorsements),
            for: digest)
    }
}
