import Appraisal
import AttestationPipeline
import DCAPFormats
import DCAPVerification
import MerkleLog
import Wire

/// The inputs of one verdict, each by the hash that the log committed to, and nothing besides.
struct ArchivedEvidence {
    let verifier: VerifierIdentity
    private let quote: [UInt8]
    private let policies: [Policy]
    private let references: ReferenceLibrary
    private let collateral: Collateral?
    private let eventLog: [UInt8]?
    private let nonce: [UInt8]?
    private let userData: [UInt8]?

    /// Every file hashes to what the entry says, and every file is one that the entry speaks of.
    init(_ bundle: EvidenceBundle, _ entry: VerdictEntry) throws(ReverificationStop) {
        var files = BundleFiles(bundle)
        guard let quote = try files.take("quote.bin", entry.evidenceSHA256),
            let policyBytes = try files.take("policy.bin", entry.policySHA256),
            let verifierBytes = try files.take("verifier.json", entry.verifierSHA256)
        else { throw .undecidable("a file is missing") }
        self.quote = quote
        eventLog = try files.take("eventlog.bin", entry.eventLogSHA256)
        nonce = try files.take("nonce.bin", entry.nonceSHA256)
        userData = try files.take("userdata.bin", entry.userDataSHA256)
        // Whoever kept the claims kept the ones that the log committed to.
        _ = try files.takeOptional("claims.json", entry.claimsSHA256)
        do throws(LogEntryFailure) {
            verifier = try VerifierIdentity(document: verifierBytes)
        } catch {
            throw .notVerified("verifier.json: \(error)")
        }
        policies = try Self.policies(policyBytes, &files)
        guard RecordedPolicy(policies).id == entry.policyID else {
            throw .notVerified(
                "policy.bin is the policy \(RecordedPolicy(policies).id), the entry's is \(entry.policyID)")
        }
        references = try Self.references(&files, entry)
        collateral = try Self.collateral(&files, entry)
        try files.finish()
    }

    /// One policy, or the set that a recorded document names.
    private static func policies(
        _ document: [UInt8], _ files: inout BundleFiles
    ) throws(ReverificationStop) -> [Policy] {
        var documents = [document]
        if let hashes = RecordedPolicy.members(of: document) {
            documents = []
            for hash in hashes {
                // One policy may stand in a set twice.
                if let known = documents.first(where: { MerkleHashing.sha256($0) == hash }) {
                    documents.append(known)
                } else if let bytes = try files.take("policies/\(hash.hex)", hash) {
                    documents.append(bytes)
                }
            }
        }
        var policies: [Policy] = []
        for bytes in documents {
            do throws(PolicyError) {
                policies.append(try Policy(parsing: bytes))
            } catch {
                throw .undecidable(
                    "policy.bin: this build does not read it as a policy: \(error.field) is \(error.found)")
            }
        }
        return policies
    }

    private static func references(
        _ files: inout BundleFiles, _ entry: VerdictEntry
    ) throws(ReverificationStop) -> ReferenceLibrary {
        var sets: [ReferenceSet] = []
        for hash in entry.references ?? [] {
            guard let bytes = try files.take("references/\(hash.hex)", hash) else { continue }
            do throws(PolicyError) {
                sets.append(try ReferenceSet(parsing: bytes))
            } catch {
                throw .undecidable("references/\(hash): this build does not read it as a reference set")
            }
        }
        return ReferenceLibrary(sets)
    }

    private static func collateral(
        _ files: inout BundleFiles, _ entry: VerdictEntry
    ) throws(ReverificationStop) -> Collateral? {
        guard let bytes = try files.take("collateral/manifest.json", entry.collateralSHA256) else { return nil }
        let manifest: CollateralManifest
        do throws(LogEntryFailure) {
            manifest = try CollateralManifest(document: bytes)
        } catch {
            throw .notVerified("collateral/manifest.json: \(error)")
        }
        var parts: [MerkleHash: [UInt8]] = [:]
        for hash in Set(manifest.parts.values) { parts[hash] = try files.take("collateral/\(hash.hex)", hash) }
        guard let collateral = Collateral(manifest, parts: parts) else {
            throw .undecidable("collateral/manifest.json names too few documents to judge with")
        }
        return collateral
    }

    /// The verdict that follows, as an entry.
    func judge(_ committed: CommittedEntry, _ trust: ReverificationTrust) throws(ReverificationStop) -> VerdictEntry {
        let recorded = committed.verdict
        let inputs = RecordedInputs(
            recorded: recorded, timeMilliseconds: committed.timeMilliseconds, quote: quote, collateral: collateral,
            eventLog: eventLog, nonce: nonce, userData: userData)
        let verdict: Verdict
        do throws(RecordedInputs.Stop) {
            verdict = try inputs.judge(
                by: Verifier(trusting: trust.anchor, options: trust.options), under: policies, references: references)
        } catch {
            throw ReverificationStop(error)
        }
        guard let canonical = try? Quote(parsing: quote) else {
            throw .notVerified("quote.bin is not the canonical bytes of a quote")
        }
        return VerdictEntry(
            verdict, of: canonical, evidenceSHA256: recorded.evidenceSHA256, jti: recorded.jti,
            verifier: recorded.verifierSHA256)
    }
}

extension ReverificationStop {
    init(_ stop: RecordedInputs.Stop) {
        switch stop {
        case .worldFailed:
            self = .undecidable("the recorded verdict is that the world failed, which cannot be judged again")
        case .notCanonical: self = .notVerified("quote.bin is not the canonical bytes of a quote")
        case .binding(let scheme):
            self = .undecidable(
                "this build does not know the report_data scheme \(scheme), or nonce and user data do not suffice for it"
            )
        case .noCollateral: self = .undecidable("the collateral is missing")
        case .devices:
            self = .undecidable("the verdict is on further evidence too, which this build does not judge again")
        }
    }
}

/// The files of a bundle, each taken once.
private struct BundleFiles {
    private var rest: [String: [UInt8]]

    init(_ bundle: EvidenceBundle) {
        rest = bundle.files
        rest["entry.json"] = nil
        rest["proof.tlog-proof"] = nil
    }

    /// - Parameter hash: What the entry says; `nil` where it does not speak of this file, which then may not be there.
    mutating func take(_ name: String, _ hash: MerkleHash?) throws(ReverificationStop) -> [UInt8]? {
        guard let hash else { return nil }
        guard let bytes = rest.removeValue(forKey: name) else { throw .undecidable("\(name) is missing") }
        guard MerkleHashing.sha256(bytes) == hash else {
            throw .notVerified("\(name) is not what the log committed to")
        }
        return bytes
    }

    mutating func takeOptional(_ name: String, _ hash: MerkleHash?) throws(ReverificationStop) -> [UInt8]? {
        rest[name] == nil ? nil : try take(name, hash)
    }

    func finish() throws(ReverificationStop) {
        if let name = rest.keys.min() { throw .notVerified("\(name) is nothing that the entry speaks of") }
    }
}
