import Appraisal
import MerkleLog
import Wire

/// By which rules a verdict was reached, and whether this build has them (transparency-log V-6, V-11).
struct RecordedRules {
    let verifier: VerifierIdentity
    private let standing: Ruleset.Standing

    /// - Parameter bytes: The verifier object.
    /// - Throws: where the verdict was reached under a ruleset that nobody had a reason to use any more.
    init(_ bytes: [UInt8], _ entry: CommittedEntry) throws(ReverificationStop) {
        do throws(LogEntryFailure) {
            verifier = try VerifierIdentity(document: bytes)
        } catch {
            throw .notVerified("verifier.json: \(error)")
        }
        standing = Ruleset.standing(of: verifier.ruleset)
        if case .withdrawn(let withdrawal) = standing, entry.timeMilliseconds >= withdrawal.endMilliseconds {
            throw .notVerified(
                "judged under a ruleset that was withdrawn on \(withdrawal.day), advisory \(withdrawal.advisory)")
        }
    }

    private var isWithdrawn: Bool { if case .withdrawn = standing { true } else { false } }

    /// What is left of a bundle once the verifier object was read.
    func verdict(_ reading: inout BundleReading) throws(ReverificationStop) -> RecordedVerdict {
        do throws(ReverificationStop) {
            return try reading.verdict(isOfWithdrawnRuleset: isWithdrawn)
        } catch {
            if case .undecidable(let why) = error, isWithdrawn { throw .undecidable("\(sentence); \(why)") }
            throw error
        }
    }

    /// Why nothing that was reached by these rules can be confirmed.
    private var sentence: String {
        switch standing {
        case .known: "ruleset \(verifier.ruleset) is one of this build"
        case .withdrawn(let withdrawal):
            "ruleset \(withdrawal.ruleset) is withdrawn, advisory \(withdrawal.advisory) of \(withdrawal.day): it "
                + "accepted what must not be accepted; --ruleset \(Ruleset.current) judges the evidence by the rules of now"
        case .unknown:
            "ruleset \(verifier.ruleset) is not one of this build; use one that has it: the log names its binary as "
                + "\(verifier.binarySHA256)"
        }
    }

    /// - Parameter other: The ruleset to judge by instead.
    func check(judgingBy other: Int64?) throws(ReverificationStop) {
        guard let other, other != verifier.ruleset else {
            guard standing == .known else { throw .undecidable(sentence) }
            return
        }
        guard Ruleset.known.contains(other) else { throw .undecidable("ruleset \(other) is not one of this build") }
    }

    /// What comes out the same by other rules is not thereby confirmed.
    func checkOwn(_ other: Int64?) throws(ReverificationStop) {
        guard let other, other != verifier.ruleset else { return }
        throw .undecidable("by ruleset \(other) the same verdict comes out; \(sentence)")
    }
}
