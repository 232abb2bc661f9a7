import Synchronization
import Wire

/// What a caller may ask for in a while, as cost (transparency-log 17): a bucket for each principal, which fills steadily.
///
/// Principals are kept as keyed hashes, and as many as fit: memory does not grow with who asks, nor with how long a name is.
package final class CallerBudget: Sendable {
    /// In hundredths of a verdict, so that sums are exact.
    package struct Cost: Hashable, Sendable {
        package let hundredths: Int64

        package init(hundredths: Int64) { self.hundredths = hundredths }

        package static let verdict = Cost(hundredths: 100)
        /// What is added where collateral has to be fetched.
        package static let fetch = Cost(hundredths: 400)
        /// The same answer again, or something small that is read.
        package static let read = Cost(hundredths: 1)
        /// Something that is searched for, put together or judged again.
        package static let query = Cost(hundredths: 10)

        /// What an event log adds: replaying and wording 256 kB of it takes about as long as a verdict.
        package static func eventLog(bytes: Int) -> Cost { Cost(hundredths: Int64(bytes) * 100 / 262_144) }

        package static func + (left: Cost, right: Cost) -> Cost {
            Cost(hundredths: left.hundredths + right.hundredths)
        }
    }

    /// Verdicts a minute, and how many at once after a while of quiet.
    package struct Rate: Hashable, Sendable {
        package let perMinute: Int64
        package let burst: Int64

        /// - Parameters:
        ///   - perMinute: 0: no limit.
        ///   - burst: At least one verdict that needs a fetch.
        package init(perMinute: Int64, burst: Int64) {
            self.perMinute = perMinute
            self.burst = max(5, burst)
        }

        package static let unlimited = Rate(perMinute: 0, burst: 0)
    }

    /// Why a caller has to wait, for the answer's headers.
    package struct Exceeded: Error, Hashable, Sendable {
        package let rate: Rate
        /// After so long the same would be let in.
        package let retryAfterSeconds: Int
    }

    /// All in hundredths of a verdict and nanoseconds; the level may be a fraction of a hundredth.
    private struct Bucket {
        var level: Double
        var filled: Duration
    }

    private let standard: Rate
    private let own: [String: Rate]
    private let monotonic: @Sendable () -> Duration
    private let buckets: Mutex<RecentlyUsed<Int, Bucket>>

    /// - Parameters:
    ///   - own: Rates of those who have one of their own, by name.
    ///   - capacity: The most principals that are remembered; who was not seen for longest is forgotten, and begins anew.
    package init(
        _ standard: Rate, own: [String: Rate] = [:], capacity: Int = 16_384, clocks: Clocks
    ) {
        self.standard = standard
        self.own = own
        monotonic = clocks.monotonic
        buckets = Mutex(RecentlyUsed(capacity: capacity))
    }

    /// Takes a cost from a caller's budget, or refuses and takes nothing. Costs more than a whole budget count as one.
    package func spend(_ cost: Cost, of principal: Principal) throws(Exceeded) {
        let rate = rate(of: principal)
        guard rate.perMinute > 0, cost.hundredths > 0 else { return }
        let capacity = Double(rate.burst) * 100
        let (wanted, perSecond) = (min(Double(cost.hundredths), capacity), Double(rate.perMinute) * 100 / 60)
        let missing = update(principal, rate) { level in
            guard level < wanted else {
                level -= wanted
                return 0.0
            }
            return wanted - level
        }
        guard missing > 0 else { return }
        throw Exceeded(rate: rate, retryAfterSeconds: max(1, Int((missing / perSecond).rounded(.up))))
    }

    /// Gives back what turned out not to be used.
    package func giveBack(_ cost: Cost, to principal: Principal) {
        let rate = rate(of: principal)
        guard rate.perMinute > 0 else { return }
        update(principal, rate) { $0 = min(Double(rate.burst) * 100, $0 + Double(cost.hundredths)) }
    }

    private func rate(of principal: Principal) -> Rate {
        if case .named(let name) = principal, let rate = own[name] { rate } else { standard }
    }

    @discardableResult
    private func update<Value>(
        _ principal: Principal, _ rate: Rate, _ body: (inout Double) -> sending Value
    ) -> sending Value {
        // Hashed under a key that this process drew at its start: nobody can aim at another's bucket.
        let key = principal.hashValue
        let capacity = Double(rate.burst) * 100
        let now = monotonic()
        return buckets.withLock { buckets in
            var bucket = buckets.value(key) ?? Bucket(level: capacity, filled: now)
            let seconds = max(0, (now - bucket.filled) / .seconds(1))
            bucket.level = min(capacity, bucket.level + seconds * Double(rate.perMinute) * 100 / 60)
            bucket.filled = now
            let value = body(&bucket.level)
            buckets.insert(bucket, for: key)
            return value
        }
    }
}
