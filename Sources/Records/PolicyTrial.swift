public import Appraisal
public import DCAPVerification
public import MerkleLog
public import Wire

/// A policy tried on recorded verdicts: each is judged again at its own time, from its own evidence and collateral, under
/// the policy that is tried, and counted. A value; memory does not grow with the verdicts.
public struct PolicyTrial: Sendable {
    public let policy: Policy
    public let references: ReferenceLibrary
    private let verifier: Verifier

    public private(set) var examined = 0
    public private(set) var unchanged = 0
    public private(set) var acceptToReject = 0
    public private(set) var rejectToAccept = 0
    /// Of the accepts that would be rejects: those that bind by scheme `assay` as ruleset 1 read it, which no ruleset
    /// reads any more. That they fall says nothing about their evidence.
    public private(set) var oldBindings = 0
    /// By reason.
    public private(set) var notExaminable: [Obstacle: Int] = [:]
    /// The first of them.
    public private(set) var flips: [Flip] = []

    /// Flips that are listed; all are counted.
    public static let mostFlips = 200

    public struct Flip: Hashable, Sendable {
        public let index: UInt64
        public let jti: String
        public let from: VerdictEntry.Decision
        public let to: Verdict.Decision
        /// Codes of the verdict that the policy gives.
        public let reasons: [String]
    }

    /// What a run did not look at, and why it ended.
    public struct Rest: Hashable, Sendable {
        public enum Reason: String, Hashable, Sendable {
            /// So many verdicts were looked at as were asked for.
            case limit
            /// Its time was over.
            case time
        }

        /// The index to go on from.
        public let next: UInt64
        /// Entries from there to the log's end; not all are verdicts.
        public let entries: UInt64
        public let reason: Reason

        public init(next: UInt64, entries: UInt64, reason: Reason) {
            self.next = next
            self.entries = entries
            self.reason = reason
        }
    }

    /// Why a verdict could not be tried.
    public enum Obstacle: String, CaseIterable, Hashable, Sendable {
        /// The evidence, or what it was judged with, is not kept any more.
        case purged
        /// The world failed then, or further evidence was judged too.
        case undecidable
        /// It was judged under another root.
        case trustRoot = "trust_root"
        /// What is archived cannot be read, or is not what the entry says.
        case damaged
    }

    public init(_ policy: Policy, references: ReferenceLibrary, verifier: Verifier) {
        self.policy = policy
        self.references = references
        self.verifier = verifier
    }

    /// What became of one verdict. Pure.
    public enum Outcome: Hashable, Sendable {
        case unchanged
        /// - `isOldBinding`: what was bound, was bound in a form of ruleset 1.
        case flipped(to: Verdict.Decision, reasons: [String], isOldBinding: Bool)
        case notExaminable(Obstacle)
    }

    package func outcome(of record: RecordedVerdict) -> Outcome {
        let root = verifier.anchor.isIntel ? nil : verifier.anchor.publicKeyInfoSHA256
        guard record.entry.trustRoot?.bytes == root else { return .notExaminable(.trustRoot) }
        do throws(RecordedVerdict.Stop) {
            let verdict = try record.judge(by: verifier, under: [policy], references: references)
            guard verdict.decision.rawValue != record.entry.verdict.rawValue else { return .unchanged }
            return .flipped(
                to: verdict.decision, reasons: verdict.reasons,
                isOldBinding: record.ruleset == 1
                    && record.entry.binding == ExpectedReportData.Scheme.assay.rawValue
                    && verdict.reasons.contains(PolicyCode.reportData.rawValue))
        } catch {
            return .notExaminable(error == .notCanonical ? .damaged : .undecidable)
        }
    }

    public mutating func count(_ outcome: Outcome, of recorded: VerdictEntry, at index: UInt64) {
        switch outcome {
        case .notExaminable(let obstacle): notExaminable[obstacle, default: 0] += 1
        case .unchanged:
            examined += 1
            unchanged += 1
        case .flipped(let decision, let reasons, let isOldBinding):
            examined += 1
            if decision == .accept { rejectToAccept += 1 } else { acceptToReject += 1 }
            if isOldBinding { oldBindings += 1 }
            guard flips.count < Self.mostFlips else { return }
            flips.append(
                Flip(index: index, jti: recorded.jti, from: recorded.verdict, to: decision, reasons: reasons))
        }
    }

    /// - Parameter rest: What was not looked at; `nil` where that is nothing.
    public func document(rest: Rest?) -> JSON {
        func number(_ value: Int) -> JSON { .integer(Int64(value)) }
        let sets = policy.referenceSets.compactMap { references[$0] }
        var members: [(String, JSON)] = [
            ("policy", .object([("id", .string(policy.id)), ("sha256", .string(policy.sha256))])),
            (
                "reference_sets",
                .array(
                    sets.map {
                        .object([
                            ("id", .string($0.id)), ("version", .integer($0.version)),
                            ("sha256", .string($0.sha256)),
                        ])
                    })
            ), ("looked_at", number(examined + notExaminable.values.reduce(0, +))),
            ("examined", number(examined)), ("unchanged", number(unchanged)),
            ("accept_to_reject", number(acceptToReject)), ("reject_to_accept", number(rejectToAccept)),
            ("old_bindings", number(oldBindings)),
            (
                "not_examinable",
                .object(Obstacle.allCases.map { ($0.rawValue, number(notExaminable[$0] ?? 0)) })
            ),
            (
                "flips",
                .array(
                    flips.map { flip in
                        .object([
                            ("index", .integer(Int64(clamping: flip.index))), ("jti", .string(flip.jti)),
                            ("from", .string(flip.from.rawValue)), ("to", .string(flip.to.rawValue)),
                            ("reasons", .array(flip.reasons.map { .string($0) })),
                        ])
                    })
            ), ("complete", .bool(rest == nil)),
        ]
        if let rest {
            members += [
                ("stopped_by", .string(rest.reason.rawValue)),
                ("next_index", .integer(Int64(clamping: rest.next))),
                ("entries_left", .integer(Int64(clamping: rest.entries))),
            ]
        }
        return .object(members)
    }
}
