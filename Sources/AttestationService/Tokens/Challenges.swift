package import KeyCustody
import ResultToken
package import StateStore
import Synchronization
package import Wire

/// Gives challenges out, opens what comes back, and spends each once (wire-formats 3.9).
package final class Challenges: Sendable {
    private let keys: Mutex<ChallengeKeys>
    private let issuer: String
    private let lifetimeSeconds: Int64
    private let spent: SpentChallenges
    private let knownFrom: Instant?

    /// - Parameter knownFrom: Of challenges that were given out before, nobody knows which were spent: none is taken.
    package init(
        keys: ChallengeKeys, issuer: String, lifetimeSeconds: Int64, spent: SpentChallenges, knownFrom: Instant? = nil
    ) {
        self.knownFrom = knownFrom
        self.keys = Mutex(keys)
        self.issuer = issuer
        self.lifetimeSeconds = lifetimeSeconds
        self.spent = spent
    }

    package func replace(_ keys: ChallengeKeys) { self.keys.withLock { $0 = keys } }

    private var current: ChallengeKeys { keys.withLock { $0 } }

    /// 32 random bytes, sealed.
    package func issue(atMilliseconds now: Int64) -> IssuedChallenge {
        let time = Instant(seconds: now / 1_000)
        var generator = SystemRandomNumberGenerator()
        let challenge = ChallengeToken(
            nonce: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) },
            expires: time.advanced(bySeconds: lifetimeSeconds))
        let keys = current
        return IssuedChallenge(
            nonce: challenge.nonce,
            token: challenge.sealed(
                issuer: issuer, identifier: UniqueIdentifier.timed(milliseconds: now), at: time
            ) { keys.code(for: $0) },
            expires: challenge.expires)
    }

    /// Reads a challenge and spends nothing.
    package func open(_ token: String, at time: Instant) throws(ServiceFailure) -> OpenedChallenge {
        let keys = current
        do throws(ChallengeToken.Defect) {
            let challenge = try ChallengeToken(opening: token, issuer: issuer, at: time) {
                keys.isAuthentic($0, for: $1, at: time)
            }
            return OpenedChallenge(nonce: challenge.nonce, expires: challenge.expires)
        } catch {
            switch error {
            case .notOurs:
                throw .challenge(.notOurs)
            case .expired(let end):
                throw .challenge(.expired(at: end, now: time))
            }
        }
    }

    /// Once, for ever.
    func spend(_ challenge: OpenedChallenge, at milliseconds: Int64) async throws(ServiceFailure) {
        let time = Instant(seconds: milliseconds / 1_000)
        if let knownFrom, challenge.expires <= knownFrom.advanced(bySeconds: lifetimeSeconds) {
            throw .challenge(.spent)
        }
        let isFirst: Bool
        do throws(StateFailure) {
            isFirst = try await spent.spend(challenge.nonce, expires: challenge.expires, at: time)
        } catch {
            throw .challenge(.storage)
        }
        guard isFirst else { throw .challenge(.spent) }
    }
}

/// A challenge of ours, which may have been spent before.
package struct OpenedChallenge: Hashable, Sendable {
    package let nonce: [UInt8]
    package let expires: Instant
}

package struct IssuedChallenge: Sendable {
    package let nonce: [UInt8]
    package let token: String
    package let expires: Instant
}
