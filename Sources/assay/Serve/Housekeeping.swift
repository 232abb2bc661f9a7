import KeyCustody
import ServiceLifecycle
import Synchronization
import WebAPI

/// What is done every minute: collateral is fetched ahead of need, keys that another process made are announced and used,
/// what was turned away is summed up; and every hour who read evidence
/// is written down, and evidence whose time is over deleted.
struct Housekeeping: ServiceLifecycle.Service {
    let refreshCollateral: @Sendable () -> Void
    /// Reads files: not on a cooperative thread. `nil`: those in use stay.
    let readKeys: @Sendable () -> KeyRing?
    let useKeys: @Sendable (KeyRing) async -> Void
    /// From and to, in milliseconds.
    let summarize: @Sendable (Int64, Int64) async -> Void
    /// From and to, in milliseconds.
    let hourly: @Sendable (Int64, Int64) async -> Void
    let now: @Sendable () -> Int64

    func run() async throws {
        let times = Mutex((minute: now(), hour: now()))
        try? await cancelWhenGracefulShutdown {
            var minutes = 0
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(60))
                refreshCollateral()
                if let ring = await BlockingWork.run(readKeys) { await useKeys(ring) }
                await sumUp(times)
                minutes += 1
                if minutes % 60 == 0 { await everyHour(times) }
            }
        }
        // What was counted since then would be lost.
        await sumUp(times)
        await everyHour(times)
    }

    private typealias Times = Mutex<(minute: Int64, hour: Int64)>

    private func sumUp(_ times: borrowing Times) async {
        let to = now()
        let from = times.withLock { times in
            defer { times.minute = to }
            return times.minute
        }
        await summarize(from, to)
    }

    private func everyHour(_ times: borrowing Times) async {
        let to = now()
        let from = times.withLock { times in
            defer { times.hour = to }
            return times.hour
        }
        await hourly(from, to)
    }
}
