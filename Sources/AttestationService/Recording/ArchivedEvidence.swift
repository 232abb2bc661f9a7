package import Appraisal
package import Records
package import AuditStore
package import DCAPFormats
package import MerkleLog
import Wire

/// What was submitted for a verdict, as the archive still has it.
package struct ArchivedSubmission: Sendable {
    package enum Failure: Error, Hashable, Sendable {
        /// It was deleted, as its time was over or somebody wanted it. `what`: its name for people.
        case purged(what: String, MerkleHash)
        /// The archive cannot be read now.
        case unavailable
    }

    package typealias Unreadable = EvidenceFailure
    package typealias Archive = (MerkleHash) async throws(Unreadable) -> [UInt8]?

    let entry: VerdictEntry
    let quote: [UInt8]
    let eventLog: [UInt8]?
    let nonce: [UInt8]?
    let userData: [UInt8]?

    /// - Throws: `purged` where one of them was deleted.
    package init(_ entry: VerdictEntry, from archive: Archive) async throws(ArchivedSubmission.Failure) {
        self.entry = entry
        quote = try await Self.blob(entry.evidenceSHA256, "the quote", archive) ?? []
        eventLog = try await Self.blob(entry.eventLogSHA256, "the event log", archive)
        nonce = try await Self.blob(entry.nonceSHA256, "the nonce", archive)
        userData = try await Self.blob(entry.userDataSHA256, "the user data", archive)
    }

    fileprivate static func blob(
        _ hash: MerkleHash?, _ what: String, _ archive: Archive
    ) async throws(ArchivedSubmission.Failure) -> [UInt8]? {
        guard let hash else { return nil }
        guard let bytes = try await optionalBlob(hash, archive) else {
            throw .purged(what: what, hash)
        }
        return bytes
    }

    fileprivate static func optionalBlob(
        _ hash: MerkleHash?, _ archive: Archive
    ) async throws(ArchivedSubmission.Failure) -> [UInt8]? {
        guard let hash else { return nil }
        do throws(EvidenceFailure) {
            return try await archive(hash)
        } catch {
            throw .unavailable
        }
    }

    /// To be judged again.
    ///
    /// - Parameters:
    ///   - collateral: Of then, to judge at the verdict's own time; not needed for what is in force now.
    ///   - ruleset: Of then.
    package func inputs(
        at timeMilliseconds: Int64, collateral: Collateral? = nil, ruleset: Int64? = nil
    ) -> RecordedInputs {
        RecordedInputs(
            recorded: entry, timeMilliseconds: timeMilliseconds, quote: quote, collateral: collateral,
            eventLog: eventLog, nonce: nonce, userData: userData, ruleset: ruleset)
    }
}

/// What the archive still has of a verdict: what was submitted, and what it was judged by.
package struct ArchivedEvidence: Sendable {
    let submission: ArchivedSubmission
    /// The recorded document, and the policies where it names several.
    let policy: [UInt8]?
    let policies: [MerkleHash: [UInt8]]
    let verifier: [UInt8]?
    /// Of an accept's token; `nil` where there is none, or it is of a ruleset that archived none.
    let claims: [UInt8]?
    let manifest: [UInt8]?
    let parts: [MerkleHash: [UInt8]]
    let references: [MerkleHash: [UInt8]]

    /// - Throws: `purged` where the quote, or anything else that the verdict rests on, was deleted.
    package init(_ entry: VerdictEntry, from archive: ArchivedSubmission.Archive) async throws(ArchivedSubmission
        .Failure)
    {
        func blob(_ hash: MerkleHash?, _ what: String) async throws(ArchivedSubmission.Failure) -> [UInt8]? {
            try await ArchivedSubmission.blob(hash, what, archive)
        }
        submission = try await ArchivedSubmission(entry, from: archive)
        policy = try await blob(entry.policySHA256, "the policy")
        var policies: [MerkleHash: [UInt8]] = [:]
        for hash in policy.flatMap({ RecordedPolicy.members(of: $0) }) ?? [] {
            policies[hash] = try await blob(hash, "a policy")
        }
        self.policies = policies
        verifier = try await blob(entry.verifierSHA256, "the verifier object")
        claims = try await ArchivedSubmission.optionalBlob(entry.claimsSHA256, archive)
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
    package var judgedBy: [Policy]? {
        guard let policy else { return nil }
        let documents = RecordedPolicy.members(of: policy).map { $0.compactMap { policies[$0] } } ?? [policy]
        let read = documents.compactMap { try? Policy(parsing: $0) }
        return read.count == documents.count ? read : nil
    }

    /// What the verdict was reached from, to be judged again.
    package func inputs(at timeMilliseconds: Int64) -> RecordedInputs {
        let names = manifest.flatMap { try? CollateralManifest(document: $0) }
        return submission.inputs(
            at: timeMilliseconds, collateral: names.flatMap { Collateral($0, parts: parts) }, ruleset: ruleset)
    }

    /// The rules that the verdict was reached by; `nil` where they are not kept.
    package var ruleset: Int64? { verifier.flatMap { try? VerifierIdentity(document: $0) }?.ruleset }

    package var library: ReferenceLibrary {
        ReferenceLibrary(references.values.compactMap { try? ReferenceSet(parsing: $0) })
    }

    package func bundle(leaf: [UInt8], proof: TextProof) -> EvidenceBundle {
        var bundle = EvidenceBundle(entry: leaf, proof: proof)
        bundle.add("quote.bin", submission.quote)
        for (name, bytes) in [
            ("policy.bin", policy), ("verifier.json", verifier), ("nonce.bin", submission.nonce),
            ("userdata.bin", submission.userData), ("eventlog.bin", submission.eventLog),
            ("claims.json", claims), ("collateral/manifest.json", manifest),
        ] {
            if let bytes { bundle.add(name, bytes) }
        }
        for (hash, bytes) in parts { bundle.add("collateral/\(hash.hex)", bytes) }
        for (hash, bytes) in policies { bundle.add("policies/\(hash.hex)", bytes) }
        for (hash, bytes) in references { bundle.add("references/\(hash.hex)", bytes) }
        return bundle
    }
}
