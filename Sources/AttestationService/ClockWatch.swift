import Synchronization
import Wire

/// Holds the wall clock against the monotonic one. A wall clock that jumps ahead, because somebody set it or a time server
/// lies, must not date entries, expire what is in date, or delete evidence: time goes on as the monotonic clock says, and
/// nothing is judged, until the wall clock is back or the service is started anew.
package final class ClockWatch: Sendable {
    private struct Anchor {
        var wall: Int64
        var running: Duration
    }

    private let wall: @Sendable () -> Int64
    private let monotonic: @Sendable () -> Duration
    private let anchor: Mutex<Anchor>

    /// What a time server may set right at once; tokens' times are compared with as much.
    package static let toleranceMilliseconds: Int64 = 60_000

    package init(wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Duration) {
        self.wall = wall
        self.monotonic = monotonic
        anchor = Mutex(Anchor(wall: wall(), running: monotonic()))
    }

    /// The wall clock, or where it has jumped ahead, what it said before and the time that has passed since.
    package var now: Int64 { look().now }

    /// Why the wall clock is not believed; `nil` where it is.
    package var defect: String? { look().defect }

    private func look() -> (now: Int64, defect: String?) {
        let (time, running) = (wall(), monotonic())
        return anchor.withLock { anchor in
            let passed = (running - anchor.running).components
            let expected = anchor.wall + passed.seconds * 1_000 + passed.attoseconds / 1_000_000_000_000_000
            guard time <= expected + Self.toleranceMilliseconds else {
                let (found, wanted) = (Instant(seconds: time / 1_000), Instant(seconds: expected / 1_000))
                return (
                    expected,
                    "the clock jumped ahead to \(found); by the time that has passed it is \(wanted). Set the clock; if it "
                        + "was wrong before and is right now, start the service again"
                )
            }
            // Slewed and slightly set clocks are followed. One that jumped back is measured by what it said before, or its
            // return would look like a jump ahead.
            if time >= expected - Self.toleranceMilliseconds { anchor = Anchor(wall: time, running: running) }
            return (time, nil)
        }
    }
}
