import Synchronization

/// Fills the index behind the log, for ever (transparency-log S-9).
public final class QueryFollower: Sendable {
    private let log: AuditLog
    private let index: QueryIndex
    private let applied = Atomic<UInt64>(0)
    private let signal: AsyncStream<Void>
    private let poke: AsyncStream<Void>.Continuation
    private let recent = Mutex(Recent())

    /// Entries per transaction.
    static let batch: UInt64 = 1_024

    /// What came while the index follows closely: it need not be read and parsed again.
    private struct Recent {
        private var start: UInt64 = 0
        private var entries: [AdmittedEntry] = []

        mutating func append(_ new: [AdmittedEntry], end: UInt64) {
            let begin = end - UInt64(new.count)
            if start + UInt64(entries.count) != begin || entries.count + new.count > 2 * Int(batch) {
                (start, entries) = (begin, [])
            }
            entries += new
        }

        /// Forgets what is before the range, and gives what is in it; `nil` where not all of it is here.
        mutating func take(_ range: Range<UInt64>) -> [AdmittedEntry]? {
            guard range.lowerBound >= start, range.upperBound <= start + UInt64(entries.count) else { return nil }
            entries.removeFirst(Int(range.lowerBound - start))
            start = range.lowerBound
            return Array(entries.prefix(range.count))
        }
    }

    public init(_ log: AuditLog, into index: QueryIndex) {
        self.log = log
        self.index = index
        (signal, poke) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        log.onGrowth { [weak self] tree, entries in
            guard let self else { return }
            recent.withLock { $0.append(entries, end: tree.size) }
            poke.yield()
        }
        poke.yield()
    }

    /// The last watermark that was seen.
    public var appliedSize: UInt64 { applied.load(ordering: .relaxed) }

    /// Until the task is cancelled.
    public func run() async {
        var told = ""
        for await _ in signal {
            guard !Task.isCancelled else { return }
            do {
                try await catchUp()
                told = ""
                // A transaction for everything that comes meanwhile, in place of one for every batch of the log's.
                try? await Task.sleep(for: .milliseconds(50))
            } catch {
                let sentence = (error as? QueryIndex.Failure)?.sentence ?? "\(error)"
                // Once for each reason: it may last until somebody makes room.
                if sentence != told { log.settings.notice("the query index cannot follow: \(sentence)") }
                told = sentence
                try? await Task.sleep(for: .seconds(1))
                poke.yield()
            }
        }
    }

    /// Applies everything that is signed by now.
    public func catchUp() async throws {
        var position = try await index.watermark()
        while position < log.tree.size {
            let end = min(position + Self.batch, log.tree.size)
            try await index.apply(try await rows(position..<end), from: position)
            position = end
            applied.store(position, ordering: .relaxed)
        }
        applied.store(position, ordering: .relaxed)
    }

    private func rows(_ range: Range<UInt64>) async throws -> [QueryRow] {
        if let entries = recent.withLock({ $0.take(range) }) { return entries.map(QueryRow.init) }
        return try await log.reader.leaves(in: range).map { QueryRow(leaf: $0) }
    }
}
