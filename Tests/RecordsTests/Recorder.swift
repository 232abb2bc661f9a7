import Appraisal
import DCAPFormats
import DCAPVerification
import LogSupport
import MerkleLog
import Records
import ResultToken
import Wire

/// Judges and records as a service does, without its world: what it would fetch is given.
struct Recorder {
    let verifier: Verifier
    let identity = VerifierIdentity(
        name: "assay", version: "test", binarySHA256: MerkleHashing.sha256([1]), ruleset: Ruleset.current)
    static let milliseconds: Int64 = 250

    /// A judgement, and the token to come where it is an accept that lives.
    struct Recorded {
        let judgement: Judgement
        let commitment: TokenCommitment?
        /// What is free in its claims.
        let free: TokenSources.Free?
    }

    /// - Returns: `nil` where the bytes are no quote.
    func record(_ given: RecordedVerdicts.Submission, jti: String = "j") throws -> Recorded? {
        guard let quote = try? Quote(parsing: given.quote) else { return nil }
        let submission = Submission(
            evidence: Evidence(quote: quote, eventLog: given.eventLog), policies: given.policies,
            references: given.references, expectedReportData: given.expected, adapter: given.adapter,
            given: Submission.Given(nonce: given.nonce, userData: given.userData))
        let (atHand, endorsements) = endorsements(given.collateral, given.early, for: quote, at: given.time)
        let verdict = judge(
            submission.evidence, with: atHand, under: submission.policies, references: submission.references,
            expecting: submission.expectedReportData, trusting: verifier, at: given.time)
        let judgement = Judgement(
            verdict, on: submission, identifier: jti,
            timeMilliseconds: given.time.seconds * 1_000 + Self.milliseconds, endorsements: endorsements)
        guard let sources = TokenSources(judgement, verifier: identity) else {
            return Recorded(judgement: judgement, commitment: nil, free: nil)
        }
        let place = StatusReference(uri: "\(RecordedVerdicts.issuer)/v1/status-list/19a-list", index: 7)
        let free = TokenSources.Free(
            issuer: RecordedVerdicts.issuer, audience: sources.profile == .ear ? given.audience : nil,
            issued: given.time, expires: min(given.time.advanced(bySeconds: 60), verdict.expires),
            status: sources.profile == .ear ? place : nil)
        return Recorded(
            judgement: judgement,
            commitment: TokenCommitment(
                claims: try TokenBinding.canonicalClaims(sources.claims(free)), keyIdentifier: "key",
                expires: free.expires, status: free.status.map { _ in .init(list: "19a-list", index: 7) }),
            free: free)
    }

    /// What a service has once it has fetched: a set that verifies, or the reason why there is none.
    func endorsements(
        _ collateral: Collateral?, _ early: Collateral?, for quote: Quote, at time: Instant
    ) -> (EndorsementsAtHand, Endorsements?) {
        let anchored: AnchoredQuote
        do throws(Refusal) {
            anchored = try verifier.anchor(quote, at: time)
        } catch {
            return (.none(error), nil)
        }
        let authority = anchored.platform.authority
        guard let collateral, let set = try? verifier.verify(collateral, of: authority, at: time) else {
            let failure = VerificationFailure(
                .collateralUnavailable, field: "collateral", found: "none", wanted: "a set that verifies")
            return (.none(anchored.refusal(for: failure)), nil)
        }
        let newest = early.flatMap { try? verifier.verify($0, of: authority, at: time) }
        return (
            .verified(set), Endorsements(collateral: set, early: newest, source: "https://pccs.example.cn")
        )
    }

    /// The archive of one judgement: what the service stores with it, and the verifier object that it announced.
    func archive(_ recorded: Recorded) -> [MerkleHash: [UInt8]] {
        var archive = [identity.sha256: identity.document]
        for item in recorded.judgement.items(recorded.commitment) { archive[item.sha256] = item.bytes }
        return archive
    }
}
