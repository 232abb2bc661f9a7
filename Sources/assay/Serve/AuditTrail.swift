import Appraisal
import AttestationPipeline
import AuditStore
import Crypto
import DCAPFormats
import Foundation
import KeyCustody
import Logging
import MerkleLog
import ResultToken
import ServiceConfiguration
import WebAPI
import Wire

/// The log, the archive and the index of a running service, and the way of every judgement into them.
final class AuditTrail: Sendable {
    let log: AuditLog
    let archive: EvidenceArchive
    let index: QueryIndex
    let follower: QueryFollower
    /// `nil` where the configuration names none.
    let witnesses: WitnessRounds?
    let verifier: VerifierIdentity
    /// The index that follows and the scrubber that reads.
    private let background: [Task<Void, Never>]
    private let now: @Sendable () -> Int64

    private init(
        log: AuditLog, archive: EvidenceArchive, index: QueryIndex, follower: QueryFollower, witnesses: WitnessRounds?,
        verifier: VerifierIdentity, now: @escaping @Sendable () -> Int64
    ) {
        self.log = log
        self.archive = archive
        self.index = index
        self.follower = follower
        self.witnesses = witnesses
        self.verifier = verifier
        self.now = now
        background = [Task { await follower.run() }, Task { await LogScrubber(log).run() }]
    }

    /// Opens everything, or says why the service must not run.
    static func open(
        _ configuration: ServiceConfiguration, issuer: String, keys: KeyStore, now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) async throws -> AuditTrail {
        let folder = configuration.data
        var settings = LogSettings(
            folder: folder, origin: configuration.auditOrigin, standardOrigin: standardOrigin(issuer, at: now()),
            now: now,
            fatal: { why in
                // Nothing more may be done with files whose content nobody knows: no handlers, no buffers.
                Terminal.standardError("assay: the audit log: \(why)\n")
                _exit(70)
            })
        settings.notice = { logger.warning("audit log", metadata: ["what": "\($0)"]) }
        let log: AuditLog
        do throws(LogDefect) {
            log = try AuditLog.open(settings, keys: source(keys))
        } catch {
            throw Problem(error)
        }
        let witnesses: WitnessRounds?
        do {
            // What they have seen is compared while nothing is appended: a signature under an older copy makes a fork.
            witnesses = try await WitnessRounds.make(configuration, log, now: now, logger: logger)
            try await witnesses?.compare()
            try await log.begin()
        } catch {
            await BlockingWork.run { log.stop() }
            throw (error as? LogDefect).map { Problem($0) } ?? error
        }
        let archive: EvidenceArchive
        do throws(EvidenceFailure) {
            archive = try EvidenceArchive(
                path: folder + "/evidence.db", retentionDays: configuration.auditRetentionDays)
        } catch {
            throw Problem.undecided("evidence archive: \(error.sentence)")
        }
        let index: QueryIndex
        do throws(QueryIndex.Failure) {
            index = try QueryIndex(path: folder + "/query.db", origin: log.origin, signedSize: log.tree.size)
        } catch {
            throw Problem.undecided("query index: \(error.sentence)")
        }
        return AuditTrail(
            log: log, archive: archive, index: index, follower: QueryFollower(log, into: index),
            witnesses: witnesses,
            verifier: VerifierIdentity(
                name: "assay", version: Assay.version, binarySHA256: try binaryDigest(),
                ruleset: Ruleset.current),
            now: now)
    }

    private static func source(_ keys: KeyStore) -> LogKeySource {
        @Sendable func signer(_ key: CheckpointKey) -> LogSigner {
            LogSigner(publicKey: key.publicKey) { try key.sign($0) }
        }
        return LogKeySource(
            existing: { try keys.checkpointKey().map(signer) }, make: { signer(try keys.makeCheckpointKey()) })
    }

    /// The issuer without its scheme, and the year (design 5.4).
    private static func standardOrigin(_ issuer: String, at milliseconds: Int64) -> String {
        let rest = issuer.range(of: "://").map { String(issuer[$0.upperBound...]) } ?? issuer
        return rest + "/log/" + Instant(seconds: milliseconds / 1_000).description.prefix(4)
    }

    /// SHA-256 of this program's file, read once.
    private static let binary = Result { () throws -> MerkleHash in
        let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/exe"))
        var hasher = SHA256()
        while let part = try file.read(upToCount: 1 << 20), !part.isEmpty { hasher.update(data: part) }
        return MerkleHash(exactly: Array(hasher.finalize())) ?? MerkleHash()
    }

    private static func binaryDigest() throws -> MerkleHash {
        do {
            return try binary.get()
        } catch {
            throw Problem.undecided("this program cannot read itself, and its digest belongs into the log")
        }
    }

    /// This build and its keys, in the log before the first verdict that rests on them.
    func announce(ring: KeyRing, at milliseconds: Int64) async throws(AppendFailure) {
        try await announce(.verifier(verifier))
        await archiveShared(.verifier, verifier.document, at: milliseconds)
        try await announce(ring)
    }
    private static func activation(_ policy: RecordedPolicy) -> LogEntryBody {
        .policy(PolicyEntry(operation: .activate, policyID: policy.id, policySHA256: policy.sha256))
    }

