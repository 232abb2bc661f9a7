package import CollateralService
package import DCAPFormats
package import DCAPVerification
import MerkleLog
package import Records
import Synchronization
package import Wire

/// Endorsements, from collateral that is held. The same set is the same object for as long as it is in use: so what is
/// remembered of a platform is known to stand.
package final class EndorsementSource: Endorsing {
    private struct Shelved {
        let fetched: Instant
        let service: String
        let endorsements: Endorsements
    }

    package let collateral: any CollateralProviding
    private let shelf = Mutex<[CollateralKey: Shelved]>([:])

    package init(_ collateral: any CollateralProviding) { self.collateral = collateral }

    package func current(_ platform: ClaimedPlatform, at time: Instant) -> Endorsements? {
        let key = CollateralKey(platform)
        return collateral.current(key, at: time).map { endorsements($0, key) }
    }

    package func fetch(_ quote: AnchoredQuote, at time: Instant) async throws(EndorsementFailure) -> Endorsements {
        let key = CollateralKey(quote)
        do throws(CollateralFailure) {
            return endorsements(try await collateral.collateral(for: key, at: time), key)
        } catch {
            throw EndorsementFailure(error)
        }
    }

    /// What is held of Intel's documents for a platform, in date or not; `nil` where there is nothing. Nothing is fetched.
    package func held(_ platform: ClaimedPlatform) -> Collateral? {
        let key = CollateralKey(platform)
        return collateral.sets.first { $0.key == key }?.set.collateral.source
    }

    /// The hashes under which verdicts name the sets that are in memory and in date.
    func manifestsInForce(at time: Instant) -> Set<MerkleHash> {
        Set(
            collateral.sets.filter { time < $0.set.collateral.nextUpdate }.map { key, set in
                endorsements(set, key).recorded(tee: key.tee.name).manifestSHA256
            })
    }

    private func endorsements(_ set: CollateralSet, _ key: CollateralKey) -> Endorsements {
        shelf.withLock { shelf in
            // The documents too: two sets may come within a second. The same bytes in memory are not compared again.
            if let known = shelf[key], known.fetched == set.fetched, known.service == set.service,
                known.endorsements.collateral.source == set.collateral.source
            {
                return known.endorsements
            }
            let made = Endorsements(collateral: set.collateral, early: set.early, source: set.service)
            if shelf.count >= collateral.capacity { shelf = [:] }
            shelf[key] = Shelved(fetched: set.fetched, service: set.service, endorsements: made)
            return made
        }
    }
}

extension EndorsementFailure {
    package init(_ failure: CollateralFailure) {
        self.init(
            code: failure.code, detail: failure.sentence, isRetryable: failure.isRetryable,
            retryAfterSeconds: failure.retryAfterSeconds)
    }
}

extension CollateralFailure {
    /// Which item of which service, and what happened.
    package var sentence: String { service.isEmpty ? detail : "\(item) from \(service): \(detail)" }
}
