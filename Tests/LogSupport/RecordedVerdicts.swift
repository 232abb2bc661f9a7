package import Appraisal
package import DCAPFormats
package import DCAPVerification
import Foundation
package import MerkleLog
package import Records
import ResultToken
package import Wire

/// Verdicts recorded as a service records them: what they rest on announced before, each an entry, each with its bundle.
package struct RecordedVerdicts {
    package struct Submission {
        package let quote: [UInt8]
        package let collateral: Collateral?
        package let time: Instant
        package var policies = [Policy.strict]
        package var references = ReferenceLibrary.empty
        package var nonce: [UInt8]?
        package var userData: [UInt8]?
        package var expected: ExpectedReportData?
        package var eventLog: [UInt8]?
        package var adapter = Adapter.native
        package var audience: String?
        /// The newest documents, for the forecast.
        package var early: Collateral?

        package init(quote: [UInt8], collateral: Collateral?, time: Instant) {
            self.quote = quote
            self.collateral = collateral
            self.time = time
        }
    }

    /// A verdict with its entry and what its token is made of, to be recorded as often as there are lies about it.
    package struct Judged {
        fileprivate let submission: Submission
        fileprivate let decision: Verdict.Decision
        fileprivate let entry: VerdictEntry
        fileprivate let claims: JSON?
        /// Of an accept.
        package let sources: TokenSources?
    }

    private struct Recorded {
        let submission: Submission
        let entry: VerdictEntry
        let index: Int
        let claims: [UInt8]?
    }

    package static let issuer = "https://attest.example.cn"
    package static let statusList = "19a-list"

    package let log: LogFolder
    private let verifier: Verifier
    private let identity: VerifierIdentity
    private var recorded: [Recorded] = []
    private var leaves: [[UInt8]] = []

    package init(_ verifier: Verifier, ruleset: Int64 = Ruleset.current) throws {
        self.verifier = verifier
        identity = VerifierIdentity(
            name: "assay", version: "test", binarySHA256: MerkleHashing.sha256([1]), ruleset: ruleset)
        log = try LogFolder()
        let time = Int64(1_600_000_000_000)
        leaves = [
            try LogEntry(
                timeMilliseconds: time,
                body: .genesis(
                    GenesisEntry(
                        origin: log.key.name.description, logKey: log.key.text, specification: "attest-log/1"))
            ).leaf(),
            try LogEntry(timeMilliseconds: time, body: .verifier(identity)).leaf(),
        ]
    }

    /// Judges and records.
    ///
    /// - Parameters:
    ///   - claims: Changes the claims of an accept before the log commits to them, as a liar would.
    ///   - further: Members of the entry that only others know.
    ///   - edit: Changes the entry.
    /// - Returns: `nil` where the bytes are no quote, or an accept has no token, and there is nothing to record.
    package mutating func record(
        _ submission: Submission, claims change: (JSON) -> JSON = { $0 }, further: [(String, JSON)] = [],
        edit: (inout VerdictEntry) -> Void = { _ in }
    ) throws -> Verdict.Decision? {
        guard let judged = try judge(submission) else { return nil }
        try record(judged, claims: change, further: further, edit: edit)
        return judged.decision
    }

    package mutating func record(
        _ judged: Judged, claims change: (JSON) -> JSON = { $0 }, further: [(String, JSON)] = [],
        edit: (inout VerdictEntry) -> Void = { _ in }
    ) throws {
        let (submission, committed) = (
            judged.submission, try judged.claims.map { try change($0).canonicalBytes(as: .claims) }
        )
        var entry = judged.entry
        entry.claimsSHA256 = committed.map { MerkleHashing.sha256($0) }
        edit(&entry)
        recorded.append(Recorded(submission: submission, entry: entry, index: leaves.count, claims: committed))
        let leaf = try LogEntry(timeMilliseconds: submission.time.seconds * 1_000 + 250, body: .verdict(entry)).leaf()
        leaves.append(
            try JSON(canonical: leaf, as: .leaf, limit: Limits.leafBytes).adding(further).canonicalBytes(as: .leaf))
    }

    /// - Returns: `nil` where the bytes are no quote, or an accept has no token.
    package func judge(_ submission: Submission) throws -> Judged? {
        guard let quote = try? Quote(parsing: submission.quote) else { return nil }
        let verdict = Appraisal.judge(
            Evidence(quote: quote, eventLog: submission.eventLog), with: try endorsements(submission, quote),
            under: submission.policies, references: submission.references, expecting: submission.expected,
            trusting: verifier, at: submission.time)
        let sets = submission.references.used(
            by: submission.policies, withEventLog: submission.eventLog != nil
        ).recordedHashes
        var entry = VerdictEntry(
            verdict, of: quote, evidenceSHA256: MerkleHashing.sha256(quote.bytes), jti: "j\(recorded.count)",
            policy: RecordedPolicy(verdict.policies), verifier: identity.sha256)
        if !sets.isEmpty { entry.references = sets }
        entry.collateralSHA256 =
            submission.collateral?.archived(tee: entry.tee, early: submission.early).manifest.sha256
        entry.nonceSHA256 = submission.nonce.map { MerkleHashing.sha256($0) }
        entry.userDataSHA256 = submission.userData.map { MerkleHashing.sha256($0) }
        entry.eventLogSHA256 = submission.eventLog.map { MerkleHashing.sha256($0) }
        entry.adapter = submission.adapter == .native ? nil : submission.adapter.rawValue
        var (made, honest): (TokenSources?, JSON?)
        if let accepted = AcceptedVerdict(verdict) {
            let sources = TokenSources(
                verdict: accepted, adapter: submission.adapter, identifier: entry.jti,
                evidenceSHA256: entry.evidenceSHA256,
                given: .init(nonce: submission.nonce, userData: submission.userData), references: sets,
                forecast: forecast(verdict.verification, submission), verifier: identity)
            guard let claims = try claims(sources, submission.audience, &entry) else { return nil }
            (made, honest) = (sources, claims)
        }
        return Judged(
            submission: submission, decision: verdict.decision, entry: entry, claims: honest, sources: made)
    }

    private func endorsements(_ submission: Submission, _ quote: Quote) throws -> EndorsementsAtHand {
        if let collateral = submission.collateral { return .documents(collateral) }
        do throws(Refusal) {
            _ = try verifier.anchor(quote, at: submission.time)
        } catch {
            return .none(error)
        }
        throw CocoaError(.featureUnsupported)
    }

    private func claims(
        _ sources: TokenSources, _ audience: String?, _ entry: inout VerdictEntry
    ) throws -> JSON? {
        var place: StatusReference?
        if sources.profile == .ear {
            entry.statusList = Self.statusList
            entry.statusIndex = 7
            place = StatusReference(uri: "\(Self.issuer)/v1/status-list/\(Self.statusList)", index: 7)
        }
        let claims: JSON
        do throws(TokenError) {
            claims = try sources.claims(issuer: Self.issuer, audience: audience, lifetimeSeconds: 300, status: place)
        } catch {
            return nil
        }
        entry.kid = "key"
        if case .integer(let end)? = claims["exp"] { entry.tokenExpiresMilliseconds = end * 1_000 }
        return claims
    }

    private func forecast(_ verification: Verification, _ submission: Submission) -> String? {
        guard case .verified(let quote) = verification, let early = submission.early,
            let documents = try? verifier.verify(
                early, of: quote.endorsements.collateral.authority, at: submission.time)
        else { return nil }
        return quote.forecastStatus(under: documents)
    }

    /// The bundles of everything recorded, in order, once all of it is in the log.
    package mutating func bundles() throws -> [EvidenceBundle] {
        try log.append(Array(leaves.dropFirst(log.leaves.count)))
        return try recorded.map { item in
            let (submission, entry) = (item.submission, item.entry)
            var bundle = EvidenceBundle(
                entry: log.leaves[item.index], proof: try log.proof(index: item.index, withLeaf: true))
            // The canonical quote: a driver's padding is not archived.
            let quote = try Quote(parsing: submission.quote)
            bundle.add("quote.bin", quote.bytes)
            let policy = RecordedPolicy(submission.policies)
            bundle.add("policy.bin", policy.document)
            if policy.policies.count > 1 {
                for one in policy.policies { bundle.add("policies/\(one.sha256)", one.bytes) }
            }
            bundle.add("verifier.json", identity.document)
            if let claims = item.claims, entry.claimsSHA256 != nil { bundle.add("claims.json", claims) }
            if let nonce = submission.nonce { bundle.add("nonce.bin", nonce) }
            if let userData = submission.userData { bundle.add("userdata.bin", userData) }
            if let eventLog = submission.eventLog { bundle.add("eventlog.bin", eventLog) }
            if let (manifest, parts) = submission.collateral?.archived(tee: quote.tee.name, early: submission.early) {
                bundle.add("collateral/manifest.json", manifest.document)
                for (hash, bytes) in parts { bundle.add("collateral/\(hash.hex)", bytes) }
            }
            let named = Set(entry.references ?? [])
            for set in submission.references.ids.compactMap({ submission.references[$0] }) {
                let hash = MerkleHashing.sha256(set.bytes)
                if named.contains(hash) { bundle.add("references/\(hash.hex)", set.bytes) }
            }
            return bundle
        }
    }
}
