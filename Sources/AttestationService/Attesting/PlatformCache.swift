import DCAPVerification
import Records
import Synchronization
import Wire

/// Platforms that were verified under the set in use, by the digest of everything in their quotes that never changes.
final class PlatformCache: Sendable {
    struct Entry: Sendable {
        let platform: VerifiedPlatform
        let key: ClaimedPlatform
        let endorsements: Endorsements
    }

    private let entries: Mutex<RecentlyUsed<FixedBytes<32>, Entry>>

    /// - Parameter capacity: An entry takes about 6 kB.
    init(capacity: Int) { entries = Mutex(RecentlyUsed(capacity: capacity)) }

    func entry(_ digest: FixedBytes<32>) -> Entry? { entries.withLock { $0.value(digest) } }

    func insert(_ entry: Entry, for digest: FixedBytes<32>) { entries.withLock { $0.insert(entry, for: digest) } }
}
