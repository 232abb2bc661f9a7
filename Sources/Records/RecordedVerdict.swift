public import Appraisal
public import DCAPFormats
public import DCAPVerification
public import MerkleLog
import Wire

/// What one recorded verdict was reached from, read from the archive or a bundle, to be judged again at its own time.
/// Whoever makes one has compared every part with the hash in the entry.
public struct RecordedInputs: Sendable {
    /// The entry.
    public let recorded: VerdictEntry
    /// Of the entry: the one instant of everything in it (transparency-log E-6).
    public let timeMilliseconds: Int64
    public let quote: [UInt8]
    /// `nil` where the entry names none.
    public let collateral: Collateral?
    /// The newest documents of then, for the forecast; `nil` where there were none.
    public let early: Collateral?
    public let eventLog: [UInt8]?
    public let nonce: [UInt8]?
    public let userData: [UInt8]?
    /// The rules that the verdict was reached by; `nil` where nobody knows.
    public let ruleset: Int64?

    public init(
        recorded: VerdictEntry, timeMilliseconds: Int64, quote: [UInt8], collateral: Collateral?,
        early: Collateral? = nil, eventLog: [UInt8]?, nonce: [UInt8]?, userData: [UInt8]?, ruleset: Int64? = nil
    ) {
        self.recorded = recorded
        self.timeMilliseconds = timeMilliseconds
        self.quote = quote
        self.collateral = collateral
        self.early = early
        self.eventLog = eventLog
        self.nonce = nonce
        self.userData = userData
        self.ruleset = ruleset
    }

    /// Why nothing can be said.
    public enum Stop: Error, Hashable, Sendable {
        /// The recorded verdict is that the world failed.
        case worldFailed
        /// The quote is not the canonical bytes of one.
        case notCanonical
        /// A scheme that this build does not know.
        case binding(String)
        /// The quote's chain holds, and there is no collateral to go on with.
        case noCollateral
        /// The verdict is on further evidence too, which no ruleset of this build judges.
        case devices
    }

    private var time: Instant { Instant(seconds: timeMilliseconds / 1_000) }

    /// Judges again, under the policies and sets of then or under any other. Total and pure: no clock, no network.
    public func judge(
        by verifier: Verifier, under policies: [Policy], references: ReferenceLibrary
    ) throws(Stop) -> Verdict {
        guard recorded.verdict != .error else { throw .worldFailed }
        guard recorded.devices == nil else { throw .devices }
        guard let canonical = try? Quote(parsing: quote), canonical.bytes == quote else { throw .notCanonical }
        let endorsements = try endorsements(of: canonical, verifier)
        return Appraisal.judge(
            evidence(canonical), with: endorsements, under: policies, references: references,
            expecting: try expected(), trusting: verifier, at: time)
    }

    private func evidence(_ quote: Quote) -> Evidence {
        Evidence(
            quote: quote, sha256: recorded.evidenceSHA256, eventLog: eventLog,
            eventLogSHA256: recorded.eventLogSHA256)
    }

    /// The same again, to be judged by what is in force now.
    ///
    /// - Returns: `nil` where this build does not read the quote, or does not know how anything was bound, or the adapter
    ///   that made the verdict.
    public func submission(under policies: [Policy], references: ReferenceLibrary) -> Submission? {
        guard let adapter = recorded.adapter.map({ Adapter(rawValue: $0) }) ?? .native,
            case .success(let expected) = Result(catching: { () throws(Stop) in try expected() }),
            let quote = try? Quote(parsing: quote)
        else { return nil }
        return Submission(
            evidence: evidence(quote), policies: policies, references: references, expectedReportData: expected,
            adapter: adapter,
            given: Submission.Given(
                nonce: nonce, userData: userData, isChallenge: recorded.isChallenge == true))
    }

    /// What the newest documents of then made of the platform.
    ///
    /// - Parameter verdict: On these inputs.
    public func forecast(of verdict: Verdict, by verifier: Verifier) -> String? {
        guard case .verified(let quote) = verdict.verification, let early,
            let documents = try? verifier.verify(early, of: quote.endorsements.collateral.authority, at: time)
        else { return nil }
        return quote.forecastStatus(under: documents)
    }

    /// What report_data had to hold.
    private func expected() throws(Stop) -> ExpectedReportData? {
        guard let binding = recorded.binding else { return nil }
        guard let scheme = ExpectedReportData.Scheme(rawValue: binding) else { throw .binding(binding) }
        // Ruleset 1 took empty input and short nonces, and what was bound so would not be accepted now.
        return ExpectedReportData(
            recorded: scheme, nonce: nonce, userData: userData, isChallenge: recorded.isChallenge == true)
            ?? .unmet(scheme)
    }

    private func endorsements(of quote: Quote, _ verifier: Verifier) throws(Stop) -> EndorsementsAtHand {
        if let collateral { return .documents(collateral) }
        // Without collateral there can only be a verdict on what comes before it.
        do throws(Refusal) {
            _ = try verifier.anchor(quote, at: time)
        } catch {
            return .none(error)
        }
        throw .noCollateral
    }
}
