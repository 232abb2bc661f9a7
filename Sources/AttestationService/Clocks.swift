/// Time, as the service sees it. All of it is here, so that a test can hold it in its hand.
package struct Clocks: Sendable {
    /// Milliseconds since 1970. Everything that is signed, recorded or compared with a date.
    package let wall: @Sendable () -> Int64
    /// How long the process runs. For waits and budgets, which a change of the wall clock must not move.
    package let monotonic: @Sendable () -> Duration
    /// Returns after a while; throws where the task is cancelled.
    package let sleep: @Sendable (Duration) async throws -> Void
    /// Why the machine's clock is not believed; `nil` where it is.
    package let defect: @Sendable () -> String?

    package init(
        wall: @escaping @Sendable () -> Int64, monotonic: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void, defect: @escaping @Sendable () -> String? = { nil }
    ) {
        self.defect = defect
        self.wall = wall
        self.monotonic = monotonic
        self.sleep = sleep
    }

    /// The machine's clocks, and the wall clock held against the monotonic one.
    package static func watching(wall: @escaping @Sendable () -> Int64) -> Clocks {
        let machine = machine(wall: wall)
        let watch = ClockWatch(wall: wall, monotonic: machine.monotonic)
        return Clocks(
            wall: { watch.now }, monotonic: machine.monotonic, sleep: machine.sleep, defect: { watch.defect })
    }

    /// The machine's monotonic clock and sleep, beside a wall clock of one's own.
    package static func machine(wall: @escaping @Sendable () -> Int64) -> Clocks {
        let start = ContinuousClock.now
        return Clocks(
            wall: wall, monotonic: { start.duration(to: .now) }, sleep: { try await Task.sleep(for: $0) })
    }
}
