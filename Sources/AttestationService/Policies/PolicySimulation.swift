package import AuditStore
package import MerkleLog
package import Records

/// A policy tried on the verdicts of a log, one after the other: bounded in number and in time, never more than one
/// verdict's evidence in memory, and what was not looked at is said.
package struct PolicySimulation: Sendable {
    /// Where entries and evidence come from: a running service's own, or files.
    package struct Source: Sendable {
        package typealias Unreadable = EvidenceFailure

        /// The log ends here, whatever comes meanwhile.
        package let size: UInt64
        package let leaves: @Sendable (Range<UInt64>) async throws -> [[UInt8]]
        package let bytes: @Sendable (MerkleHash) async throws(Unreadable) -> [UInt8]?

        package init(
            size: UInt64, leaves: @escaping @Sendable (Range<UInt64>) async throws -> [[UInt8]],
            bytes: @escaping @Sendable (MerkleHash) async throws(Unreadable) -> [UInt8]?
        ) {
            self.size = size
            self.leaves = leaves
            self.bytes = bytes
        }
    }

    private let source: Source
    /// Verdicts before it do not count.
    private let sinceMilliseconds: Int64
    private let limit: Int
    private let budget: Duration
    private let monotonic: @Sendable () -> Duration

    /// Entries read at a time.
    private static let together = 256 as UInt64

    /// - Parameters:
    ///   - limit: Verdicts that are looked at.
    ///   - budget: After this it ends, with the index to go on from.
    package init(source: Source, sinceMilliseconds: Int64, limit: Int, budget: Duration, clocks: Clocks) {
        self.source = source
        self.sinceMilliseconds = sinceMilliseconds
        self.limit = limit
        self.budget = budget
        monotonic = clocks.monotonic
    }

    /// - Parameter from: The first index to look at.
    /// - Returns: what came of it, and what was left; `nil` where that is nothing.
    package func run(
        _ trial: PolicyTrial, from: UInt64
    ) async throws -> (trial: PolicyTrial, rest: PolicyTrial.Rest?) {
        var trial = trial
        var seen = 0
        var position = from
        let end = monotonic() + budget
        func rest(_ next: UInt64, _ reason: PolicyTrial.Rest.Reason) -> PolicyTrial.Rest {
            PolicyTrial.Rest(next: next, entries: source.size - next, reason: reason)
        }
        while position < source.size {
            let range = position..<min(source.size, position + Self.together)
            for (index, leaf) in zip(range, try await source.leaves(range)) {
                guard let entry = try? LogEntry(leaf: leaf), case .verdict(let recorded) = entry.body,
                    entry.timeMilliseconds >= sinceMilliseconds
                else { continue }
                // At least one, so that going on always ends.
                guard seen < max(limit, 1) else { return (trial, rest(index, .limit)) }
                guard seen == 0 || monotonic() < end else { return (trial, rest(index, .time)) }
                seen += 1
                let outcome = await outcome(trial, recorded, entry.timeMilliseconds)
                trial.count(outcome, of: recorded, at: index)
            }
            position = range.upperBound
            guard position == source.size || monotonic() < end else { return (trial, rest(position, .time)) }
        }
        return (trial, nil)
    }

    private func outcome(
        _ trial: PolicyTrial, _ recorded: VerdictEntry, _ timeMilliseconds: Int64
    ) async -> PolicyTrial.Outcome {
        let record: RecordedVerdict
        do throws(RecordReadingFailure) {
            record = try await RecordedVerdict(recorded, at: timeMilliseconds, from: source.bytes)
        } catch {
            if case .purged = error { return .notExaminable(.purged) }
            return .notExaminable(.damaged)
        }
        // Signatures and event logs: not for a thread that others wait for.
        return await BlockingWork.run { trial.outcome(of: record) }
    }
}
