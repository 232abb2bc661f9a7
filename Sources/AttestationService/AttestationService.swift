import Appraisal
import AuditStore
import DCAPFormats
package import DCAPVerification
package import Logging
package import Records
import Wire

/// The service. Everything that it decides is one arrow (docs/architecture.md):
/// bytes ▸ endorsements ▸ judge ▸ draft ▸ record ▸ seal.
///
/// It knows no protocol: a door hands a submission in, and words the answer.
package final class AttestationService: Sendable {
    package let verifier: Verifier
    package let clocks: Clocks
    package let policies: PoliciesInForce
    package let tokens: TokenIssuer
    package let challenges: Challenges
    package let endorsing: EndorsementSource
    package let recorder: VerdictRecorder
    package let turnedAway = TurnedAway()
    private let budget: CallerBudget
    let admission: Admission
    /// Where verdicts are made.
    package let work: WorkPool
    private let judge: Judge
    private let repeats: RepeatedVerdicts
    private let logger: Logger

    package struct Limits: Sendable {
        /// Submissions that are under way at once; more are told to come again.
        package var concurrentVerdicts: Int
        /// Known platforms that are remembered.
        package var platforms: Int
        /// Answers that are kept to be given again; 0: none.
        package var repeats: Int

        package init(concurrentVerdicts: Int, platforms: Int = 1_024, repeats: Int = 65_536) {
            self.concurrentVerdicts = concurrentVerdicts
            self.platforms = platforms
            self.repeats = repeats
        }
    }

    package init(
        verifier: Verifier, clocks: Clocks, policies: PoliciesInForce, tokens: TokenIssuer, challenges: Challenges,
        endorsing: EndorsementSource, recorder: VerdictRecorder, limits: Limits, budget: CallerBudget? = nil,
        work: WorkPool? = nil,
        logger: Logger
    ) {
        self.work = work ?? WorkPool(clocks: clocks)
        self.budget = budget ?? CallerBudget(.unlimited, clocks: clocks)
        self.verifier = verifier
        self.clocks = clocks
        self.policies = policies
        self.tokens = tokens
        self.challenges = challenges
        self.endorsing = endorsing
        self.recorder = recorder
        self.logger = logger
        repeats = RepeatedVerdicts(mostAnswers: limits.repeats)
        admission = Admission(limit: limits.concurrentVerdicts)
        judge = Judge(verifier: verifier, endorsing: endorsing, platformCapacity: limits.platforms)
    }

    /// Judges a submission, records the verdict, and signs a token for an accept. A verdict that is not recorded is given
    /// to no one, and nothing is signed before it is.
    ///
    /// A submission is checked before it gets here, so from here on only the evidence can be to blame, or the world: its
    /// challenge is spent.
    ///
    /// The same caller that asks the same again gets the same verdict for a while, and no new one.
    ///
    /// - Parameters:
    ///   - caller: Whose budget it costs.
    ///   - variant: What else of the request changes the answer, in the door's words.
    package func attest(
        _ submission: CheckedSubmission, for caller: Principal, variant: String = ""
    ) async throws(ServiceFailure) -> AttestationResult {
        // The only clock, but for who waits in vain.
        let time = clocks.wall()
        guard repeats.isOn, let key = try repeatKey(of: submission, for: caller, variant, at: time) else {
            return try await attestAnew(submission, for: caller, at: time).result
        }
        switch repeats.turn(key, at: time, stands: { stands($0, signedBy: $1, at: time) }) {
        case .kept(let result):
            turnedAway.countRepeated()
            return result
        case .underWay:
            if let result = await repeats.wait(key) {
                turnedAway.countRepeated()
                return result
            }
            return try await attestAnew(submission, for: caller, at: clocks.wall()).result
        case .mine:
            do throws(ServiceFailure) {
                let (result, commitment) = try await attestAnew(submission, for: caller, at: time)
                var final = key
                final.manifest = result.judgement.collateral?.manifestSHA256
                repeats.finish(
                    key, as: final, result, keyIdentifier: commitment?.keyIdentifier,
                    end: commitment.map { $0.expires.seconds * 1_000 }, at: time)
                return result
            } catch {
                repeats.give(up: key)
                throw error
            }
        }
    }

    private func repeatKey(
        of submission: CheckedSubmission, for caller: Principal, _ variant: String, at time: Int64
    ) throws(ServiceFailure) -> RepeatedVerdicts.Key? {
        let wanted = try submission.submission(policies.current)
        // A set that has to be fetched first is another one.
        let endorsements = submission.claimedPlatform.flatMap {
            endorsing.current($0, at: Instant(seconds: time / 1_000))
        }
        let manifest = endorsements?.recorded(tee: submission.tee.name).manifestSHA256
        return submission.repeatKey(wanted, manifest, for: caller, variant)
    }

    /// Whether an answer is worth now what it was: its token is not revoked, and its key is the one that signs.
    private func stands(_ result: AttestationResult, signedBy key: String?, at time: Int64) -> Bool {
        guard tokens.statuses[result.judgement.identifier] == nil else { return false }
        guard let key else { return true }
        return tokens.isSigning(key, at: Instant(seconds: time / 1_000))
    }

    /// Answers that were given again, for `/metrics`.
    package var repeatedGauge: Gauge {
        Gauge("assay_verdicts_repeated_total", "Answers that were given again to the same caller.", repeats.count)
    }

    /// Answers whose time is over take no memory.
    package func forgetRepeats() { repeats.forget(at: clocks.wall()) }

    private func attestAnew(
        _ submission: CheckedSubmission, for caller: Principal, at time: Int64
    ) async throws(ServiceFailure) -> (result: AttestationResult, commitment: TokenCommitment?) {
        try admission.enter()
        defer { admission.leave() }
        if let reason = clocks.defect() { throw .notRecorded(RecordFailure(clockAhead: reason)) }
        do throws(RecordFailure) {
            try recorder.checkTakesVerdicts()
        } catch {
            throw .notRecorded(error)
        }
        return try await work.finish { [self] () async throws(ServiceFailure) in
            try await judged(submission, for: caller, at: time)
        }.get()
    }

    /// On threads that may be busy: what is long is not cut into pieces.
    private func judged(
        _ submission: CheckedSubmission, for caller: Principal, at time: Int64
    ) async throws(ServiceFailure) -> (result: AttestationResult, commitment: TokenCommitment?) {
        if let challenge = submission.challenge { try await challenges.spend(challenge, at: time) }
        // What a verdict rests on may be retired on the way: it is then judged by what took its place.
        for _ in 0..<Self.tries {
            if let result = try await attest(
                try submission.submission(policies.current), submission, for: caller, at: time)
            {
                return result
            }
        }
        throw .replaced(times: Self.tries)
    }

    private static let tries = 3

    /// The arrow.
    ///
    /// - Returns: `nil` where what it was judged by is no longer in force.
    private func attest(
        _ submission: Submission, _ checked: CheckedSubmission, for caller: Principal, at time: Int64
    ) async throws(ServiceFailure) -> (result: AttestationResult, commitment: TokenCommitment?)? {
        let judgement = await judge(submission, identifier: UniqueIdentifier.timed(milliseconds: time), at: time)
        try checked.check(judgement.verdict)
        let draft = try draft(judgement, for: checked.audience)
        guard let receipt = try await record(judgement, draft, for: caller) else { return nil }
        return (try seal(draft, judgement, receipt), draft?.commitment)
    }

    /// Claims and key are fixed; nothing is signed. `nil` unless it is an accept.
    private func draft(_ judgement: Judgement, for audience: String?) throws(ServiceFailure) -> TokenDraft? {
        judgement.verdict.decision == .accept ? try tokens.draft(judgement, for: audience) : nil
    }

    /// Durable when this returns.
    ///
    /// - Returns: `nil` where what it rests on is no longer in force.
    private func record(
        _ judgement: Judgement, _ draft: TokenDraft?, for caller: Principal
    ) async throws(ServiceFailure) -> Receipt? {
        do throws(RecordFailure) {
            return try await recorder.record(judgement, draft?.commitment, for: caller)
        } catch {
            guard !error.isOutdated else { return nil }
            logger.error("a verdict is not recorded, and not given", metadata: ["reason": "\(error.sentence)"])
            throw .notRecorded(error)
        }
    }

    private func seal(
        _ draft: TokenDraft?, _ judgement: Judgement, _ receipt: Receipt
    ) throws(ServiceFailure) -> AttestationResult {
        guard judgement.verdict.decision != .error else {
            throw .undecided(AttestationResult(judgement: judgement, receipt: receipt, token: nil))
        }
        do throws(TokenFailure) {
            return AttestationResult(judgement: judgement, receipt: receipt, token: try draft?.seal(receipt))
        } catch {
            throw .notSealed(AttestationResult(judgement: judgement, receipt: receipt, token: nil), error)
        }
    }

    /// Judges a submission and records nothing: no one may hear of it before it is recorded.
    package func judge(
        _ submission: Submission, identifier: String, at timeMilliseconds: Int64
    ) async -> Judgement {
        await judge.judge(submission, identifier: identifier, at: timeMilliseconds)
    }
}

