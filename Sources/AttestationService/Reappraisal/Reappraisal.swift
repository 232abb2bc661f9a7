import Appraisal
import AuditStore
import CollateralService
import DCAPFormats
import Dispatch
package import Logging
import MerkleLog
import Records
import Synchronization
import Wire

/// Judges live verdicts again when what they rest on has changed: Intel's documents for their platform, their policy, the
/// reference sets. A verdict is live until its token ends.
///
/// The log is the list of live verdicts, so nothing is kept of a verdict when it is given. Where one now has another outcome,
/// that is an entry of the log first, and then said: by introspection, the status list, events and webhooks. What cannot
/// be decided changes nothing: a failure of the world is no verdict.
package final class Reappraisal: Sendable {
    /// Which live verdicts may have another outcome.
    struct Scope: Sendable {
        struct Platform: Hashable, Sendable {
            let tee: String
            let fmspc: [UInt8]
        }

        var platforms: Set<Platform> = []
        var policies: Set<String> = []
        var isEverything = false
        /// Whether verdicts may be under way that were judged by what was before.
        var isAfterChange = true

        static let nothing = Scope(isAfterChange: false)
        /// All there is, while nothing runs yet.
        static let atStart = Scope(isEverything: true, isAfterChange: false)

        mutating func join(_ other: Scope) {
            platforms.formUnion(other.platforms)
            policies.formUnion(other.policies)
            isEverything = isEverything || other.isEverything
            isAfterChange = isAfterChange || other.isAfterChange
        }
    }

    package struct Dependencies: Sendable {
        let service: AttestationService
        /// The longest that a token of this process lives.
        let lifetimeSeconds: Int64
        /// Called after every entry, once it is in the log.
        let onChange: @Sendable () -> Void
        let logger: Logger

        package init(
            service: AttestationService, lifetimeSeconds: Int64, onChange: @escaping @Sendable () -> Void,
            logger: Logger
        ) {
            self.service = service
            self.lifetimeSeconds = lifetimeSeconds
            self.onChange = onChange
            self.logger = logger
        }

        var clocks: Clocks { service.clocks }
        var recorder: VerdictRecorder { service.recorder }
        var statuses: TokenStatuses { service.tokens.statuses }
    }

    private struct Counts: Sendable {
        var judged: Int64 = 0
        var changed: Int64 = 0
        var undecided: Int64 = 0
        var unchanged: Int64 = 0

        mutating func add(_ outcome: Outcome) {
            switch outcome {
            case .outOfScope: return
            case .unchanged: unchanged += 1
            case .same: judged += 1
            case .changed: (judged, changed) = (judged + 1, changed + 1)
            case .undecided: (judged, undecided) = (judged + 1, undecided + 1)
            }
        }
    }

    private let parts: Dependencies
    private let started: Int64
    private let waiting = Mutex(Scope.nothing)
    private let registry: Mutex<PolicyRegistry>
    private let totals = Mutex(Counts())
    /// The ids behind a recorded policy, which may be several; `nil` where it cannot be read any more.
    private let names = Mutex<[MerkleHash: [String]]>([:])
    private let signal: AsyncStream<Void>
    private let poke: AsyncStream<Void>.Continuation
    private let work = Mutex<Task<Void, Never>?>(nil)

    /// Verdicts judged at a time: they share one thread, and wait together for the disk.
    private static let together = 32

    package init(_ parts: Dependencies) {
        self.parts = parts
        started = parts.clocks.wall()
        registry = Mutex(parts.service.policies.current)
        (signal, poke) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins to follow, and first makes good what changed while no process ran.
    package func start(following collateral: any CollateralProviding) {
        collateral.onChange { [weak self] key in
            self?.judgeAgain(Scope(platforms: [Scope.Platform(tee: key.tee.name, fmspc: key.fmspc.bytes)]))
        }
        parts.service.policies.onChange { [weak self] in self?.judgeAgain(after: $0) }
        judgeAgain(.atStart)
        let task = Task(executorPreference: BackgroundExecutor()) { await self.run() }
        work.withLock { $0 = task }
    }

    package func stop() async {
        poke.finish()
        let task = work.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    /// Soon, in the background, and once for all that is asked meanwhile.
    func judgeAgain(_ scope: Scope) {
        waiting.withLock { $0.join(scope) }
        poke.yield()
    }

    private func judgeAgain(after new: PolicyRegistry) {
        let old = registry.withLock { registry in
            defer { registry = new }
            return registry
        }
        let (before, after) = (Self.hashes(old), Self.hashes(new))
        let changed = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
        judgeAgain(Scope(policies: changed, isEverything: old.references != new.references))
    }

    private static func hashes(_ registry: PolicyRegistry) -> [String: String] {
        Dictionary(registry.all.map { ($0.id, $0.sha256) }) { first, _ in first }
    }

    // MARK: In the background

    private func run() async {
        for await _ in signal {
            guard !Task.isCancelled else { return }
            let scope = waiting.withLock { waiting in
                defer { waiting = .nothing }
                return waiting
            }
            do {
                try await sweep(scope)
            } catch {
                guard !Task.isCancelled else { return }
                parts.logger.error("live verdicts are not judged again", metadata: ["reason": "\(error)"])
                try? await parts.clocks.sleep(.seconds(5))
                judgeAgain(scope)
            }
        }
    }

    private func sweep(_ scope: Scope) async throws {
        let now = parts.clocks.wall()
        parts.statuses.forget(at: now)
        // Another process may have given tokens that live longer than ours.
        let window =
            now - started < TokenLifetime.longestMilliseconds
            ? TokenLifetime.longestMilliseconds : parts.lifetimeSeconds * 1_000
        var counts = Counts()
        var position = try await parts.recorder.log.reader.firstIndex(from: now - window)
        try await judge(from: &position, scope, &counts)
        if scope.isAfterChange {
            // A verdict that was under way when the change came is in the log by now, judged by what was before.
            try await parts.clocks.sleep(.seconds(1))
            try await judge(from: &position, scope, &counts)
        }
        guard counts.judged > 0 else { return }
        parts.logger.notice(
            "live verdicts were judged again",
            metadata: [
                "judged": "\(counts.judged)", "changed": "\(counts.changed)", "undecided": "\(counts.undecided)",
            ])
    }

    /// Everything in scope from a position to the end of the log.
    private func judge(from position: inout UInt64, _ scope: Scope, _ counts: inout Counts) async throws {
        let log = parts.recorder.log
        let size = log.tree.size
        while position < size {
            try Task.checkCancellation()
            let end = min(size, position + 512)
            let leaves = try await log.reader.leaves(in: position..<end)
            let now = parts.clocks.wall()
            let live = zip(position..<end, leaves).compactMap { LiveVerdict(leaf: $1, index: $0, at: now) }
            position = end
            // Anew for every part: the first verdict that needs a set has it loaded.
            let manifests = parts.service.endorsing.manifestsInForce(at: Instant(seconds: now / 1_000))
            let outcomes = await withTaskGroup(of: Outcome.self) { group in
                var outcomes: [Outcome] = []
                for (number, verdict) in live.enumerated() {
                    if number >= Self.together, let outcome = await group.next() { outcomes.append(outcome) }
                    group.addTask { await self.outcome(of: verdict, scope, manifests) }
                }
                for await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            for outcome in outcomes { counts.add(outcome) }
            totals.withLock { totals in for outcome in outcomes { totals.add(outcome) } }
        }
    }

    private enum Outcome {
        case outOfScope
        /// It rests on nothing that is not as it was.
        case unchanged
        case same, changed, undecided
    }

    private func outcome(of live: LiveVerdict, _ scope: Scope, _ manifests: Set<MerkleHash>) async -> Outcome {
        do {
            guard let names = try await policyNames(of: live.entry) else { return .undecided }
            let platform = live.entry.fmspc.map { Scope.Platform(tee: live.entry.tee, fmspc: $0) }
            guard
                scope.isEverything || !scope.policies.isDisjoint(with: names)
                    || platform.map({ scope.platforms.contains($0) }) == true
            else { return .outOfScope }
            return try await outcome(of: live, names, manifests)
        } catch {
            parts.logger.warning(
                "a live verdict cannot be judged again", metadata: ["id": "\(live.entry.jti)", "reason": "\(error)"])
            return .undecided
        }
    }

    private func outcome(
        of live: LiveVerdict, _ names: [String], _ manifests: Set<MerkleHash>
    ) async throws -> Outcome {
        let registry = parts.service.policies.current
        let inForce = Dictionary(registry.all.map { ($0.id, $0) }) { first, _ in first }
        let policies = names.compactMap { inForce[$0] }
        guard policies.count == names.count else {
            var entry = live.entry
            entry.verdict = .reject
            entry.reasons = [ReappraisalEntry.policyRetired]
            // It rests on nothing any more: its sets may be retired with it, and the log would not take an entry that names them.
            entry.references = nil
            return try await conclude(live, entry, nil, at: parts.clocks.wall())
        }
        guard !isUnchanged(live, policies, registry.references, manifests) else { return .unchanged }
        guard let submission = try await submission(live, policies, registry.references) else {
            return .undecided
        }
        let now = parts.clocks.wall()
        let judgement = await parts.service.judge(submission, identifier: live.entry.jti, at: now)
        let entry = parts.recorder.entry(of: judgement)
        guard entry.verdict != .error else { return .undecided }
        // That newer documents cannot be had is no finding about the platform.
        guard entry.isCollateralExpired != true || live.entry.isCollateralExpired == true else { return .undecided }
        return try await conclude(live, entry, judgement, at: now)
    }

    /// Whether it stands as it was given, by this build, by the same policies and reference sets, and by a set of Intel's
    /// documents that is in force still: it would be given again.
    private func isUnchanged(
        _ live: LiveVerdict, _ policies: [Policy], _ references: ReferenceLibrary, _ manifests: Set<MerkleHash>
    ) -> Bool {
        let entry = live.entry
        guard parts.statuses[entry.jti] == nil, entry.verifierSHA256 == parts.recorder.verifier.sha256,
            let collateral = entry.collateralSHA256, manifests.contains(collateral),
            entry.policySHA256 == RecordedPolicy(policies).sha256
        else { return false }
        let used = references.used(by: policies, withEventLog: entry.eventLogSHA256 != nil)
        return used.recordedHashes == entry.references ?? []
    }

    /// What was submitted, out of the archive, to be held against these.
    ///
    /// - Returns: `nil` where it is not kept any more, or this build does not know what was bound.
    private func submission(
        _ live: LiveVerdict, _ policies: [Policy], _ references: ReferenceLibrary
    ) async throws -> Submission? {
        let archive = parts.recorder.archive
        do throws(RecordReadingFailure) {
            return try await RecordedVerdict(live.entry, at: live.timeMilliseconds, .submission) {
                hash async throws(EvidenceFailure) in try await archive.bytes(of: hash)
            }.submission(under: policies, references: references)
        } catch {
            guard case .purged = error else { throw error }
            return nil
        }
    }

    /// Records a verdict that is not the one that stands, and then says it.
    private func conclude(
        _ live: LiveVerdict, _ entry: VerdictEntry, _ judgement: Judgement?, at now: Int64
    ) async throws -> Outcome {
        let identifier = live.entry.jti
        let status = parts.statuses[identifier]
        guard (entry.verdict == .accept) != (status?.isAccept ?? true) else { return .same }
        guard status != nil || !parts.statuses.isFull else { return .undecided }
        var verdict = entry
        verdict.claimsSHA256 = nil
        verdict.kid = nil
        verdict.tokenExpiresMilliseconds = live.entry.tokenExpiresMilliseconds
        verdict.statusList = live.entry.statusList
        verdict.statusIndex = live.entry.statusIndex
        let basis = status?.basis ?? TokenStatus.Basis(live.entry)
        var changes = TokenStatus.Basis(verdict).changes(from: basis)
        if judgement == nil { changes = [.policy] }
        let again = ReappraisalEntry(verdict: verdict, first: Int64(clamping: live.index), changes: changes)
        let index = try await parts.recorder.record(again, judgement, at: now)
        parts.statuses.set(TokenStatus(again, index: index, timeMilliseconds: now), of: identifier)
        parts.onChange()
        return .changed
    }

    private func policyNames(of entry: VerdictEntry) async throws(EvidenceFailure) -> [String]? {
        if let known = names.withLock({ $0[entry.policySHA256] }) { return known }
        let archive = parts.recorder.archive
        guard let document = try await archive.bytes(of: entry.policySHA256) else { return nil }
        var found: [String] = []
        if let members = RecordedPolicy.members(of: document) {
            for hash in members {
                guard let bytes = try await archive.bytes(of: hash), let policy = try? Policy(parsing: bytes) else {
                    return nil
                }
                found.append(policy.id)
            }
        } else {
            guard let policy = try? Policy(parsing: document) else { return nil }
            found = [policy.id]
        }
        names.withLock { names in
            if names.count >= 4_096 { names = [:] }
            names[entry.policySHA256] = found
        }
        return found
    }

    /// For `/metrics`.
    package var gauges: [Gauge] {
        let counts = totals.withLock { $0 }
        return [
            Gauge("reappraisal_judged", "Live verdicts judged again since the start.", counts.judged),
            Gauge(
                "reappraisal_unchanged", "Live verdicts that were looked at, and rest on nothing that changed.",
                counts.unchanged
            ),
            Gauge("reappraisal_changed", "Those that have another outcome now.", counts.changed),
            Gauge(
                "reappraisal_undecided", "Those that could not be judged, and stand as they were.", counts.undecided
            ),
            Gauge("tokens_revoked", "Tokens in their time that do not stand any more.", Int64(parts.statuses.revoked)),
        ]
    }
}

/// One thread for what must not take a request's time: jobs run one after another, behind everything else.
final class BackgroundExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "assay.background", qos: .utility)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
