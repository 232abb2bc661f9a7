import Appraisal
import DCAPFormats
import DCAPVerification
import MerkleLog
import ResultToken
import Wire

/// A record of which this build reads all that a verdict rests on; and what follows from it, held against what it says.
struct JudgingAgain {
    private let record: RecordedVerdict
    private let verifier: VerifierIdentity
    private let policies: [Policy]
    private let references: ReferenceLibrary

    init(_ record: RecordedVerdict, _ verifier: VerifierIdentity) throws(ReverificationStop) {
        self.record = record
        self.verifier = verifier
        // What a ruleset of this build judged by, this build reads: who cannot be read has not judged so.
        let isKnown = Ruleset.known.contains(verifier.ruleset)
        func unreadable(_ why: String) -> ReverificationStop { isKnown ? .notVerified(why) : .undecidable(why) }
        var policies: [Policy] = []
        for bytes in record.policyDocuments ?? [] {
            do throws(PolicyError) {
                policies.append(try Policy(parsing: bytes))
            } catch {
                throw unreadable(
                    "policy.bin: this build does not read it as a policy: \(error.field) is \(error.found)")
            }
        }
        self.policies = policies
        if isKnown {
            // No door of these rulesets takes a built-in policy's id over other bytes (dcap 6.8). A build whose own
            // built-in policies differ has to know the hashes of the earlier ones.
            for policy in policies {
                do throws(PolicyError) {
                    try policy.checkID()
                } catch {
                    throw .notVerified("policy.bin: \(error.found), and that id is reserved for a built-in policy")
                }
            }
        }
        let id = RecordedPolicy(policies).id
        guard id == record.entry.policyID else {
            throw .notVerified("policy.bin is the policy \(id), the entry's is \(record.entry.policyID)")
        }
        var sets: [ReferenceSet] = []
        for bytes in record.referenceDocuments {
            do throws(PolicyError) {
                sets.append(try ReferenceSet(parsing: bytes))
            } catch {
                throw unreadable(
                    "references/\(MerkleHashing.sha256(bytes)): this build does not read it as a reference set")
            }
        }
        references = ReferenceLibrary(sets)
        if record.manifest != nil, record.collateral == nil {
            throw unreadable("collateral/manifest.json names too few documents to judge with")
        }
    }

    /// What follows from the same inputs, and where it differs from what was recorded.
    struct Judged {
        var differences: [Reverification.Difference]
        /// What of the entry and of the token's claims nothing shows.
        var notCompared: [String] = []
        var issuer: String?
    }

    func judge(_ committed: CommittedEntry, _ trust: ReverificationTrust) throws(ReverificationStop) -> Judged {
        // No ruleset of this build judges further evidence: that the entry names some is a difference, and no way out.
        var record = record
        record.entry.devices = nil
        let recorded = record.entry
        // Nor does one have another scheme.
        if let binding = recorded.binding, ExpectedReportData.Scheme(rawValue: binding) == nil {
            return Judged(differences: [
                Reverification.Difference(field: "binding", recorded: binding, found: "no scheme of this ruleset")
            ])
        }
        let judge = Verifier(trusting: trust.anchor, options: trust.options)
        let verdict: Verdict
        do throws(RecordedVerdict.Stop) {
            verdict = try record.judge(by: judge, under: policies, references: references)
        } catch {
            // Nothing is accepted without collateral: an entry that names none tells something else than it says.
            if error == .noCollateral, recorded.verdict == .accept, recorded.collateralSHA256 == nil {
                throw .notVerified("an accept that names no collateral")
            }
            throw ReverificationStop(error)
        }
        guard let canonical = verdict.verification.quote else { throw ReverificationStop(.notCanonical) }
        var found = VerdictEntry(
            verdict, of: canonical, evidenceSHA256: recorded.evidenceSHA256, jti: recorded.jti,
            policy: RecordedPolicy(verdict.policies), verifier: recorded.verifierSHA256)
        let used = references.used(by: policies, withEventLog: recorded.eventLogSHA256 != nil).recordedHashes
        found.references = used.isEmpty ? nil : used
        var judged = Judged(
            differences: EntryComparison.differences(committed.verdict, found, further: committed.further),
            notCompared: EntryComparison.notCompared(committed, hasToken: record.claims != nil))
        guard let claims = record.claims else { return judged }
        guard let accepted = AcceptedVerdict(verdict) else {
            judged.differences.append(
                Reverification.Difference(
                    field: "claims", recorded: "those of a token", found: "no token: the verdict is no accept"))
            return judged
        }
        guard let adapter = committed.verdict.adapter.map({ Adapter(rawValue: $0) }) ?? .native else {
            judged.differences.append(
                Reverification.Difference(
                    field: "adapter", recorded: committed.verdict.adapter ?? "absent",
                    found: "no interface of this ruleset"))
            return judged
        }
        let comparison = ClaimsComparison(
            claims, committed,
            TokenSources(
                verdict: accepted, adapter: adapter, identifier: recorded.jti, evidenceSHA256: recorded.evidenceSHA256,
                given: .init(nonce: record.nonce, userData: record.userData), references: used,
                forecast: record.forecast(of: verdict, by: judge), verifier: verifier), trust)
        judged.differences += comparison.differences
        judged.notCompared = comparison.notCompared + judged.notCompared
        judged.issuer = comparison.issuer
        return judged
    }
}

extension ReverificationStop {
    init(_ stop: RecordedVerdict.Stop) {
        switch stop {
        case .worldFailed:
            self = .undecidable("the recorded verdict is that the world failed, which cannot be judged again")
        case .notCanonical: self = .notVerified("quote.bin is not the canonical bytes of a quote")
        case .binding(let scheme):
            self = .undecidable(
                "this build does not know the report_data scheme \(scheme)")
        case .noCollateral: self = .undecidable("the collateral is missing")
        case .devices:
            self = .undecidable("the verdict is on further evidence too, which this build does not judge again")
        }
    }
}