    /// Token keys, before their first token.
    func announce(_ ring: KeyRing) async throws(AppendFailure) {
        for entry in ring.entries where entry.key != nil {
            let record = entry.record
            try await announce(
                .key(
                    KeyEntry(
                        use: .token, kid: record.keyIdentifier, algorithm: record.algorithm.rawValue,
                        thumbprint: record.keyIdentifier, notBeforeMilliseconds: record.signsFrom.seconds * 1_000,
                        notAfterMilliseconds: record.signsUntil.map { $0.seconds * 1_000 })))
        }
    }

    private func announce(_ body: LogEntryBody) async throws(AppendFailure) { try await log.announce(body) }

    private func archiveShared(_ role: EvidenceRole, _ bytes: [UInt8], at milliseconds: Int64) async {
        do throws(EvidenceFailure) {
            try await archive.store([EvidenceItem(role, bytes)], owner: "", at: milliseconds)
        } catch {
            log.report("the archive does not take a \(role.rawValue): \(error.sentence)")
        }
    }

    /// Evidence first, then what it rests on, then the verdict (transparency-log C-4, E-11); and the proof that it is there.
    func record(_ judgement: Judgement, _ commitment: TokenCommitment?) async throws(RecordFailure) -> Receipt {
        guard let quote = judgement.quote, let entry = judgement.logEntry(verifier: verifier.sha256, commitment) else {
            throw RecordFailure(code: "INTERNAL", sentence: "no quote, no entry", retryAfterSeconds: 1)
        }
        do {
            try await prepare(judgement, quote.bytes, claims: commitment?.claims)
            return try await receipt(for: try await log.append(entry))
        } catch let failure as AppendFailure {
            throw RecordFailure(
                code: failure.code, sentence: failure.sentence, retryAfterSeconds: failure.retryAfterSeconds,
                isOutdated: failure.isOfRetired)
        } catch {
            throw RecordFailure(code: "LOG_UNAVAILABLE", sentence: "\(error)", retryAfterSeconds: 5)
        }
    }

    /// What a judgement says, as an entry of this verifier's; `nil` where it is about no quote.
    func entry(of judgement: Judgement) -> VerdictEntry? {
        guard case .verdict(let entry)? = judgement.logEntry(verifier: verifier.sha256, nil)?.body else { return nil }
        return entry
    }

    /// Records that a live verdict came out otherwise; durable when this returns.
    ///
    /// - Parameter judgement: `nil` where nothing was judged.
    /// - Returns: the entry's index.
    func record(
        _ entry: ReappraisalEntry, _ judgement: Judgement?, at milliseconds: Int64
    ) async throws -> UInt64 {
        if let judgement, let quote = judgement.quote { try await prepare(judgement, quote.bytes, claims: nil) }
        return try await log.append(LogEntry(timeMilliseconds: milliseconds, body: .reappraisal(entry))).index
    }

    /// Evidence and documents are in the archive, and what the entry will rest on is in the log.
    ///
    /// - Parameter claims: Of the token to come, if any.
    private func prepare(_ judgement: Judgement, _ quote: [UInt8], claims: [UInt8]?) async throws {
        let collateral = judgement.collateral
        var items = Self.items(quote, judgement, collateral)
        if let claims { items.append(EvidenceItem(.claims, claims)) }
        try await archive.store(items, owner: judgement.identifier, at: judgement.timeMilliseconds)
        let policy = RecordedPolicy(judgement.verdict.policies)
        // Policies are announced before they are served; that several hold together is first known here. Asked after that,
        // because a set of policies must not outlive one of them.
        if policy.policies.count > 1 {
            try await log.announce(Self.activation(policy))
            let hashes = policy.policies.map { MerkleHashing.sha256($0.bytes) }
            let retired = hashes.filter { !log.isInForce(policy: $0) }
            guard retired.isEmpty else { throw AppendFailure.unfounded(retired.map { .policy($0) }) }
        }
        if let collateral {
            try await log.announce(
                .collateral(
                    CollateralEntry(
                        manifestSHA256: collateral.manifestSHA256,
                        nextUpdateMilliseconds: collateral.nextUpdateMilliseconds)))
        }
    }

    private static func items(
        _ quote: [UInt8], _ judgement: Judgement, _ collateral: RecordedCollateral?
    ) -> [EvidenceItem] {
        var items = [EvidenceItem(.quote, quote, sha256: judgement.evidenceSHA256)]
        if let nonce = judgement.given.nonce { items.append(EvidenceItem(.nonce, nonce)) }
        if let data = judgement.given.userData { items.append(EvidenceItem(.userData, data)) }
        if let eventLog = judgement.eventLog { items.append(EvidenceItem(.eventLog, eventLog)) }
        for policy in judgement.verdict.policies { items.append(EvidenceItem(.policy, policy.bytes)) }
        let policy = RecordedPolicy(judgement.verdict.policies)
        if policy.policies.count > 1 { items.append(EvidenceItem(.policy, policy.document)) }
        for set in judgement.references { items.append(EvidenceItem(.referenceSet, set.bytes)) }
        if let collateral {
            items.append(EvidenceItem(.manifest, collateral.manifestDocument, sha256: collateral.manifestSHA256))
            for (hash, bytes) in collateral.parts { items.append(EvidenceItem(.collateral, bytes, sha256: hash)) }
        }
        return items
    }

