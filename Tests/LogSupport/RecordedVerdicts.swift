package import Appraisal
import AttestationPipeline
package import DCAPFormats
package import DCAPVerification
import EventLog
package import EvidenceBundles
import Foundation
package import MerkleLog
package import Wire

/// Verdicts recorded as a service records them: what they rest on announced before, each an entry, each with its bundle.
package struct RecordedVerdicts {
    package struct Submission {
        package let quote: [UInt8]
        package let collateral: Collateral?
        package let time: Instant
        package var policy = Policy.strict
        package var references = ReferenceLibrary.empty
        package var nonce: [UInt8]?
        package var expected: ExpectedReportData?
        package var eventLog: [UInt8]?

        package init(quote: [UInt8], collateral: Collateral?, time: Instant) {
            self.quote = quote
            self.collateral = collateral
            self.time = time
        }
    }

    package let log: LogFolder
    private let verifier: Verifier
    private let identity = VerifierIdentity(
        name: "assay", version: "test", binarySHA256: MerkleHashing.sha256([1]), ruleset: Ruleset.current)
    private var recorded: [(submission: Submission, verdict: VerdictEntry, index: Int)] = []
    private var leaves: [[UInt8]] = []

    package init(_ verifier: Verifier) throws {
        self.verifier = verifier
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
    /// - Returns: `nil` where the bytes are no quote, and there is nothing to record.
    package mutating func record(
        _ submission: Submission, edit: (inout VerdictEntry) -> Void = { _ in }
    ) throws -> Verdict.Decision? {
        let verification =
            if let collateral = submission.collateral {
                verifier.verify(submission.quote, using: collateral, at: submission.time)
            } else {
                try verifier.anchor(submission.quote, at: submission.time).refusal()
            }
        var eventLog: EventLogFindings?
        if case .verified(let verified) = verification, let bytes = submission.eventLog {
            eventLog = verified.replay(bytes, manifests: submission.references.manifests)
        }
        let verdict = appraise(
            verification, trusting: verifier.anchor, under: submission.policy, references: submission.references,
            eventLog: eventLog, expecting: submission.expected, at: submission.time)
        guard let quote = verification.quote else { return nil }
        var entry = VerdictEntry(
            verdict, of: quote, evidenceSHA256: MerkleHashing.sha256(quote.bytes), jti: "j\(recorded.count)",
            verifier: identity.sha256)
        let sets = submission.policy.referenceSets.compactMap { submission.references[$0] }
        if !sets.isEmpty { entry.references = sets.map { MerkleHashing.sha256($0.bytes) } }
        entry.collateralSHA256 = submission.collateral?.archived(tee: entry.tee).manifest.sha256
        entry.nonceSHA256 = submission.nonce.map { MerkleHashing.sha256($0) }
        entry.eventLogSHA256 = submission.eventLog.map { MerkleHashing.sha256($0) }
        edit(&entry)
        recorded.append((submission, entry, leaves.count))
        leaves.append(
            try LogEntry(timeMilliseconds: submission.time.seconds * 1_000 + 250, body: .verdict(entry)).leaf())
        return verdict.decision
    }

    /// The bundles of everything recorded, in order, once all of it is in the log.
    package mutating func bundles() throws -> [EvidenceBundle] {
        try log.append(Array(leaves.dropFirst(log.leaves.count)))
        return try recorded.map { submission, entry, index in
            var bundle = EvidenceBundle(entry: log.leaves[index], proof: try log.proof(index: index, withLeaf: true))
            // The canonical quote: a driver's padding is not archived.
            let quote = try Quote(parsing: submission.quote)
            bundle.add("quote.bin", quote.bytes)
            bundle.add("policy.bin", submission.policy.bytes)
            bundle.add("verifier.json", identity.document)
            if let nonce = submission.nonce { bundle.add("nonce.bin", nonce) }
            if let eventLog = submission.eventLog { bundle.add("eventlog.bin", eventLog) }
            if let (manifest, parts) = submission.collateral?.archived(tee: quote.tee.name) {
                bundle.add("collateral/manifest.json", manifest.document)
                for (hash, bytes) in parts { bundle.add("collateral/\(hash.hex)", bytes) }
            }
            for id in entry.references == nil ? [] : submission.references.ids {
                guard let set = submission.references[id] else { continue }
                bundle.add("references/\(MerkleHashing.sha256(set.bytes).hex)", set.bytes)
            }
            return bundle
        }
    }
}

extension Result where Success == AnchoredQuote, Failure == AnchorRefusal {
    fileprivate func refusal() throws -> Verification {
        switch self {
        case .failure(let refusal): refusal.verification
        case .success: throw CocoaError(.featureUnsupported)
        }
    }
}

extension Verification {
    fileprivate var quote: Quote? {
        switch self {
        case .verified(let verified): verified.quote
        case .refused(_, let quote): quote
        }
    }
}
