public import AuditStore
public import EvidenceBundles
public import MerkleLog

/// A policy tried on the verdicts of a log, one after the other: bounded in number and in time, and never more than one
/// verdict's evidence in memory.
public struct PolicySimulation: Sendable {
    /// Where entries and evidence come from: a running service's own, or files.
    public struct Source: Sendable {
        public typealias Entry = (index: UInt64, leaf: [UInt8])

        /// Entries after an index, in order, and the index after which the next page begins; `nil` at the end. A page may
        /// hold entries that are no verdicts, or none.
        public let page: @Sendable (UInt64?) async throws -> (entries: [Entry], next: UInt64?)
        public let bytes: @Sendable (MerkleHash) async throws(EvidenceFailure) -> [UInt8]?

        public init(
            page: @escaping @Sendable (UInt64?) async throws -> (entries: [Entry], next: UInt64?),
            bytes: @escaping @Sendable (MerkleHash) async throws(EvidenceFailure) -> [UInt8]?
        ) {
            self.page = page
            self.bytes = bytes
        }
    }

    private let source: Source
    /// Verdicts before it do not count.
    private let sinceMilliseconds: Int64
    private let limit: Int
    private let budget: Duration

    /// - Parameters:
    ///   - limit: Verdicts that are looked at.
    ///   - budget: After this it ends, with the index to go on from.
    public init(source: Source, sinceMilliseconds: Int64, limit: Int, budget: Duration) {
        self.source = source
        self.sinceMilliseconds = sinceMilliseconds
        self.limit = limit
        self.budget = budget
    }

    /// - Parameter from: The first index to look at.
    /// - Returns: what came of it, and the index to go on from; `nil` at the end.
    public func run(_ trial: PolicyTrial, from: UInt64) async throws -> (trial: PolicyTrial, next: UInt64?) {
        var trial = trial
        var after = from == 0 ? nil : from - 1
        var seen = 0
        let end = ContinuousClock.now + budget
        while true {
            let (entries, next) = try await source.page(after)
            for (index, leaf) in entries {
                guard let entry = try? LogEntry(leaf: leaf), case .verdict(let recorded) = entry.body,
                    entry.timeMilliseconds >= sinceMilliseconds
                else { continue }
                // At least one, so that going on always ends.
                guard seen == 0 || seen < limit && ContinuousClock.now < end else { return (trial, index) }
                seen += 1
                let outcome = await outcome(trial, recorded, entry.timeMilliseconds)
                trial.count(outcome, of: recorded, at: index)
            }
            guard let next else { return (trial, nil) }
            after = next
        }
    }

    private func outcome(
        _ trial: PolicyTrial, _ recorded: VerdictEntry, _ timeMilliseconds: Int64
    ) async -> PolicyTrial.Outcome {
        let inputs: RecordedInputs
        do throws(HTTPProblem) {
            inputs = try await ArchivedEvidence(recorded, from: source.bytes).inputs(at: timeMilliseconds)
        } catch {
            return .notExaminable(error.code == ProblemCode.evidencePurged.rawValue ? .purged : .damaged)
        }
        // Signatures and event logs: not for a thread that others wait for.
        return await BlockingWork.run { trial.outcome(of: inputs) }
    }
}

extension PolicySimulation.Source {
    /// A running service's log and archive.
    init(_ surface: AuditSurface, sinceMilliseconds: Int64) {
        var filter = AuditFilter()
        filter.kinds = ["verdict"]
        filter.fromMilliseconds = sinceMilliseconds
        let (log, index, archive) = (surface.log, surface.index, surface.archive)
        let (verdicts, size) = (filter, surface.log.tree.size)
        self.init(
            page: { after in
                let page = try await index.page(verdicts, size: size, after: after, ascending: true, limit: 100)
                var entries: [Entry] = []
                for index in page.indices { entries.append((index, try await log.reader.leaf(at: index))) }
                return (entries, page.next)
            }, bytes: { hash async throws(EvidenceFailure) in try await archive.bytes(of: hash) })
    }
}
