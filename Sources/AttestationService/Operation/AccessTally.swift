package import MerkleLog
import Synchronization

/// Who read how much evidence, for the hourly roll-up.
package final class AccessTally: Sendable {
    private struct Key: Hashable {
        let who: String
        let what: AccessEntry.What
    }

    private let counts = Mutex<[Key: Int64]>([:])

    package init() {}

    package func add(_ who: String, _ what: AccessEntry.What) {
        counts.withLock { $0[Key(who: who, what: what), default: 0] += 1 }
    }

    package func take() -> [(who: String, what: AccessEntry.What, count: Int64)] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts.map { ($0.key.who, $0.key.what, $0.value) }.sorted { $0.0 < $1.0 }
        }
    }
}
