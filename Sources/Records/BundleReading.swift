import MerkleLog
import Wire

/// The files of a bundle, each taken once, by the hash that the log committed to.
struct BundleFiles {
    private var rest: [String: [UInt8]]

    init(_ bundle: EvidenceBundle) {
        rest = bundle.files
        rest["entry.json"] = nil
        rest["proof.tlog-proof"] = nil
    }

    func has(_ name: String) -> Bool { rest[name] != nil }

    /// - Parameter hash: What the entry says; `nil` where it does not speak of this file, which then may not be there.
    mutating func take(_ name: String, _ hash: MerkleHash?) throws(ReverificationStop) -> [UInt8]? {
        guard let hash else { return nil }
        return try required(name, hash)
    }

    mutating func required(_ name: String, _ hash: MerkleHash) throws(ReverificationStop) -> [UInt8] {
        guard let bytes = rest.removeValue(forKey: name) else { throw .undecidable("\(name) is missing") }
        guard MerkleHashing.sha256(bytes) == hash else {
            throw .notVerified("\(name) is not what the log committed to")
        }
        return bytes
    }

    /// Every file was one that the entry speaks of (V-10).
    func finish() throws(ReverificationStop) {
        if let name = rest.keys.min() { throw .notVerified("\(name) is nothing that the entry speaks of") }
    }
}

/// The inputs of one verdict as bytes, each by the hash that the log committed to, and nothing besides: step 3 of
/// transparency-log 14.5, before anything of it is read.
struct BundleContents {
    let quote: [UInt8]
    /// The recorded document, and the policies where it names several, in its order.
    let policy: [UInt8]
    let policies: [[UInt8]]
    let eventLog: [UInt8]?
    let nonce: [UInt8]?
    let userData: [UInt8]?
    /// Of an accept.
    let claims: [UInt8]?
    let references: [[UInt8]]
    let manifest: CollateralManifest?
    let parts: [MerkleHash: [UInt8]]

    /// - Parameter files: What is left of them once the verifier object was taken.
    /// - Parameter isOfWithdrawnRuleset: Then no claims were archived, and none are missed.
    init(
        _ files: BundleFiles, _ entry: VerdictEntry, isFirst: Bool, isOfWithdrawnRuleset: Bool
    ) throws(ReverificationStop) {
        var files = files
        claims = try Self.claims(&files, entry, isFirst: isFirst, isOfWithdrawnRuleset: isOfWithdrawnRuleset)
        quote = try files.required("quote.bin", entry.evidenceSHA256)
        policy = try files.required("policy.bin", entry.policySHA256)
        eventLog = try files.take("eventlog.bin", entry.eventLogSHA256)
        nonce = try files.take("nonce.bin", entry.nonceSHA256)
        userData = try files.take("userdata.bin", entry.userDataSHA256)
        policies = try Self.policies(policy, &files)
        var references: [[UInt8]] = []
        for hash in entry.references ?? [] { references.append(try files.required("references/\(hash.hex)", hash)) }
        self.references = references
        var parts: [MerkleHash: [UInt8]] = [:]
        if let bytes = try files.take("collateral/manifest.json", entry.collateralSHA256) {
            let manifest: CollateralManifest
            do throws(LogEntryFailure) {
                manifest = try CollateralManifest(document: bytes)
            } catch {
                throw .notVerified("collateral/manifest.json: \(error)")
            }
            for hash in Set(manifest.parts.values) { parts[hash] = try files.take("collateral/\(hash.hex)", hash) }
            self.manifest = manifest
        } else {
            manifest = nil
        }
        self.parts = parts
        try files.finish()
    }

    /// In every bundle of an accept, in no other (V-9): leaving them out would be the cheapest way out of a lie in a token.
    private static func claims(
        _ files: inout BundleFiles, _ entry: VerdictEntry, isFirst: Bool, isOfWithdrawnRuleset: Bool
    ) throws(ReverificationStop) -> [UInt8]? {
        guard isFirst, entry.verdict == .accept else {
            // A later verdict about the same evidence has no token of its own.
            guard entry.claimsSHA256 == nil else {
                throw .notVerified("the entry commits to the claims of a token, and only an accept has one")
            }
            return nil
        }
        guard let hash = entry.claimsSHA256 else {
            throw .notVerified("the entry is of an accept, and commits to no claims")
        }
        guard files.has("claims.json") else {
            guard files.has("quote.bin") else { throw .undecidable("quote.bin and claims.json are missing") }
            guard isOfWithdrawnRuleset else { throw .notVerified("the claims are missing") }
            return nil
        }
        return try files.required("claims.json", hash)
    }

    private static func policies(
        _ document: [UInt8], _ files: inout BundleFiles
    ) throws(ReverificationStop) -> [[UInt8]] {
        guard let hashes = RecordedPolicy.members(of: document) else { return [document] }
        var documents: [[UInt8]] = []
        for hash in hashes {
            // One policy may stand in a set twice.
            if let known = documents.first(where: { MerkleHashing.sha256($0) == hash }) {
                documents.append(known)
            } else {
                documents.append(try files.required("policies/\(hash.hex)", hash))
            }
        }
        return documents
    }
}
