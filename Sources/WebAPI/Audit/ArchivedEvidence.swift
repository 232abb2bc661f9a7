import Appraisal
import AttestationPipeline
import AuditStore
import DCAPFormats
import EvidenceBundles
import MerkleLog
import Wire

/// What the archive still has of a verdict.
struct ArchivedEvidence: Sendable {
    let entry: VerdictEntry
    let quote: [UInt8]
    /// The recorded document, and the policies where it names several.
    let policy: [UInt8]?
    let policies: [MerkleHash: [UInt8]]
    let verifier: [UInt8]?
    let manifest: [UInt8]?
    let parts: [MerkleHash: [UInt8]]
    let nonce: [UInt8]?
    let userData: [UInt8]?
    let eventLog: [UInt8]?
    let references: [MerkleHash: [UInt8]]

    /// - Throws: 410 where the quote, or anything else that the verdict rests on, was deleted.
    init(
        _ entry: VerdictEntry, from archive: (MerkleHash) async throws(EvidenceFailure) -> [UInt8]?
    ) async throws(HTTPProblem) {
        self.entry = entry
        func blob(_ hash: MerkleHash?, _ what: String) async throws(HTTPProblem) -> [UInt8]? {
            guard let hash else { return nil }
            let bytes: [UInt8]?
            do throws(EvidenceFailure) {
                bytes = try await archive(hash)
            } catch {
                throw HTTPProblem(.notRecorded, "the archive cannot be read now", fix: "Try again later.")
            }
            guard let bytes else {
                throw HTTPProblem(
                    .evidencePurged, "\(what) \(hash.hex) is not kept any more; the entry and its proof are",
                    fix: "Ask whoever keeps bundles, or look at the entry alone.")
            }
            return bytes
        }
        quote = try await blob(entry.evidenceSHA256, "the quote") ?? []
        policy = try await blob(entry.policySHA256, "the policy")
        var policies: [MerkleHash: [UInt8]] = [:]
        for hash in policy.flatMap({ RecordedPolicy.members(of: $0) }) ?? [] {
            policies[hash] = try await blob(hash, "a policy")
        }
        self.policies = policies
        verifier = try await blob(entry.verifierSHA256, "the verifier object")
        nonce = try await blob(entry.nonceSHA256, "the nonce")
        userData = try await blob(entry.userDataSHA256, "the user data")
        eventLog = try await blob(entry.eventLogSHA256, "the event log")
        manifest = try await blob(entry.collateralSHA256, "the collateral manifest")
        var parts: [MerkleHash: [UInt8]] = [:]
        if let manifest, let names = try? CollateralManifest(document: manifest) {
            for hash in names.parts.values { parts[hash] = try await blob(hash, "a collateral document") }
        }
        self.parts = parts
        var references: [MerkleHash: [UInt8]] = [:]
        for hash in entry.references ?? [] { references[hash] = try await blob(hash, "a reference set") }
        self.references = references
    }

    /// The policies of then, in their order; `nil` where one cannot be read by this version.
    var judgedBy: [Policy]? {
        guard let policy else { return nil }
        let documents = RecordedPolicy.members(of: policy).map { $0.compactMap { policies[$0] } } ?? [policy]
        let read = documents.compactMap { try? Policy(parsing: $0) }
        return read.count == documents.count ? read : nil
    }

    /// What the verdict was reached from, to be judged again.
    func inputs(at timeMilliseconds: Int64) -> RecordedInputs {
        let names = manifest.flatMap { try? CollateralManifest(document: $0) }
        return RecordedInputs(
            recorded: entry, timeMilliseconds: timeMilliseconds, quote: quote,
            collateral: names.flatMap { Collateral($0, parts: parts) }, eventLog: eventLog, nonce: nonce,
            userData: userData)
    }

    var library: ReferenceLibrary { ReferenceLibrary(references.values.compactMap { try? ReferenceSet(parsing: $0) }) }

    func bundle(leaf: [UInt8], proof: TextProof) -> EvidenceBundle {
        var bundle = EvidenceBundle(entry: leaf, proof: proof)
        bundle.add("quote.bin", quote)
        for (name, bytes) in [
            ("policy.bin", policy), ("verifier.json", verifier), ("nonce.bin", nonce), ("userdata.bin", userData),
            ("eventlog.bin", eventLog), ("collateral/manifest.json", manifest),
        ] {
            if let bytes { bundle.add(name, bytes) }
        }
        for (hash, bytes) in parts { bundle.add("collateral/\(hash.hex)", bytes) }
        for (hash, bytes) in policies { bundle.add("policies/\(hash.hex)", bytes) }
        for (hash, bytes) in references { bundle.add("references/\(hash.hex)", bytes) }
        return bundle
    }
}
