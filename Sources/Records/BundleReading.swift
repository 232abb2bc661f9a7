import MerkleLog
import Wire

/// Reads the verdict of a bundle: every file once, by the hash that the log committed to, and nothing besides (step 3 of
/// transparency-log 14.5).
struct BundleReading {
    private var rest: [String: [UInt8]]
    private var reading: RecordReading
    private let entry: CommittedEntry

    init(_ bundle: EvidenceBundle, _ entry: CommittedEntry) {
        self.entry = entry
        rest = bundle.files
        rest["entry.json"] = nil
        rest["proof.tlog-proof"] = nil
        reading = RecordReading(entry.verdict, at: entry.timeMilliseconds, .bundle)
    }

    /// The verifier object, which comes first: what else must be there depends on its rules.
    mutating func verifier() throws(ReverificationStop) -> [UInt8] {
        let bytes = try file(RecordedPart(.verifier, entry.verdict.verifierSHA256))
        reading.take(bytes)
        return bytes
    }

    /// - Parameter isOfWithdrawnRuleset: Then no claims were archived, and none are missed.
    mutating func verdict(isOfWithdrawnRuleset: Bool) throws(ReverificationStop) -> RecordedVerdict {
        try checkClaims(isOfWithdrawnRuleset: isOfWithdrawnRuleset)
        while let part = reading.next {
            guard reading.needsNext || rest[part.fileName] != nil else {
                reading.take(nil)
                continue
            }
            let bytes = try file(part)
            if part.kind == .manifest { try Self.checkManifest(bytes) }
            reading.take(bytes)
        }
        // Every file was one that the entry speaks of (V-10).
        if let name = rest.keys.min() { throw .notVerified("\(name) is nothing that the entry speaks of") }
        return reading.record
    }

    private mutating func file(_ part: RecordedPart) throws(ReverificationStop) -> [UInt8] {
        let name = part.fileName
        guard let bytes = rest.removeValue(forKey: name) else { throw .undecidable("\(name) is missing") }
        guard MerkleHashing.sha256(bytes) == part.sha256 else {
            throw .notVerified("\(name) is not what the log committed to")
        }
        return bytes
    }

    /// In every bundle of an accept, in no other (V-9): leaving them out would be the cheapest way out of a lie in a token.
    private func checkClaims(isOfWithdrawnRuleset: Bool) throws(ReverificationStop) {
        guard entry.isFirst, entry.verdict.verdict == .accept else {
            // A later verdict about the same evidence has no token of its own.
            guard entry.verdict.claimsSHA256 == nil else {
                throw .notVerified("the entry commits to the claims of a token, and only an accept has one")
            }
            return
        }
        guard entry.verdict.claimsSHA256 != nil else {
            throw .notVerified("the entry is of an accept, and commits to no claims")
        }
        guard rest["claims.json"] == nil else { return }
        guard rest["quote.bin"] != nil else { throw .undecidable("quote.bin and claims.json are missing") }
        guard isOfWithdrawnRuleset else { throw .notVerified("the claims are missing") }
    }

    private static func checkManifest(_ bytes: [UInt8]) throws(ReverificationStop) {
        do throws(LogEntryFailure) {
            _ = try CollateralManifest(document: bytes)
        } catch {
            throw .notVerified("collateral/manifest.json: \(error)")
        }
    }
}
