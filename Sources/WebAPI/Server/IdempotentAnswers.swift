import Hummingbird
import Synchronization
import Wire

/// Answers kept for a while by `Idempotency-Key`: whoever asks the same again, because an answer was lost, gets the same
/// verdict and not another one (transparency-log Q-4). Whoever asks the same while it is under way waits for it.
final class IdempotentAnswers: Sendable {
    private typealias Work = Task<Result<Response, HTTPProblem>, Never>

    private struct Kept {
        let digest: [UInt8]
        let work: Work
        let until: ContinuousClock.Instant
    }

    private let answers = Mutex<[ExactText: Kept]>([:])
    /// A verdict with its proof takes 10 to 20 kB.
    private static let capacity = 2_048
    private static let lifetime = Duration.seconds(600)

    /// - Parameters:
    ///   - key: The caller's; `nil` for requests without one.
    ///   - digest: Of the whole request: a key says "the same again", and must not be used for anything else.
    func answer(
        _ key: String?, _ digest: [UInt8], _ make: @escaping @Sendable () async throws(HTTPProblem) -> Response
    ) async throws(HTTPProblem) -> Response {
        guard let key = key.map({ ExactText($0) }) else { return try await make() }
        guard (1...255).contains(key.text.utf8.count) else {
            throw HTTPProblem(
                .memberInvalid, "found \(key.text.utf8.count) bytes, wanted 1 to 255", field: "Idempotency-Key")
        }
        let now = ContinuousClock.now
        let kept: Kept? = answers.withLock { answers in
            if let known = answers[key], known.until > now { return known }
            if answers.count >= Self.capacity { answers = answers.filter { $0.value.until > now } }
            guard answers.count < Self.capacity else { return nil }
            // A task of its own: the one who asked first may go away, and the others still wait.
            let work = Work {
                do throws(HTTPProblem) {
                    return .success(try await make())
                } catch {
                    return .failure(error)
                }
            }
            let new = Kept(digest: digest, work: work, until: now + Self.lifetime)
            answers[key] = new
            return new
        }
        // Without room for it, a key promises nothing.
        guard let kept else { return try await make() }
        guard kept.digest == digest else {
            throw HTTPProblem(
                .idempotencyKeyReused, "found a key that came with another request before", field: "Idempotency-Key",
                fix: "Use a new key for every new request.")
        }
        let result = await kept.work.value
        // What failed may be tried again at once.
        if case .failure(let problem) = result, problem.status >= 500 || problem.status == 429 {
            answers.withLock { $0[key] = nil }
        }
        return try result.get()
    }
}
