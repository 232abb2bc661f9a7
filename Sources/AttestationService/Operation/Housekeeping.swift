import AuditStore
import CollateralService
package import KeyCustody
package import Logging
import ServiceLifecycle
import Synchronization
import Wire

/// What is done every minute: collateral is fetched ahead of need, keys that another process made are announced and used,
/// what was turned away is summed up. And every hour: who read evidence is written down, and evidence whose time is over
/// is deleted.
package struct Housekeeping: ServiceLifecycle.Service {
    private let service: AttestationService
    private let keys: KeyStore
    private let accesses: AccessTally
    private let challengeLifetimeSeconds: Int64
    private let logger: Logger

    /// - Parameters:
    ///   - accesses: Who read evidence.
    ///   - challengeLifetimeSeconds: So long an old challenge key is still good.
    package init(
        service: AttestationService, keys: KeyStore, accesses: AccessTally, challengeLifetimeSeconds: Int64,
        logger: Logger
    ) {
        self.service = service
        self.keys = keys
        self.accesses = accesses
        self.challengeLifetimeSeconds = challengeLifetimeSeconds
        self.logger = logger
    }

    private var clocks: Clocks { service.clocks }

    package func run() async throws {
        let times = Mutex((minute: clocks.wall(), hour: clocks.wall()))
        await service.recorder.finishPurge()
        try? await cancelWhenGracefulShutdown {
            var minutes = 0
            while !Task.isCancelled {
                try await clocks.sleep(.seconds(60))
                service.endorsing.collateral.refreshDue(at: Instant(seconds: clocks.wall() / 1_000))
                if let ring = await BlockingWork.run({ readKeys() }) { await use(ring) }
                await sumUp(times)
                service.forgetRepeats()
                minutes += 1
                if minutes % 60 == 0 { await everyHour(times) }
            }
        }
        // What was counted since then would be lost.
        await sumUp(times)
        await everyHour(times)
    }

    /// Reads files: not on a cooperative thread. `nil`: those in use stay.
    private func readKeys() -> KeyRing? {
        let now = Instant(seconds: clocks.wall() / 1_000)
        do throws(KeyError) {
            service.challenges.replace(try keys.challengeKeys(at: now, overlapSeconds: challengeLifetimeSeconds))
            return try keys.open(at: now)
        } catch {
            logger.error("the keys cannot be read; those in use stay", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func use(_ ring: KeyRing) async {
        do throws(AppendFailure) {
            try await service.recorder.announce(ring)
            service.tokens.replace(ring)
        } catch {
            logger.error("new keys are not in the log; those in use stay", metadata: ["reason": "\(error.sentence)"])
        }
    }

    private typealias Times = Mutex<(minute: Int64, hour: Int64)>

    private func sumUp(_ times: borrowing Times) async {
        let to = clocks.wall()
        let from = times.withLock { times in
            defer { times.minute = to }
            return times.minute
        }
        let counts = service.turnedAway.take()
        await service.recorder.summarize(
            malformed: counts.malformed, rateLimited: counts.rateLimited, repeated: counts.repeated, from: from, to: to)
    }

    private func everyHour(_ times: borrowing Times) async {
        let to = clocks.wall()
        let from = times.withLock { times in
            defer { times.hour = to }
            return times.hour
        }
        await service.recorder.recordAccesses(accesses.take(), from: from, to: to)
        await service.recorder.purge()
    }
}
