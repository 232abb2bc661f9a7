package import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
import Synchronization
public import Wire

/// The audit log: an append-only Merkle tree in SQLite with one writer (transparency-log 8 to 11).
///
/// `append` returns when the entry is on the disk, read back, guarded, and under a checkpoint that the log signed; what
/// it returns survives any crash. An index that was returned never names another entry.
public final class AuditLog: Sendable {
    struct Pending: Sendable {
        let entry: AdmittedEntry
        let continuation: CheckedContinuation<Result<AppendedEntry, AppendFailure>, Never>
    }

    public let origin: KeyName
    /// The log's verifier key, for everybody.
    public let key: NoteKey
    public let reader: LogReader
    /// Seals the cursors of questions about this log.
    public let cursorKey: CursorKey
    /// What witnesses said of its checkpoints.
    public let witnessed = WitnessedCheckpoints()

    let settings: LogSettings
    let file: DatabaseFile
    /// What this start says of the one before; `nil` when the log has just begun.
    let restart: RestartEntry?
    /// The last start of a service on this log; `nil` where none was written down.
    package let startMark: StartMark?
    private let lock: ProcessLock
    let freeBytes: @Sendable () -> Int64
    /// The entry of this start, where the disk had no room for it: it comes before every other.
    let owed = Mutex<LogEntryBody?>(nil)
    let pipeline: Mutex<CommitPipeline>
    private let inForce: Mutex<InForce>
    private let announcing = Mutex<[String: Task<Void, any Error>]>([:])
    let status: Mutex<Status>
    private let thread: BatchThread<Pending>
    private let cache: TileCache
    private let newest: NewestTree
    private let listeners = Mutex<[@Sendable (SignedTree, [AdmittedEntry]) -> Void]>([])

    struct Status: Sendable {
        var condition = LogCondition.ok
        var published: SignedTree?
        var publishedAt: Int64 = 0
        var lastCommit: Int64 = 0
        var lastBatch: Int64 = 0
        var batches: Int64 = 0
        var appended: Int64 = 0
    }

    /// The tree under the newest signed checkpoint.
    final class NewestTree: Sendable {
        let tree: Mutex<SignedTree>
        init(_ tree: SignedTree) { self.tree = Mutex(tree) }
    }

    init(_ parts: OpenedLog, settings: LogSettings) {
        self.settings = settings
        origin = parts.key.name
        key = parts.key
        cursorKey = parts.cursorKey
        file = parts.file
        restart = parts.restart
        startMark = parts.startMark
        lock = parts.lock
        freeBytes = parts.pipeline.world.freeBytes
        inForce = Mutex(parts.inForce)
        status = Mutex(Status(lastCommit: settings.now()))
        cache = TileCache()
        let newest = NewestTree(parts.tree)
        self.newest = newest
        reader = LogReader(pool: parts.pool, cache: cache) { newest.tree.withLock { $0 } }
        pipeline = Mutex(parts.pipeline)
        thread = BatchThread(limits: .init(queue: settings.queue, patience: settings.patience))
    }

    /// Begins to take entries.
    func start() {
        thread.start(
            name: "audit-log", idleEvery: .milliseconds(200), work: { [self] batch in write(batch) },
            idle: { [self] in idle() })
    }

    public var tree: SignedTree { newest.tree.withLock { $0 } }
    public var condition: LogCondition { status.withLock { $0.condition } }
    /// What `checkpoint` answers: at most two seconds behind, and stored.
    public var published: SignedTree { status.withLock { $0.published } ?? tree }

    /// Called after every signed tree with its newest entries, on the writer's thread: must return at once.
    func onGrowth(_ listener: @escaping @Sendable (SignedTree, [AdmittedEntry]) -> Void) {
        listeners.withLock { $0.append(listener) }
    }

    /// Whether `body` may be appended now: what a verdict rests on is in force (transparency-log E-11).
    public func faults(of body: LogEntryBody) -> [CausalClosure.Fault] {
        inForce.withLock { $0.closure.faults(of: body, at: tree.size) }
    }

