import Synchronization
import Wire

/// Answers kept for a while under the caller's key: a caller that asks the same again, because an answer was lost, gets the
/// same verdict and not another one (transparency-log Q-4). One that asks while it is under way waits for it.
package final class RepeatedRequests<Answer: Sendable, Failure: Error>: Sendable {
    package typealias Work = Task<Result<Answer, Failure>, Never>

    private struct Kept {
        let digest: [UInt8]
        let work: Work
        let until: Duration
    }

    private let monotonic: @Sendable () -> Duration
    private let answers = Mutex<[ExactText: Kept]>([:])
    /// A verdict with its proof takes 10 to 20 kB.
    private static var capacity: Int { 2_048 }
    private static var lifetime: Duration { .seconds(600) }

    package init(_ clocks: Clocks) { monotonic = clocks.monotonic }

    /// - Parameters:
    ///   - digest: Of the whole request: a key says "the same again", and must not be used for anything else.
    ///   - make: Runs in a task of its own, because the first caller may go away while others wait.
    /// - Returns: `nil` where there is no room for the key, which then promises nothing.
    package func work(
        _ key: String, _ digest: [UInt8], _ make: @escaping @Sendable () async throws(Failure) -> Answer
    ) throws(RepetitionFailure) -> Work? {
        guard (1...255).contains(key.utf8.count) else { throw .keyLength(key.utf8.count) }
        let (key, now) = (ExactText(key), monotonic())
        let kept: Kept? = answers.withLock { answers in
            if let known = answers[key], known.until > now { return known }
            if answers.count >= Self.capacity { answers = answers.filter { $0.value.until > now } }
            guard answers.count < Self.capacity else { return nil }
            let work = Work {
                do throws(Failure) {
                    return .success(try await make())
                } catch {
                    return .failure(error)
                }
            }
            let new = Kept(digest: digest, work: work, until: now + Self.lifetime)
            answers[key] = new
            return new
        }
        guard let kept else { return nil }
        guard kept.digest == digest else { throw .reused }
        return kept.work
    }

    /// What failed for the service's own reasons may be tried again at once.
    package func forget(_ key: String) { answers.withLock { $0[ExactText(key)] = nil } }
}

package enum RepetitionFailure: Error, Hashable, Sendable {
    /// Its bytes; wanted are 1 to 255.
    case keyLength(Int)
    /// The key came with another request before.
    case reused
}
