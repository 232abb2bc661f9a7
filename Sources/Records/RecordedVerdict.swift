package import Appraisal
package import DCAPFormats
package import DCAPVerification
package import MerkleLog
import Wire

/// One verdict as it was recorded: its entry, and everything that it was reached from, to be judged again at its own time
/// or held against what is in force now. Read by `RecordReading`, from the archive or a bundle alike.
package struct RecordedVerdict: Hashable, Sendable {
    package var entry: VerdictEntry
    /// Of the entry: the one instant of everything in it (transparency-log E-6).
    package let timeMilliseconds: Int64
    /// Each compared with its hash.
    package private(set) var parts: [RecordedPart: [UInt8]] = [:]

    init(_ entry: VerdictEntry, at timeMilliseconds: Int64) {
        self.entry = entry
        self.timeMilliseconds = timeMilliseconds
    }

    mutating func add(_ bytes: [UInt8], as part: RecordedPart) { parts[part] = bytes }

    /// The parts of a kind, as far as they are named by what was read.
    func parts(of kind: RecordedPart.Kind) -> [RecordedPart] {
        switch kind {
        case .memberPolicy:
            // One policy may stand in a set twice.
            (self[.policy].flatMap { RecordedPolicy.members(of: $0) } ?? []).reduce(into: []) { parts, hash in
                let part = RecordedPart(kind, hash)
                if !parts.contains(part) { parts.append(part) }
            }
        case .collateral:
            Set(manifest?.parts.values.map { RecordedPart(kind, $0) } ?? []).sorted { $0.sha256.hex < $1.sha256.hex }
        default: entry.parts(of: kind)
        }
    }

    /// Of a kind of which the entry names one.
    subscript(kind: RecordedPart.Kind) -> [UInt8]? { entry.parts(of: kind).first.flatMap { parts[$0] } }
}

/// What the parts say, as far as this build reads them.
extension RecordedVerdict {
    package var quote: [UInt8] { self[.quote] ?? [] }
    package var eventLog: [UInt8]? { self[.eventLog] }
    package var nonce: [UInt8]? { self[.nonce] }
    package var userData: [UInt8]? { self[.userData] }
    package var claims: [UInt8]? { self[.claims] }

    /// The documents that it was judged by, in their order; `nil` where one was not read.
    var policyDocuments: [[UInt8]]? {
        guard let document = self[.policy] else { return nil }
        guard let hashes = RecordedPolicy.members(of: document) else { return [document] }
        let documents = hashes.compactMap { parts[RecordedPart(.memberPolicy, $0)] }
        return documents.count == hashes.count ? documents : nil
    }

    /// The policies of then, in their order; `nil` where one cannot be read by this build.
    package var policies: [Policy]? {
        guard let documents = policyDocuments else { return nil }
        let read = documents.compactMap { try? Policy(parsing: $0) }
        return read.count == documents.count ? read : nil
    }

    /// The reference sets that were read, in the order of the entry.
    var referenceDocuments: [[UInt8]] { entry.parts(of: .referenceSet).compactMap { parts[$0] } }

    package var references: ReferenceLibrary {
        ReferenceLibrary(referenceDocuments.compactMap { try? ReferenceSet(parsing: $0) })
    }

    var manifest: CollateralManifest? { self[.manifest].flatMap { try? CollateralManifest(document: $0) } }

    /// `nil` where the entry names none, or too little of it was read.
    package var collateral: Collateral? { manifest.flatMap { Collateral($0, parts: documents) } }

    /// The newest documents of then, for the forecast; `nil` where there were none.
    package var early: Collateral? { manifest.flatMap { Collateral(early: $0, parts: documents) } }

    private var documents: [MerkleHash: [UInt8]] {
        Dictionary(uniqueKeysWithValues: parts.filter { $0.key.kind == .collateral }.map { ($0.key.sha256, $0.value) })
    }

    /// The rules that the verdict was reached by; `nil` where they were not read.
    package var ruleset: Int64? { self[.verifier].flatMap { try? VerifierIdentity(document: $0) }?.ruleset }
}

/// Judging again.
extension RecordedVerdict {
    /// Why nothing can be said.
    package enum Stop: Error, Hashable, Sendable {
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
    package func judge(
        by verifier: Verifier, under policies: [Policy], references: ReferenceLibrary
    ) throws(Stop) -> Verdict {
        guard entry.verdict != .error else { throw .worldFailed }
        guard entry.devices == nil else { throw .devices }
        guard let canonical = try? Quote(parsing: quote), canonical.bytes == quote else { throw .notCanonical }
        let endorsements = try endorsements(of: canonical, verifier)
        return Appraisal.judge(
            evidence(canonical), with: endorsements, under: policies, references: references,
            expecting: try expected(), trusting: verifier, at: time)
    }

    /// The same again, to be judged by what is in force now.
    ///
    /// - Returns: `nil` where this build does not read the quote, or does not know how anything was bound, or the adapter
    ///   that made the verdict.
    package func submission(under policies: [Policy], references: ReferenceLibrary) -> Submission? {
        guard let adapter = entry.adapter.map({ Adapter(rawValue: $0) }) ?? .native,
            case .success(let expected) = Result(catching: { () throws(Stop) in try expected() }),
            let quote = try? Quote(parsing: quote)
        else { return nil }
        return Submission(
            evidence: evidence(quote), policies: policies, references: references, expectedReportData: expected,
            adapter: adapter,
            given: Submission.Given(nonce: nonce, userData: userData, isChallenge: entry.isChallenge == true))
    }

    /// What the newest documents of then made of the platform.
    ///
    /// - Parameter verdict: On this record.
    package func forecast(of verdict: Verdict, by verifier: Verifier) -> String? {
        guard case .verified(let quote) = verdict.verification, let early,
            let documents = try? verifier.verify(early, of: quote.endorsements.collateral.authority, at: time)
        else { return nil }
        return quote.forecastStatus(under: documents)
    }

    private func evidence(_ quote: Quote) -> Evidence {
        Evidence(
            quote: quote, sha256: entry.evidenceSHA256, eventLog: eventLog, eventLogSHA256: entry.eventLogSHA256)
    }

    /// What report_data had to hold.
    private func expected() throws(Stop) -> ExpectedReportData? {
        guard let binding = entry.binding else { return nil }
        guard let scheme = ExpectedReportData.Scheme(rawValue: binding) else { throw .binding(binding) }
        // Ruleset 1 took empty input and short nonces, and what was bound so would not be accepted now.
        return ExpectedReportData(
            recorded: scheme, nonce: nonce, userData: userData, isChallenge: entry.isChallenge == true)
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

extension RecordedVerdict {
    /// The bundle of this record.
    ///
    /// - Parameters:
    ///   - leaf: The entry as the log has it.
    ///   - proof: That it is there.
    package func bundle(leaf: [UInt8], proof: TextProof) -> EvidenceBundle {
        var bundle = EvidenceBundle(entry: leaf, proof: proof)
        for (part, bytes) in parts { bundle.add(part.fileName, bytes) }
        return bundle
    }
}