    /// The activations of policies and reference sets that nothing has retired since.
    public var documentsInForce: [LogEntryBody] {
        inForce.withLock { $0.documents }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Whether a policy is in force now; the log itself says so of what an entry names.
    public func isInForce(policy: MerkleHash) -> Bool {
        inForce.withLock { $0.names.contains(Announcement.prefix + "policy/\(policy.hex)") }
    }

    /// Puts what verdicts rest on into the log, unless it is in force already. However many wait for the same, it is
    /// appended once.
    public func announce(_ body: LogEntryBody) async throws(AppendFailure) {
        guard let name = Announcement(body)?.name, !inForce.withLock({ $0.names.contains(name) }) else { return }
        let task = announcing.withLock { tasks in
            if let task = tasks[name] { return task }
            let task = Task { [self] in
                defer { announcing.withLock { $0[name] = nil } }
                guard !inForce.withLock({ $0.names.contains(name) }) else { return }
                _ = try await append(LogEntry(timeMilliseconds: settings.now(), body: body))
            }
            tasks[name] = task
            return task
        }
        do {
            try await task.value
        } catch {
            throw error as? AppendFailure ?? .unavailable("\(error)")
        }
    }

    /// When the newest entry was committed.
    package var committedMilliseconds: Int64 { pipeline.withLock { $0.state.committedMilliseconds } }

    /// For the operator's log.
    public func report(_ sentence: String) { settings.notice(sentence) }

    /// Puts an entry into the log. A caller that goes away does not take its entry back.
    public func append(_ entry: LogEntry) async throws(AppendFailure) -> AppendedEntry {
        let admitted = try admit(entry)
        let result = await withCheckedContinuation { continuation in
            if let failure = queue(Pending(entry: admitted, continuation: continuation)) {
                continuation.resume(returning: .failure(failure))
            }
        }
        return try result.get()
    }

    /// - Returns: why it is not queued.
    private func queue(_ pending: Pending) -> AppendFailure? {
        let (entry, size) = (pending.entry, tree.size)
        // What an entry rests on is asked and its place taken in one step, or a retirement could come between.
        let (faults, isQueued) = inForce.withLock { inForce in
            let faults = inForce.closure.faults(of: entry.body, at: size)
            guard faults.isEmpty, thread.offer(pending, bytes: entry.leaf.count) else { return (faults, false) }
            // What is retired counts from now on; what is announced, from when it is durable.
            if entry.announcement?.isInForce == false { inForce.append(entry.body) }
            return (faults, true)
        }
        guard faults.isEmpty else { return .unfounded(faults) }
        guard !isQueued else { return nil }
        // A disk that neither answers nor fails: another process may have more luck.
        if thread.depth.oldest > .seconds(30) { settings.fatal("a commit has not returned for 30 seconds") }
        return condition.refusal
    }

    /// Everything that can be wrong with one entry is found before it is queued: a batch never fails because of one.
    private func admit(_ entry: LogEntry) throws(AppendFailure) -> AdmittedEntry {
        let condition = condition
        guard condition.takes(entry.body) else { throw condition.refusal }
        if let reason = settings.clockDefect() { throw .clockAhead(reason) }
        let now = settings.now()
        guard entry.timeMilliseconds <= now + 5_000, entry.timeMilliseconds >= now - 300_000 else {
            throw .clockRegression("an entry of \(entry.timeMilliseconds) ms at \(now) ms")
        }
        let leaf: [UInt8]
        do throws(LogEntryFailure) {
            leaf = try entry.leaf()
        } catch {
            throw .inadmissible("an entry cannot be written: \(error)")
        }
        guard leaf.count <= Limits.ownLeafBytes else {
            throw .inadmissible("an entry of \(leaf.count) bytes, and the limit is \(Limits.ownLeafBytes)")
        }
        return AdmittedEntry(
            leaf: leaf, leafHash: MerkleHashing.leaf(leaf), entry: entry, announcement: Announcement(entry.body))
    }

    // MARK: The writer's thread

    func write(_ all: [Pending]) -> () -> Void {
        var batch = all
        var refused: [Pending] = []
        do throws(AppendFailure) {
            if try !checkWorld() {
                // What is left of the disk is the log's own.
                refused = all.filter { !$0.entry.body.isOwn }
                batch = all.filter { $0.entry.body.isOwn }
            }
            let refusal = condition.refusal
            let first = try owedEntry()
            let entries = first + batch.map(\.entry)
            let tell: @Sendable () -> Void = { [refused] in
                for pending in refused { pending.continuation.resume(returning: .failure(refusal)) }
            }
            guard !entries.isEmpty else { return tell }
            let old = pipeline.withLock { $0.state.size }
            let tree = try commit(entries)
            if !first.isEmpty { owed.withLock { $0 = nil } }
            take(entries, isFirst: old == 0)
            let begin = old + UInt64(first.count)
            return { [self, batch] in
                tell()
                for (offset, pending) in batch.enumerated() {
                    pending.continuation.resume(
                        returning: .success(
                            AppendedEntry(
                                index: begin + UInt64(offset), leafHash: pending.entry.leafHash,
                                leaf: pending.entry.leaf, tree: tree)))
                }
                afterBatch(entries.count)
            }
        } catch {
            return { for pending in all { pending.continuation.resume(returning: .failure(error)) } }
        }
    }

    /// The entry of this start, where it is not in the log yet.
    private func owedEntry() throws(AppendFailure) -> [AdmittedEntry] {
        guard let body = owed.withLock({ $0 }) else { return [] }
        return [try admit(LogEntry(timeMilliseconds: settings.now(), body: body))]
    }

    /// The disk has no room for the entry of this start: the start does without, and it is the first when there is.
    ///
    /// - Returns: whether that is why it was not taken.
    func owe(_ body: LogEntryBody) -> Bool {
        guard case .readOnly = condition else { return false }
        owed.withLock { $0 = body }
        return true
    }

    /// What the entries announce is in force from now on.
    private func take(_ entries: [AdmittedEntry], isFirst: Bool) {
        inForce.withLock { inForce in
            for entry in entries where isFirst || entry.announcement?.isInForce == true { inForce.append(entry.body) }
        }
    }

    /// What is asked before the first byte: the condition, the clock, the room on the disk.
    ///
    /// - Returns: whether entries are taken that requests cause; the log's own are.
    private func checkWorld() throws(AppendFailure) -> Bool {
        let condition = condition
        guard condition.takesOwnEntries else { throw condition.refusal }
        let (now, committed) = (settings.now(), pipeline.withLock { $0.state.committedMilliseconds })
        guard now >= committed - 5_000 else {
            throw .clockRegression("the clock says \(now) ms, and the log was written at \(committed) ms")
        }
        let free = freeBytes()
        guard free >= settings.minimumFreeBytes else {
            let full = full(free)
            enter(full)
            guard hasRoomForOwn else { throw full.refusal }
            return false
        }
        // Until there is well more: `resume`.
        if case .readOnly = condition { return false }
        enter(free < settings.warningFreeBytes ? .degraded("\(free) bytes free at \(settings.folder)") : .ok)
        return true
    }

    private func full(_ free: Int64) -> LogCondition {
        .readOnly(
            "\(free) bytes free at \(settings.folder), and \(settings.minimumFreeBytes) are kept: make room, or purge "
                + "evidence (assay evidence purge, or a shorter audit.retention_days)")
    }

    /// Where COMMIT itself ran out of space, nobody would know what is on the disk.
    var hasRoomForOwn: Bool {
        freeBytes() >= DiskRoom(reserve: settings.minimumFreeBytes, freeBytes: freeBytes).floor
    }

    /// Whether entries that requests cause are taken now: asked before anything is spent, fetched or stored for one.
    public func checkTakesEntries() throws(AppendFailure) {
        let condition = condition
        guard condition.takesEntries else { throw condition.refusal }
        let free = freeBytes()
        guard free >= settings.minimumFreeBytes else {
            let full = full(free)
            enter(full)
            throw full.refusal
        }
    }

    private func commit(_ entries: [AdmittedEntry]) throws(AppendFailure) -> SignedTree {
        do throws(CommitFailure) {
            let (tree, tiles) = try pipeline.withLock { pipeline throws(CommitFailure) in try pipeline.commit(entries) }
            cache.insert(tiles)
            advance(to: tree, by: entries)
            return tree
        } catch {
            switch error {
            case .refused(let why):
                enter(.readOnly(why))
                throw .unavailable(why)
            case .integrity(let why):
                enter(.integrityFault(why))
                throw .unavailable(why)
            case .unsigned(let why):
                enter(.unsigned(why))
                // The entries are in the tree for good; what they announce holds.
                take(entries, isFirst: tree.size == 0)
                throw .unavailable(why)
            case .ambiguous(let why):
                enter(.lost(why))
                settings.fatal("a commit of \(entries.count) entries may or may not be on the disk: \(why)")
                throw .unavailable(why)
            }
        }
    }

    func advance(to tree: SignedTree, by entries: [AdmittedEntry]) {
        newest.tree.withLock { $0 = tree }
        for listener in listeners.withLock({ $0 }) { listener(tree, entries) }
    }

    /// From a fault of integrity there is no way back, from the end none at all.
    func enter(_ condition: LogCondition) {
        let isNew = status.withLock { status in
            switch (status.condition, condition) {
            case (.lost, _), (.stopped, _): return false
            case (.integrityFault, .lost): break
            case (.integrityFault, _): return false
            case (.ok, _), (.degraded, _), (.readOnly, _), (.unsigned, _): break
            }
            defer { status.condition = condition }
            return status.condition.name != condition.name
        }
        if isNew { settings.notice("the log is \(condition.name)\(condition.reason.map { ": \($0)" } ?? "")") }
    }

    /// Writes down that a service starts.
    package func set(start mark: StartMark) async throws(LogDefect) {
        do {
            try await file.writer.write { try LogTables.setMeta($0, LogTables.startName, Array(mark.text.utf8)) }
        } catch {
            throw LogDefect(of: file.path, error)
        }
    }

    /// Ends before anything was appended, and leaves the file as it was found. Blocks.
    package func abandon() {
        thread.stop()
        status.withLock { $0.condition = .stopped }
        lock.release()
    }

    /// Finishes what waits, publishes, and says in the file that the end was in order. Blocks.
    public func stop() {
        thread.stop()
        defer { lock.release() }
        guard condition.takesEntries || condition.takesOwnEntries && hasRoomForOwn else { return }
        publish(tree, at: settings.now())
        housekeeping("storing cosignatures") { try saveStatements() }
        housekeeping("ending in order") {
            try file.truncate()
            try file.writer.write { try LogTables.setMeta($0, "clean_shutdown", Array("1".utf8)) }
        }
        status.withLock { $0.condition = .stopped }
    }

    /// For `/readyz` and the gauges.
    public var figures: LogFigures {
        let tree = tree
        let depth = thread.depth
        let free = freeBytes()
        return status.withLock { status in
            LogFigures(
                condition: status.condition, signedSize: tree.size, publishedSize: (status.published ?? tree).size,
                queueDepth: depth.count, lastBatch: status.lastBatch, batches: status.batches,
                appended: status.appended, lastCommitMilliseconds: status.lastCommit, walBytes: file.walBytes,
                freeBytes: free)
        }
    }
}

/// The log in numbers.
public struct LogFigures: Hashable, Sendable {
    public let condition: LogCondition
    public let signedSize: UInt64
    public let publishedSize: UInt64
    public let queueDepth: Int
    public let lastBatch: Int64
    public let batches: Int64
    public let appended: Int64
    public let lastCommitMilliseconds: Int64
    public let walBytes: Int64
    public let freeBytes: Int64
}
