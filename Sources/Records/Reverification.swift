import Appraisal
import DCAPFormats
public import DCAPVerification
public import MerkleLog
import Wire

/// What came of judging a verdict again (transparency-log 14.5).
public enum Reverification: Hashable, Sendable {
    /// The same evidence, collateral, policy and rules give this verdict, at its time, and its token the claims that the
    /// log committed to.
    case confirmed(Confirmation)
    /// The bundle is not what it must be, or the log did not commit to it.
    case notVerified(String)
    /// The inputs are the ones that the log committed to, and what follows from them is something else.
    case diverges([Difference])
    /// Something is missing that would be needed to say yes or no.
    case undecidable(String)

    public struct Confirmation: Hashable, Sendable {
        public let index: UInt64
        public let entry: VerdictEntry
        /// Claims of the token, as `aud`, and members of the entry, as `entry.kid`, that nothing recorded shows; to be said
        /// wherever the confirmation is.
        public let notCompared: [String]
        /// `iss` of the token, where there is one: the same for all of a log's.
        public let issuer: String?
        public let origin: KeyName
    }

    public struct Difference: Hashable, Sendable {
        /// The member of the entry, or of the claims as `claims.ear_status`.
        public let field: String
        public let recorded: String
        public let found: String
    }
}

/// What the auditor brings: never anything out of the bundle.
public struct ReverificationTrust: Sendable {
    public let logs: TrustPolicy
    public let anchor: TrustAnchor
    public let options: VerificationOptions
    /// What `iss` of every token must be; `nil` where the auditor does not say, and the claim is named as not compared.
    public let issuer: String?
    /// The longest that a token may live.
    public let longestTokenSeconds: Int64

    /// wire-formats 3.4.
    public static let tokenSeconds: Int64 = 300

    public init(
        logs: TrustPolicy, anchor: TrustAnchor = .intel, options: VerificationOptions = VerificationOptions(),
        issuer: String? = nil, longestTokenSeconds: Int64 = tokenSeconds
    ) {
        self.logs = logs
        self.anchor = anchor
        self.options = options
        self.issuer = issuer
        self.longestTokenSeconds = longestTokenSeconds
    }
}

/// Judges a verdict again, from its bundle alone, at its own time. Total and pure: no clock, no network.
///
/// - Parameter ruleset: Judge by this one instead of the recorded one. What comes out differently diverges; nothing is
///   confirmed by other rules than its own.
public func reverify(
    _ archive: [UInt8], under trust: ReverificationTrust, ruleset: Int64? = nil
) -> Reverification {
    do throws(ReverificationStop) {
        return try judgeAgain(archive, trust, ruleset)
    } catch {
        switch error {
        case .notVerified(let why): return .notVerified(why)
        case .undecidable(let why): return .undecidable(why)
        }
    }
}

private func judgeAgain(
    _ archive: [UInt8], _ trust: ReverificationTrust, _ ruleset: Int64?
) throws(ReverificationStop) -> Reverification {
    let bundle: EvidenceBundle
    do throws(EvidenceBundle.Malformed) {
        bundle = try EvidenceBundle(parsing: archive)
    } catch {
        throw .notVerified("\(error)")
    }
    let accepted = try CommittedEntry.accept(bundle, under: trust.logs)
    let entry = try CommittedEntry(bundle)
    var reading = BundleReading(bundle, entry)
    let rules = try RecordedRules(try reading.verifier(), entry)
    let record = try rules.verdict(&reading)
    try rules.check(judgingBy: ruleset)
    let judged = try JudgingAgain(record, rules.verifier).judge(entry, trust)
    var differences = judged.differences
    let fence = TimeFence(accepted.cosigners.map { (accepted.checkpoint.size, $0.time) })
    if !fence.allows(entry.timeMilliseconds, at: bundle.proof.index) {
        differences.append(
            Reverification.Difference(
                field: "time_ms", recorded: "\(entry.timeMilliseconds)",
                found: "a witness saw the entry before that"))
    }
    guard differences.isEmpty else { return .diverges(differences) }
    try rules.checkOwn(ruleset)
    return .confirmed(
        Reverification.Confirmation(
            index: bundle.proof.index, entry: entry.verdict, notCompared: judged.notCompared, issuer: judged.issuer,
            origin: accepted.checkpoint.origin))
}

enum ReverificationStop: Error {
    case notVerified(String)
    case undecidable(String)
}

/// The verdict of a bundle's entry, the first one or a later one about the same evidence, which a log that the auditor
/// trusts has committed to.
struct CommittedEntry {
    let timeMilliseconds: Int64
    let verdict: VerdictEntry
    /// Not a later one about the same evidence.
    let isFirst: Bool
    /// Members that this build gives no meaning.
    let further: JSON

    init(_ bundle: EvidenceBundle) throws(ReverificationStop) {
        let entry: LogEntry
        do throws(LogEntryFailure) {
            entry = try LogEntry(leaf: bundle.entry)
        } catch {
            throw .notVerified("entry.json: \(error)")
        }
        timeMilliseconds = entry.timeMilliseconds
        further = entry.further
        switch entry.body {
        case .verdict(let verdict):
            self.verdict = verdict
            isFirst = true
        case .reappraisal(let again):
            guard again.verdict.reasons != [ReappraisalEntry.policyRetired] else {
                throw .undecidable("nothing was judged: the policy was retired, which the log shows before this entry")
            }
            verdict = again.verdict
            isFirst = false
        default: throw .undecidable("entry.json is a \(entry.body.kind): only verdicts are judged again")
        }
    }

    static func accept(
        _ bundle: EvidenceBundle, under logs: TrustPolicy
    ) throws(ReverificationStop) -> AcceptedCheckpoint {
        do throws(TextProofFailure) {
            return try bundle.proof.verified(leaf: MerkleHashing.leaf(bundle.entry), under: logs)
        } catch {
            if case .untrusted(.quorumNotMet) = error { throw .undecidable("proof.tlog-proof: \(error)") }
            throw .notVerified("proof.tlog-proof: \(error)")
        }
    }
}
