import Appraisal
import DCAPFormats
import MerkleLog
import Records
import Synchronization
import Wire

/// Verdicts of the last minutes: the same caller that asks the same again gets the same verdict, and no new entry
/// (transparency-log Q-4). Who asks while it is under way waits for it.
///
/// In memory: a repeat leaves nothing on the disk, and none outlives the process, nor a state that was put back.
final class RepeatedVerdicts: Sendable {
    /// Everything on which an answer depends, as it is in force now. Who asks is part of it: the answer of somebody else
    /// is a token of somebody else.
    struct Key: Hashable, Sendable {
        let caller: Principal
        let evidence: MerkleHash
        let eventLog: MerkleHash?
        let policy: MerkleHash
        let references: [MerkleHash]
        /// The documents that would be used; `nil` where they would have to be fetched.
        var manifest: MerkleHash?
        let expected: ExpectedReportData?
        let given: Submission.Given
        let adapter: Adapter
        let account: CheckedSubmission.Account
        let audience: ExactText?
        /// What else of the request can change the answer, in the door's words.
        let variant: ExactText

        /// Under what one is under way: the documents may come meanwhile.
        var underWay: Key {
            var key = self
            key.manifest = nil
            return key
        }
    }

    private struct Kept: Sendable {
        let result: AttestationResult
        let keyIdentifier: String?
        let madeMilliseconds: Int64
        let untilMilliseconds: Int64
        let cost: Int
        let number: UInt64
    }

    private typealias Waiting = [CheckedContinuation<AttestationResult?, Never>]

    private struct State: Sendable {
        var kept: [Key: Kept] = [:]
        /// In the order of their age; what was replaced stands here until it is old.
        var ages: [(key: Key, number: UInt64)] = []
        var bytes = 0
        var next: UInt64 = 0
        var underWay: [Key: Waiting] = [:]
    }

    private let state = Mutex(State())
    private let repeated = Atomic<Int64>(0)
    private let mostAnswers: Int
    private let mostBytes: Int

    /// - Parameter mostAnswers: 0: nothing is ever repeated.
    init(mostAnswers: Int, mostBytes: Int = 64 << 20) {
        self.mostAnswers = mostAnswers
        self.mostBytes = mostBytes
    }

    var isOn: Bool { mostAnswers > 0 }
    /// How many answers were given again.
    var count: Int64 { repeated.load(ordering: .relaxed) }

    /// A reject may be given again for so long.
    private static let rejectMilliseconds: Int64 = 240_000
    /// Before its end a token is not given out once more.
    private static let restMilliseconds: Int64 = 60_000

    enum Turn {
        case kept(AttestationResult)
        /// Somebody makes it: `wait`.
        case underWay
        /// To be made; `finish` or `give(up:)` is called afterwards.
        case mine
    }

    /// - Parameter stands: Whether an answer is still worth what it was.
    func turn(
        _ key: Key, at now: Int64, stands: (AttestationResult, _ keyIdentifier: String?) -> Bool
    ) -> Turn {
        let found: Kept? = state.withLock { $0.kept[key] }
        if let found, now >= found.madeMilliseconds, now < found.untilMilliseconds {
            if stands(found.result, found.keyIdentifier) {
                repeated.wrappingAdd(1, ordering: .relaxed)
                return .kept(found.result.repeated(afterSeconds: (now - found.madeMilliseconds) / 1_000))
            }
        }
        return state.withLock { state in
            if state.underWay[key.underWay] != nil { return .underWay }
            state.underWay[key.underWay] = []
            return .mine
        }
    }

    /// - Returns: `nil` where nothing came of it: then it is everybody's own matter.
    func wait(_ key: Key) async -> AttestationResult? {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<AttestationResult?, Never>) in
            let isWaiting = state.withLock { state in
                guard state.underWay[key.underWay] != nil else { return false }
                state.underWay[key.underWay]?.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume(returning: nil) }
        }
        if result != nil { repeated.wrappingAdd(1, ordering: .relaxed) }
        return result?.repeated(afterSeconds: 0)
    }

    func give(up key: Key) { finish(key, with: nil) }

    /// - Parameters:
    ///   - key: As it was asked for.
    ///   - final: With the documents that were used.
    ///   - end: Of its token.
    func finish(
        _ key: Key, as final: Key, _ result: AttestationResult, keyIdentifier: String?, end: Int64?, at now: Int64
    ) {
        let sets = result.judgement.references.compactMap { $0.validUntil.map { $0.seconds * 1_000 } }
        let until = min(end.map { $0 - Self.restMilliseconds } ?? now + Self.rejectMilliseconds, sets.min() ?? .max)
        let evidence = result.judgement.submission.evidence
        // Three times an event log: its bytes, and what was read of it.
        let cost = evidence.quote.bytes.count + 3 * (evidence.eventLog?.count ?? 0) + 24_576
        if until > now, cost <= mostBytes / 8 {
            state.withLock { state in
                state.next += 1
                if let old = state.kept[final] { state.bytes -= old.cost }
                state.kept[final] = Kept(
                    result: result, keyIdentifier: keyIdentifier, madeMilliseconds: now, untilMilliseconds: until,
                    cost: cost, number: state.next)
                state.ages.append((final, state.next))
                state.bytes += cost
                while state.bytes > mostBytes || state.kept.count > mostAnswers, let oldest = state.ages.first {
                    state.ages.removeFirst()
                    guard let kept = state.kept[oldest.key], kept.number == oldest.number else { continue }
                    state.kept[oldest.key] = nil
                    state.bytes -= kept.cost
                }
            }
        }
        finish(key, with: result)
    }

    private func finish(_ key: Key, with result: AttestationResult?) {
        let waiting = state.withLock { $0.underWay.removeValue(forKey: key.underWay) } ?? []
        for continuation in waiting { continuation.resume(returning: result) }
    }

    /// Answers whose time is over take no memory.
    func forget(at now: Int64) {
        state.withLock { state in
            let over = state.kept.filter { $0.value.untilMilliseconds <= now }
            for (key, kept) in over {
                state.kept[key] = nil
                state.bytes -= kept.cost
            }
            let kept = state.kept
            state.ages.removeAll { kept[$0.key]?.number != $0.number }
        }
    }
}
