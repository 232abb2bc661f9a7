import AttestationPipeline
import AuditStore
import KeyCustody
import ResultToken
import Synchronization
import WebAPI
import Wire

/// Gives challenges out, opens what comes back, and spends each once (wire-formats 3.9).
final class ChallengeService: Sendable {
    private let keys: Mutex<ChallengeKeys>
    private let issuer: String
    private let lifetimeSeconds: Int64
    private let spent: SpentChallenges

    init(keys: ChallengeKeys, issuer: String, lifetimeSeconds: Int64, spent: SpentChallenges) {
        self.keys = Mutex(keys)
        self.issuer = issuer
        self.lifetimeSeconds = lifetimeSeconds
        self.spent = spent
    }

    func replace(_ keys: ChallengeKeys) { self.keys.withLock { $0 = keys } }

    private var current: ChallengeKeys { keys.withLock { $0 } }

    /// 32 random bytes, sealed.
    func issue(atMilliseconds now: Int64) -> ChallengeEffects.IssuedChallenge {
        let time = Instant(seconds: now / 1_000)
        var generator = SystemRandomNumberGenerator()
        let challenge = ChallengeToken(
            nonce: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) },
            expires: time.advanced(bySeconds: lifetimeSeconds))
        let keys = current
        return ChallengeEffects.IssuedChallenge(
            nonce: challenge.nonce,
            token: challenge.sealed(
                issuer: issuer, identifier: UniqueIdentifier.timed(milliseconds: now), at: time
            ) { keys.code(for: $0) },
            expires: challenge.expires)
    }

    /// Reads a challenge and spends nothing.
    func open(_ token: String, at time: Instant) throws(HTTPProblem) -> ChallengeEffects.OpenedChallenge {
        let keys = current
        do throws(ChallengeToken.Defect) {
            let challenge = try ChallengeToken(opening: token, issuer: issuer, at: time) {
                keys.isAuthentic($0, for: $1, at: time)
            }
            return ChallengeEffects.OpenedChallenge(nonce: challenge.nonce, expires: challenge.expires)
        } catch {
            switch error {
            case .notOurs:
                throw HTTPProblem(
                    .challengeInvalid, "found a text that this service did not seal as a challenge", field: "challenge",
                    fix: "Ask /v1/challenges for one.")
            case .expired(let end):
                throw HTTPProblem(
                    .challengeExpired, "it ended at \(end), now is \(time)", field: "challenge",
                    fix: "Ask /v1/challenges for a new one, and send the quote at once.")
            }
        }
    }

    /// Once, for ever.
    func spend(_ challenge: ChallengeEffects.OpenedChallenge, at time: Instant) async throws(HTTPProblem) {
        let isFirst: Bool
        do throws(SpentChallenges.Failure) {
            isFirst = try await spent.spend(challenge.nonce, expires: challenge.expires, at: time)
        } catch {
            throw HTTPProblem(.notRecorded, "whether the challenge is new cannot be recorded", fix: "Try again later.")
        }
        guard isFirst else {
            throw HTTPProblem(
                .challengeSpent, "each challenge is good for one quote", field: "challenge",
                fix: "Ask /v1/challenges for a new one.")
        }
    }
}