// What callers may ask for. All of it is asked before anything is parsed far, verified or fetched.
extension AttestationService {
    /// Takes a cost from a caller's budget. Who has used it up is counted, and turned away.
    package func charge(_ cost: CallerBudget.Cost, to caller: Principal) throws(ServiceFailure) {
        do throws(CallerBudget.Exceeded) {
            try budget.spend(cost, of: caller)
        } catch {
            turnedAway.countRateLimited()
            throw .exceeded(error)
        }
    }

    /// Gives back what turned out not to be used.
    package func giveBack(_ cost: CallerBudget.Cost, to caller: Principal) { budget.giveBack(cost, to: caller) }

    /// What a submission costs beyond a plain verdict: collateral that is not at hand, and its event log.
    ///
    /// It believes what the quote says of its platform: nothing is verified here, and nothing is fetched.
    package func surcharge(of submission: CheckedSubmission) -> CallerBudget.Cost {
        let cost = CallerBudget.Cost.eventLog(bytes: submission.eventLogBytes)
        let time = Instant(seconds: clocks.wall() / 1_000)
        guard let platform = submission.claimedPlatform, endorsing.current(platform, at: time) == nil else {
            return cost
        }
        return cost + .fetch
    }
}

extension RecordFailure {
    fileprivate init(clockAhead reason: String) {
        let failure = AppendFailure.clockAhead(reason)
        self.init(code: failure.code, sentence: failure.sentence, retryAfterSeconds: failure.retryAfterSeconds)
    }
}
