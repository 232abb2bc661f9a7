import Appraisal
package import AuditStore
import DCAPFormats
package import KeyCustody
package import MerkleLog
package import Records
import ResultToken
import Wire

/// The log, the archive and the index of a running service, and the way of every judgement into them.
package final class VerdictRecorder: Sendable {
    package let log: AuditLog
    package let archive: EvidenceArchive
    package let index: QueryIndex
    package let follower: QueryFollower
    package let verifier: VerifierIdentity
    /// The index that follows and the scrubber that reads.
    private let background: [Task<Void, Never>]
    private let clocks: Clocks

    /// Starts what follows and what scrubs; `stop` ends it.
    package init(
        log: AuditLog, archive: EvidenceArchive, index: QueryIndex, verifier: VerifierIdentity, clocks: Clocks
    ) {
        self.log = log
        self.archive = archive
        self.index = index
        self.verifier = verifier
        self.clocks = clocks
        let follower = QueryFollower(log, into: index)
        self.follower = follower
        background = [Task { await follower.run() }, Task { await LogScrubber(log).run() }]
    }

    /// This build and its keys, in the log before the first verdict that rests on them.
    package func announce(ring: KeyRing, at milliseconds: Int64) async throws(AppendFailure) {
        try await announce(.verifier(verifier))
        await archiveShared(.verifier, verifier.document, at: milliseconds)
        try await announce(ring)
    }
    private static func activation(_ policy: RecordedPolicy) -> LogEntryBody {
        .policy(PolicyEntry(operation: .activate, policyID: policy.id, policySHA256: policy.sha256))
    }

    /// Token keys, before their first token.
    package func announce(_ ring: KeyRing) async throws(AppendFailure) {
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

    /// What a command did to the store of this service while it stood still.
    package func record(act action: String, on subject: String) async throws(AppendFailure) {
        _ = try await log.append(
            LogEntry(
                timeMilliseconds: clocks.wall(),
                body: .admin(AdminEntry(who: "operator", action: action, subject: subject))))
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
    ///
    /// - Parameter caller: Whose budget the evidence costs.
    package func record(
        _ judgement: Judgement, _ commitment: TokenCommitment?, for caller: Principal
    ) async throws(RecordFailure) -> Receipt {
        do {
            let isArchived = try await archive(judgement, commitment, for: caller)
            try await announceBasis(of: judgement)
            var entry = judgement.verdictEntry(verifier: verifier.sha256, commitment)
            if !isArchived { entry.isArchived = false }
            return try await receipt(
                for: try await log.append(
                    LogEntry(timeMilliseconds: judgement.timeMilliseconds, body: .verdict(entry))))
        } catch let failure as EvidenceFailure {
            throw RecordFailure(
                code: "LOG_UNAVAILABLE", sentence: failure.sentence, retryAfterSeconds: failure.retryAfterSeconds,
                detail: failure.detail)
        } catch let failure as AppendFailure {
            throw RecordFailure(
                code: failure.code, sentence: failure.sentence, retryAfterSeconds: failure.retryAfterSeconds,
                isOutdated: failure.isOfRetired)
        } catch {
            throw RecordFailure(code: "LOG_UNAVAILABLE", sentence: "\(error)", retryAfterSeconds: 5)
        }
    }

    /// Whether a verdict could be recorded now: asked before anything is spent or fetched for one.
    package func checkTakesVerdicts() throws(RecordFailure) {
        do throws(AppendFailure) {
            try log.checkTakesEntries()
        } catch {
            throw RecordFailure(
                code: error.code, sentence: error.sentence, retryAfterSeconds: error.retryAfterSeconds)
        }
    }

    /// What a judgement says, as an entry of this verifier's.
    package func entry(of judgement: Judgement) -> VerdictEntry {
        judgement.verdictEntry(verifier: verifier.sha256, nil)
    }

    /// Records that a live verdict came out otherwise; durable when this returns.
    ///
    /// - Parameter judgement: `nil` where nothing was judged.
    /// - Returns: the entry's index.
    package func record(
        _ entry: ReappraisalEntry, _ judgement: Judgement?, at milliseconds: Int64
    ) async throws -> UInt64 {
        if let judgement {
            // What it rests on is nearly always there; the rest is no caller's cost.
            try await archive.store(
                judgement.items(nil), ofAgain: judgement.identifier, at: judgement.timeMilliseconds)
            try await announceBasis(of: judgement)
        }
        return try await log.append(LogEntry(timeMilliseconds: milliseconds, body: .reappraisal(entry))).index
    }

    /// Evidence and documents are in the archive, as far as there is room for them.
    ///
    /// - Returns: whether the evidence is.
    private func archive(
        _ judgement: Judgement, _ commitment: TokenCommitment?, for caller: Principal
    ) async throws(EvidenceFailure) -> Bool {
        try await archive.store(
            judgement.items(commitment), of: judgement.identifier,
            judgement.verdict.decision == .accept ? .accept : .reject, for: caller.text,
            at: judgement.timeMilliseconds)
    }

    /// What the entry will rest on is in the log.
    private func announceBasis(of judgement: Judgement) async throws {
        let policy = judgement.policy
        // Policies are announced before they are served; that several hold together is first known here. Asked after that,
        // because a set of policies must not outlive one of them.
        if policy.policies.count > 1 {
            try await log.announce(Self.activation(policy))
            let retired = policy.policies.map(\.digest).filter { !log.isInForce(policy: $0) }
            guard retired.isEmpty else { throw AppendFailure.unfounded(retired.map { .policy($0) }) }
        }
        if let collateral = judgement.collateral {
            try await log.announce(
                .collateral(
                    CollateralEntry(
                        manifestSHA256: collateral.manifestSHA256,
                        nextUpdateMilliseconds: collateral.nextUpdateMilliseconds)))
        }
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
    package func summarize(
        malformed: Int64, rateLimited: Int64, repeated: Int64 = 0, from: Int64, to: Int64
    ) async {
        guard malformed > 0 || rateLimited > 0 || repeated > 0 else { return }
        do throws(AppendFailure) {
            _ = try await log.append(
                LogEntry(
                    timeMilliseconds: to,
                    body: .summary(
                        SummaryEntry(
                            fromMilliseconds: from, toMilliseconds: to, malformed: malformed, rateLimited: rateLimited,
                            repeated: repeated > 0 ? repeated : nil))
                ))
        } catch {
            log.report("a summary is not recorded: \(error.sentence)")
        }
    }

    /// In order: nothing more comes in, what waits is finished, the index follows, the files are closed.
    package func stop() async {
        for task in background { task.cancel() }
        let follower = follower
        _ = try? await withTimeout(seconds: 5) { try await follower.catchUp() }
        await BlockingWork.run { [self] in
            archive.stop()
            log.stop()
        }
    }

    /// Ends before anything was appended.
    package func abandon() async {
        for task in background { task.cancel() }
        await BlockingWork.run { [self] in
            archive.stop()
            log.abandon()
        }
    }

    private func withTimeout(seconds: Int64, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { [clocks] in try await clocks.sleep(.seconds(seconds)) }
            try await group.next()
            group.cancelAll()
        }
    }
}

extension VerdictRecorder {
    /// The log in numbers, for `/metrics`.
    package var gauges: [Gauge] {
        let figures = log.figures
        return [
            Gauge("log_size", "Entries under the newest signed checkpoint.", Int64(clamping: figures.signedSize)),
            Gauge(
                "log_published_size", "Entries under the published checkpoint.", Int64(clamping: figures.publishedSize)),
            Gauge("log_queue_depth", "Entries that wait.", Int64(figures.queueDepth)),
            Gauge("log_batch_size", "Entries of the last batch.", figures.lastBatch),
            Gauge("log_appended", "Entries appended since the start.", figures.appended),
            Gauge("log_wal_bytes", "Bytes of the write-ahead log.", figures.walBytes),
            Gauge("log_free_bytes", "Bytes free where the log is.", figures.freeBytes),
            Gauge("log_takes_entries", "1 while verdicts can be recorded.", figures.condition.takesEntries ? 1 : 0),
            Gauge("evidence_bytes", "Bytes that the evidence archive holds.", archive.usedBytes),
            Gauge("query_applied_size", "Entries in the query index.", Int64(clamping: follower.appliedSize)),
        ]
    }
}

extension VerdictRecorder {
    /// Who read raw evidence, and how often.
    package func recordAccesses(
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

    /// Ends what an earlier process began to delete.
    package func finishPurge() async {
        do {
            _ = try await Retention(archive: archive, index: index, log: log).finish()
        } catch {
            log.report("a deletion that was announced is not done yet: \(error)")
        }
    }

    /// Deletes evidence whose time is over.
    package func purge() async {
        do {
            let count = try await Retention(archive: archive, index: index, log: log).purge(at: clocks.wall())
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
