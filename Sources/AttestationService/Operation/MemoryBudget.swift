import Synchronization

/// How many bytes connections, heads, bodies, answers and what is kept may take together. Whoever wants some asks before it
/// takes them, and gives them back; where there are none left the answer is no, and the caller comes again.
///
/// Some uses may not take all: so there is always room for a new connection, a head and a small body.
package final class MemoryBudget: Sendable {
    package enum Use: CaseIterable, Sendable {
        /// A connection, and the head of a request.
        case head
        /// The first bytes of a body: a quote without its event log.
        case smallBody
        /// What is longer than that, and answers on their way out.
        case large
        /// Answers that are kept for whoever asks again.
        case kept

        /// The greatest part of all, in eighths, that may be taken when this use gets its share.
        fileprivate var eighths: Int {
            switch self {
            case .head: 8
            case .smallBody: 7
            case .large, .kept: 6
            }
        }
    }

    private struct Taken {
        var all = 0
        var kept = 0
    }

    package let capacity: Int
    /// Kept answers alone never take more.
    package var keptCapacity: Int { capacity / 4 }
    private let taken = Mutex(Taken())

    package init(bytes capacity: Int) { self.capacity = capacity }

    /// - Returns: whether the bytes may be used; they are to be given back then.
    package func reserve(_ bytes: Int, for use: Use) -> Bool {
        taken.withLock { taken in
            guard bytes >= 0, taken.all <= capacity, bytes <= capacity / 8 * use.eighths - taken.all else {
                return false
            }
            if use == .kept {
                guard bytes <= keptCapacity - taken.kept else { return false }
                taken.kept += bytes
            }
            taken.all += bytes
            return true
        }
    }

    package func giveBack(_ bytes: Int, of use: Use) {
        taken.withLock { taken in
            taken.all -= bytes
            if use == .kept { taken.kept -= bytes }
        }
    }

    package var reserved: Int { taken.withLock { $0.all } }

    package var gauges: [Gauge] {
        let taken = taken.withLock { $0 }
        return [
            Gauge(
                "assay_memory_reserved_bytes", "Of limits.memory, in use by connections and requests.", Int64(taken.all)
            ),
            Gauge("assay_memory_kept_bytes", "Of these, answers kept for whoever asks again.", Int64(taken.kept)),
        ]
    }
}
