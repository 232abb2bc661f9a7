/// Time, as the service sees it. All of it is here, so that a test can hold it in its hand.
package struct Clocks: Sendable {
    /// Milliseconds since 1970. Everything that is signed, recorded or compared with a date.
    package let wall: @Sendable () -> Int64
    /// How long the process runs. For waits and budgets, which a change of the wall clock must not move.
    package let monotonic: @Sendable () -> Duration
    /// Returns after a while; throws where the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void

    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.wall = wall
        self.monotonic = monotonic
        self.sleep = sleep
    }

    /// The machine's monotonic clock and sleep, beside a wall clock of one's own.
    package static func machine(wall: @escaping @Sendable () -> Int64) -> Clocks {
        let start = ContinuousClock.now
        return Clocks(
            wall: wall, monotonic: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) })
    }
}
