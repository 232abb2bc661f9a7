import Synchronization

/// Fills the index behind the log, for ever (transparency-log S-9).
public final class QueryFollower: Sendable {
    private let log: AuditLog
    private let index: QueryIndex
    private let applied = Atomic<UInt64>(0)
    private let signal: AsyncStream<Void>
    private let poke: AsyncStream<Void>.Continuation

    /// Entries per transaction.
    static let batch: UInt64 = 1_024

    public init(_ log: AuditLog, into index: QueryIndex) {
        self.log = log
        self.index = index
        (signal, poke) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        let poke = poke
        log.onGrowth { _ in poke.yield() }
        poke.yield()
    }

    /// The last watermark that was seen.
    public var appliedSize: UInt64 { applied.load(ordering: .relaxed) }

    /// Until the task is cancelled.
    public func run() async {
        for await _ in signal {
            guard !Task.isCancelled else { return }
            do {
                try await catchUp()
            } catch {
                log.settings.notice("the query index cannot follow: \(error)")
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
            try await index.apply(try await log.reader.leaves(in: position..<end), from: position)
            position = end
            applied.store(position, ordering: .relaxed)
        }
        applied.store(position, ordering: .relaxed)
    }
}
