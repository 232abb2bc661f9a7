import Appraisal
import AttestationPipeline
import AuditStore
import CollateralService
import DCAPFormats
import Dispatch
import EvidenceBundles
import Logging
import MerkleLog
import Synchronization
import WebAPI
import Wire

/// Judges live verdicts again when what they rest on has changed: Intel's documents for their platform, their policy, the
/// reference sets. A verdict is live until its token ends.
///
/// The log is the list of live verdicts, so nothing is kept of a verdict when it is given. Where one comes out otherwise,
/// that is an entry of the log first, and then said: by introspection, the status list, events and webhooks. What cannot
/// be decided changes nothing: a failure of the world is no verdict.
final class Reappraisal: Sendable {
    /// Which live verdicts may come out otherwise.
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

    struct Means: Sendable {
        let pipeline: AttestationPipeline
        let policies: PoliciesInForce
        let shelf: EndorsementShelf
        let trail: AuditTrail
        let standings: Standings
        /// The longest that a token of this process lives.
        let lifetimeSeconds: Int64
        /// Called after every entry, once it is in the log.
        let onFlip: @Sendable () -> Void
        let now: @Sendable () -> Int64
        let logger: Logger
    }

    private struct Counts: Sendable {
        var judged: Int64 = 0
        var flipped: Int64 = 0
        var undecided: Int64 = 0
        var unchanged: Int64 = 0

        mutating func add(_ outcome: Outcome) {
            switch outcome {
            case .outOfScope: return
            case .unchanged: unchanged += 1
            case .same: judged += 1
            case .flipped: (judged, flipped) = (judged + 1, flipped + 1)
            case .undecided: (judged, undecided) = (judged + 1, undecided + 1)
            }
        }
    }

    private let means: Means
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