    private func receipt(for entry: AppendedEntry) async throws -> Receipt {
        let proof = try await log.reader.inclusion(of: entry.index, in: entry.tree.size)
        let text = TextProof(extra: entry.leaf, index: entry.index, path: proof.path, checkpoint: entry.tree.note)
        return Receipt(
            document: .object([
                ("status", .string("included")), ("index", .integer(Int64(clamping: entry.index))),
                ("size", .integer(Int64(clamping: entry.tree.size))), ("leaf_hash", .string(entry.leafHash.hex)),
                ("proof", .string(String(decoding: text.bytes, as: UTF8.self))),
            ]), claim: TokenBinding.logClaim(origin: log.origin, index: entry.index, leafHash: entry.leafHash))
    }

    /// What was turned away, once a minute.
    func summarize(malformed: Int64, rateLimited: Int64, from: Int64, to: Int64) async {
        guard malformed > 0 || rateLimited > 0 else { return }
        do throws(AppendFailure) {
            _ = try await log.append(
                LogEntry(
                    timeMilliseconds: to,
                    body: .summary(
                        SummaryEntry(
                            fromMilliseconds: from, toMilliseconds: to, malformed: malformed, rateLimited: rateLimited))
                ))
        } catch {
            log.report("a summary is not recorded: \(error.sentence)")
        }
    }

    /// In order: nothing more comes in, what waits is finished, the index follows, the files are closed.
    func stop() async {
        for task in background { task.cancel() }
        let follower = follower
        _ = try? await withTimeout(seconds: 5) { try await follower.catchUp() }
        await BlockingWork.run { [self] in
            archive.stop()
            log.stop()
        }
    }

    private func withTimeout(seconds: Int64, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { try await Task.sleep(for: .seconds(seconds)) }
            try await group.next()
            group.cancelAll()
        }
    }
}

extension AuditTrail {
    /// The log in numbers, for `/metrics`.
    var gauges: [(name: String, help: String, value: Int64)] {
        let figures = log.figures
        return [
            ("log_size", "Entries under the newest signed checkpoint.", Int64(clamping: figures.signedSize)),
            ("log_published_size", "Entries under the published checkpoint.", Int64(clamping: figures.publishedSize)),
            ("log_queue_depth", "Entries that wait.", Int64(figures.queueDepth)),
            ("log_batch_size", "Entries of the last batch.", figures.lastBatch),
            ("log_appended", "Entries appended since the start.", figures.appended),
            ("log_wal_bytes", "Bytes of the write-ahead log.", figures.walBytes),
            ("log_free_bytes", "Bytes free where the log is.", figures.freeBytes),
            ("log_takes_entries", "1 while verdicts can be recorded.", figures.condition.takesEntries ? 1 : 0),
            ("query_applied_size", "Entries in the query index.", Int64(clamping: follower.appliedSize)),
        ]
    }
}

extension AuditTrail {
    /// Who read raw evidence, and how often.
    func recordAccesses(
        _ accesses: [(who: String, what: AccessEntry.What, count: Int64)], from: Int64, to: Int64
    ) async {
        for (who, what, count) in accesses {
            do throws(AppendFailure) {
                _ = try await log.append(
                    LogEntry(
                        timeMilliseconds: to,
                        body: .access(
                            AccessEntry(who: who, what: what, count: count, fromMilliseconds: from, toMilliseconds: to))
                    ))
            } catch {
                log.report("that \(who) read evidence is not recorded: \(error.sentence)")
            }
        }
    }

    /// Deletes evidence whose time is over.
    func purge() async {
        do {
            let count = try await Retention(archive: archive, index: index, log: log).purge(at: now())
            if count > 0 { log.report("the evidence of \(count) verdicts was deleted: its time is over") }
        } catch {
            log.report("evidence whose time is over is still there: \(error)")
        }
    }
}

extension AppendFailure {
    /// A policy or a reference set was retired after the judgement had begun.
    fileprivate var isOfRetired: Bool {
        guard case .unfounded(let faults) = self else { return false }
        return faults.contains { fault in
            switch fault {
            case .policy, .referenceSet: true
            case .verifier, .collateral, .key, .noToken, .first, .genesis, .frozen: false
            }
        }
    }
}

extension Problem {
    /// 75 for what only a person may resolve.
    init(_ defect: LogDefect) {
        self.init(exitCode: defect.exitCode, message: "audit log (\(defect.kind.rawValue)): \(defect.sentence)")
    }
}
