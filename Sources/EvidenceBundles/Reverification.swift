import Appraisal
import DCAPFormats
public import DCAPVerification
public import MerkleLog
import Wire

/// What came of judging a verdict again (transparency-log 14.5).
public enum Reverification: Hashable, Sendable {
    /// The same evidence, collateral, policy and rules give this verdict, at its time, and the log committed to it.
    case confirmed(index: UInt64, VerdictEntry)
    /// The bundle is not what it must be, or the log did not commit to it.
    case notVerified(String)
    /// The inputs are the ones that the log committed to, and what follows from them is something else.
    case diverges([Difference])
    /// Something is missing that would be needed to say yes or no.
    case undecidable(String)

    public struct Difference: Hashable, Sendable {
        /// The member of the entry.
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

    public init(
        logs: TrustPolicy, anchor: TrustAnchor = .intel, options: VerificationOptions = VerificationOptions()
    ) {
        self.logs = logs
        self.anchor = anchor
        self.options = options
    }
}

/// The rulesets of this build (V-6): a change that can alter an outcome for the same inputs adds one, and keeps the old.
public enum Ruleset {
    public static let current: Int64 = 1
    public static let known: Set<Int64> = [1]
}

/// Judges a verdict again, from its bundle alone, at its own time. Total and pure: no clock, no network.
///
/// - Parameter ruleset: Judge by this one instead of the recorded one.
public func reverify(
    _ archive: [UInt8], under trust: ReverificationTrust, ruleset: Int64? = nil
) -> Reverification {
    do throws(ReverificationStop) {
        let bundle: EvidenceBundle
        do throws(EvidenceBundle.Malformed) {
            bundle = try EvidenceBundle(parsing: archive)
        } catch {
            throw .notVerified("\(error)")
        }
        let accepted = try CommittedEntry.accept(bundle, under: trust.logs)
        let entry = try CommittedEntry(bundle)
        let inputs = try ArchivedEvidence(bundle, entry.verdict)
        guard Ruleset.known.contains(ruleset ?? inputs.verifier.ruleset) else {
            throw .undecidable(
                "ruleset \(ruleset ?? inputs.verifier.ruleset) is not one of this build; use one that has it: the "
                    + "log names its binary as \(inputs.verifier.binarySHA256)")
        }
        let again = try inputs.judge(entry, trust)
        var differences = EntryComparison.differences(entry.verdict, again)
        let fence = TimeFence(accepted.cosigners.map { (accepted.checkpoint.size, $0.time) })
        if !fence.allows(entry.timeMilliseconds, at: bundle.proof.index) {
            differences.append(
                Reverification.Difference(
                    field: "time_ms", recorded: "\(entry.timeMilliseconds)",
                    found: "a witness saw the entry before that"))
        }
        guard differences.isEmpty else { return .diverges(differences) }
        return .confirmed(index: bundle.proof.index, entry.verdict)
    } catch {
        switch error {
        case .notVerified(let why): return .notVerified(why)
        case .undecidable(let why): return .undecidable(why)
        }
    }
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

    init(_ bundle: EvidenceBundle) throws(ReverificationStop) {
        let entry: LogEntry
        do throws(LogEntryFailure) {
            entry = try LogEntry(leaf: bundle.entry)
        } catch {
            throw .notVerified("entry.json: \(error)")
        }
        timeMilliseconds = entry.timeMilliseconds
        switch entry.body {
        case .verdict(let verdict): self.verdict = verdict
        case .reappraisal(let again):
            guard again.verdict.reasons != [ReappraisalEntry.policyRetired] else {
                throw .undecidable("nothing was judged: the policy was retired, which the log shows before this entry")
            }
            verdict = again.verdict
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
