import Synchronization
import Wire

/// Answers kept for a while under the caller's key: a caller that asks the same again, because an answer was lost, gets the
/// same verdict and not another one (transparency-log Q-4). One that asks while it is under way waits for it.
///
/// Kept are answers, not failures, by bytes: of all, and of one caller. An answer for which there is no room is given all
/// the same, and says that it is not kept.
package final class RepeatedRequests<Answer: Sendable, Failure: Error>: Sendable {
    /// What came of it, and whether the same request will be given the same again.
    package struct Outcome: Sendable {
        package let result: Result<Answer, Failure>
        package let isKept: Bool
    }

    package struct Work: Sendable {
        fileprivate let task: Task<Outcome, Never>
        /// Somebody asked before.
        package let isRepeat: Bool

        package var outcome: Outcome { get async { await task.value } }
    }

    private struct Key: Hashable {
        let caller: Principal
        let text: ExactText
    }

    private struct Kept {
        let number: UInt64
        let digest: [UInt8]
        let task: Task<Outcome, Never>
        var bytes = 0
    }

    private struct State {
        var answers: [Key: Kept] = [:]
        var bytes: [Principal: Int] = [:]
        /// In the order they came, which is the order they end in.
        var ends: ArraySlice<(key: Key, number: UInt64, at: Duration)> = []
        var next: UInt64 = 0
    }

    private let monotonic: @Sendable () -> Duration
    private let memory: MemoryBudget
    private let size: @Sendable (Answer) -> Int
    private let state = Mutex(State())
    private static var capacity: Int { 2_048 }
    private static var lifetime: Duration { .seconds(600) }

    /// - Parameter size: Bytes that an answer takes while it is kept.
    package init(_ clocks: Clocks, memory: MemoryBudget, size: @escaping @Sendable (Answer) -> Int) {
        monotonic = clocks.monotonic
        self.memory = memory
        self.size = size
    }

    /// - Parameters:
    ///   - caller: Nobody's key is another's.
    ///   - digest: Of the whole request: a key says "the same again", and must not be used for anything else.
    ///   - make: Runs in a task of its own, because the first caller may go away while others wait.
    /// - Returns: `nil` where there is no room for the key, which then promises nothing.
    package func work(
        _ key: String, of caller: Principal, _ digest: [UInt8],
        _ make: @escaping @Sendable () async throws(Failure) -> Answer
    ) throws(RepetitionFailure) -> Work? {
        guard (1...255).contains(key.utf8.count) else { throw .keyLength(key.utf8.count) }
        let (key, now) = (Key(caller: caller, text: ExactText(key)), monotonic())
        let found: (kept: Kept, isRepeat: Bool)? = state.withLock { state in
            forgetEnded(&state, at: now)
            if let known = state.answers[key] { return (known, true) }
            guard state.answers.count < Self.capacity else { return nil }
            let number = state.next
            state.next += 1
            let task = Task {
                let result: Result<Answer, Failure>
                do throws(Failure) {
                    result = .success(try await make())
                } catch {
                    result = .failure(error)
                }
                return Outcome(result: result, isKept: self.finish(key, number, result))
            }
            let new = Kept(number: number, digest: digest, task: task)
            state.answers[key] = new
            state.ends.append((key, number, now + Self.lifetime))
            return (new, false)
        }
        guard let found else { return nil }
        guard found.kept.digest == digest else { throw .reused }
        return Work(task: found.kept.task, isRepeat: found.isRepeat)
    }

    /// Keeps an answer where there is room for it; a failure may be tried again at once.
    private func finish(_ key: Key, _ number: UInt64, _ result: Result<Answer, Failure>) -> Bool {
        state.withLock { state in
            guard let kept = state.answers[key], kept.number == number else { return false }
            if case .success(let answer) = result {
                let bytes = size(answer)
                let sum = state.bytes[key.caller, default: 0] + bytes
                // One caller leaves room for seven others.
                if sum <= memory.keptCapacity / 8, memory.reserve(bytes, for: .kept) {
                    state.bytes[key.caller] = sum
                    state.answers[key]?.bytes = bytes
                    return true
                }
            }
            state.answers[key] = nil
            return false
        }
    }

    private func forgetEnded(_ state: inout State, at now: Duration) {
        while let first = state.ends.first, first.at <= now {
            state.ends.removeFirst()
            guard let kept = state.answers[first.key], kept.number == first.number else { continue }
            state.answers[first.key] = nil
            memory.giveBack(kept.bytes, of: .kept)
            let rest = state.bytes[first.key.caller, default: 0] - kept.bytes
            state.bytes[first.key.caller] = rest > 0 ? rest : nil
        }
        // What was removed in front still takes room.
        if state.ends.startIndex > Self.capacity { state.ends = ArraySlice(Array(state.ends)) }
    }
}

package enum RepetitionFailure: Error, Hashable, Sendable {
    /// Its bytes; wanted are 1 to 255.
    case keyLength(Int)
    /// The key came with another request before.
    case reused
}