    init(_ means: Means) {
        self.means = means
        started = means.now()
        registry = Mutex(means.policies.current)
        (signal, poke) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins to follow, and first makes good what changed while no process ran.
    func start(following collateral: CollateralService) {
        collateral.onChange { [weak self] key in
            self?.judgeAgain(Scope(platforms: [Scope.Platform(tee: key.tee.name, fmspc: key.fmspc.bytes)]))
        }
        means.policies.onChange { [weak self] in self?.judgeAgain(after: $0) }
        judgeAgain(.atStart)
        let task = Task(executorPreference: BackgroundExecutor()) { await self.run() }
        work.withLock { $0 = task }
    }

    func stop() async {
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
                means.logger.error("live verdicts are not judged again", metadata: ["reason": "\(error)"])
                try? await Task.sleep(for: .seconds(5))
                judgeAgain(scope)
            }
        }
    }

    private func sweep(_ scope: Scope) async throws {
        let now = means.now()
        means.standings.forget(at: now)
        // Another process may have given tokens that live longer than ours.
        let window =
            now - started < TokenLifetime.longestMilliseconds
            ? TokenLifetime.longestMilliseconds : means.lifetimeSeconds * 1_000
        var counts = Counts()
        var position = try await means.trail.log.reader.firstIndex(from: now - window)
        try await judge(from: &position, scope, &counts)
        if scope.isAfterChange {
            // A verdict that was under way when the change came is in the log by now, judged by what was before.
            try await Task.sleep(for: .seconds(1))
            try await judge(from: &position, scope, &counts)
        }
        guard counts.judged > 0 else { return }
        means.logger.notice(
            "live verdicts were judged again",
            metadata: [
                "judged": "\(counts.judged)", "changed": "\(counts.flipped)", "undecided": "\(counts.undecided)",
            ])
    }

    /// Everything in scope from a position to the end of the log.
    private func judge(from position: inout UInt64, _ scope: Scope, _ counts: inout Counts) async throws {
        let log = means.trail.log
        let size = log.tree.size
        while position < size {
            try Task.checkCancellation()
            let end = min(size, position + 512)
            let leaves = try await log.reader.leaves(in: position..<end)
            let now = means.now()
            let live = zip(position..<end, leaves).compactMap { LiveVerdict(leaf: $1, index: $0, at: now) }
            position = end
            // Anew for every part: the first verdict that needs a set has it loaded.
            let manifests = means.shelf.manifestsInForce(at: Instant(seconds: now / 1_000))
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
        case same, flipped, undecided
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
            means.logger.warning(
                "a live verdict cannot be judged again", metadata: ["id": "\(live.entry.jti)", "reason": "\(error)"])
            return .undecided
        }
    }

    private func outcome(
        of live: LiveVerdict, _ names: [String], _ manifests: Set<MerkleHash>
    ) async throws -> Outcome {
        let registry = means.policies.current
        let inForce = Dictionary(registry.all.map { ($0.id, $0) }) { first, _ in first }
        let policies = names.compactMap { inForce[$0] }
        guard policies.count == names.count else {
            var entry = live.entry
            entry.verdict = .reject
            entry.reasons = [ReappraisalEntry.policyRetired]
            return try await conclude(live, entry, nil, at: means.now())
        }
        guard !isUnchanged(live, policies, registry.references, manifests) else { return .unchanged }
        guard let submission = try await submission(live.entry, policies, registry.references) else {
            return .undecided
        }
        let now = means.now()
        let judgement = await means.pipeline.judge(
            submission, identifier: live.entry.jti, timeMilliseconds: now)
        guard let entry = means.trail.entry(of: judgement), entry.verdict != .error else { return .undecided }
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
        guard means.standings[entry.jti] == nil, entry.verifierSHA256 == means.trail.verifier.sha256,
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
        _ entry: VerdictEntry, _ policies: [Policy], _ references: ReferenceLibrary
    ) async throws -> Submission? {
        let archive = means.trail.archive
        do throws(HTTPProblem) {
            return try await ArchivedSubmission(entry) { hash async throws(EvidenceFailure) in
                try await archive.bytes(of: hash)
            }.inputs(at: means.now()).submission(under: policies, references: references)
        } catch {
            guard error.isPurged else { throw error }
            return nil
        }
    }

    /// Records a verdict that is not the one that stands, and then says it.
    private func conclude(
        _ live: LiveVerdict, _ entry: VerdictEntry, _ judgement: Judgement?, at now: Int64
    ) async throws -> Outcome {
        let identifier = live.entry.jti
        let standing = means.standings[identifier]
        guard (entry.verdict == .accept) != (standing?.isAccept ?? true) else { return .same }
        guard standing != nil || !means.standings.isFull else { return .undecided }
        var verdict = entry
        verdict.claimsSHA256 = nil
        verdict.kid = nil
        verdict.tokenExpiresMilliseconds = live.entry.tokenExpiresMilliseconds
        verdict.statusList = live.entry.statusList
        verdict.statusIndex = live.entry.statusIndex
        let basis = standing?.basis ?? Standing.Basis(live.entry)
        var changes = Standing.Basis(verdict).changes(from: basis)
        if judgement == nil { changes = [.policy] }
        let again = ReappraisalEntry(verdict: verdict, first: Int64(clamping: live.index), changes: changes)
        let index = try await means.trail.record(again, judgement, at: now)
        means.standings.set(Standing(again, index: index, timeMilliseconds: now), of: identifier)
        means.onFlip()
        return .flipped
    }

    private func policyNames(of entry: VerdictEntry) async throws(EvidenceFailure) -> [String]? {
        if let known = names.withLock({ $0[entry.policySHA256] }) { return known }
        let archive = means.trail.archive
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
    var gauges: [(name: String, help: String, value: Int64)] {
        let counts = totals.withLock { $0 }
        return [
            ("reappraisal_judged", "Live verdicts judged again since the start.", counts.judged),
            (
                "reappraisal_unchanged", "Live verdicts that were looked at, and rest on nothing that changed.",
                counts.unchanged
            ),
            ("reappraisal_changed", "Those that came out otherwise.", counts.flipped),
            (
                "reappraisal_undecided", "Those that could not be judged, and stand as they were.", counts.undecided
            ),
            ("tokens_revoked", "Tokens in their time that do not stand any more.", Int64(means.standings.revoked)),
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
