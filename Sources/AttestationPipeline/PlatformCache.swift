import DCAPVerification
import Synchronization
import Wire

/// Platforms that were verified under the set in use, by the digest of everything in their quotes that never changes.
/// Bounded: when the young half is full, the old half is forgotten, and what is used moves to the young.
final class PlatformCache: Sendable {
    struct Entry: Sendable {
        let platform: VerifiedPlatform
        let key: ClaimedPlatform
        let endorsements: Endorsements
    }

    private struct Halves {
        var young: [FixedBytes<32>: Entry] = [:]
        var old: [FixedBytes<32>: Entry] = [:]
    }

    private let halves = Mutex(Halves())
    private let halfCapacity: Int

    /// - Parameter capacity: An entry takes about 6 kB.
    init(capacity: Int) { halfCapacity = max(1, capacity / 2) }

    func entry(_ digest: FixedBytes<32>) -> Entry? {
        halves.withLock { halves in
            if let entry = halves.young[digest] { return entry }
            guard let entry = halves.old.removeValue(forKey: digest) else { return nil }
            insert(entry, digest, &halves)
            return entry
        }
    }

    func insert(_ entry: Entry, for digest: FixedBytes<32>) {
        halves.withLock { insert(entry, digest, &$0) }
    }

    private func insert(_ entry: Entry, _ digest: FixedBytes<32>, _ halves: inout Halves) {
        if halves.young.count >= halfCapacity {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[digest] = entry
    }
}
