import AttestationService
import Synchronization
import Wire

/// Time in a test's hand. It stands still until the test moves it, and what sleeps wakes when its time has come. Nothing
/// here waits for a real clock.
final class TimeInHand: Sendable {
    private struct Sleeper {
        let length: Duration
        let end: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var milliseconds: Int64
        var running = Duration.zero
        var readings = 0
        var next = 0
        var sleepers: [Int: Sleeper] = [:]
        /// Those who wait until somebody sleeps for so long.
        var watchers: [Int: (length: Duration, continuation: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state: Mutex<State>

    init(_ start: Instant) { state = Mutex(State(milliseconds: start.seconds * 1_000)) }

    private let watch = Mutex<ClockWatch?>(nil)

    /// From now on services get the wall clock as the program gives it: held against the monotonic one.
    func beWatched() {
        let watch = ClockWatch(wall: { [self] in milliseconds }, monotonic: { [self] in state.withLock { $0.running } })
        self.watch.withLock { $0 = watch }
    }

    /// Somebody sets the wall clock.
    func jump(_ length: Duration) {
        state.withLock { $0.milliseconds += length.components.seconds * 1_000 }
    }

    /// As the log is given it.
    var logged: Int64 { watch.withLock { $0 }?.now ?? milliseconds }
    var defect: String? { watch.withLock { $0 }?.defect }

    /// What a service is given.
    var clocks: Clocks {
        guard watch.withLock({ $0 }) == nil else {
            return Clocks(
                wall: { [self] in logged }, monotonic: { [self] in state.withLock { $0.running } },
                sleep: { [self] in try await sleep(for: $0) }, defect: { [self] in defect })
        }
        return raw
    }

    private var raw: Clocks {
        Clocks(
            wall: { [self] in
                state.withLock { state in
                    state.readings += 1
                    return state.milliseconds
                }
            }, monotonic: { [self] in state.withLock { $0.running } }, sleep: { [self] in try await sleep(for: $0) })
    }

    /// The wall clock, for the test and for what is no part of the service: not counted.
    var milliseconds: Int64 { state.withLock { $0.milliseconds } }
    var now: Instant { Instant(seconds: milliseconds / 1_000) }
    /// How often the service read the wall clock.
    var readings: Int { state.withLock { $0.readings } }

    /// Moves both clocks, and wakes whom it is time for.
    func advance(_ length: Duration) {
        let awake = state.withLock { state in
            state.running += length
            state.milliseconds += length.components.seconds * 1_000
            let due = state.sleepers.filter { $0.value.end <= state.running }
            for number in due.keys { state.sleepers[number] = nil }
            return due.sorted { $0.value.end < $1.value.end }.map(\.value.continuation)
        }
        for continuation in awake { continuation.resume() }
    }

    /// Returns once somebody sleeps for exactly so long.
    func sleeper(of length: Duration) async throws {
        let number = nextNumber()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.sleepers.values.contains(where: { $0.length == length }) { return true }
                    state.watchers[number] = (length, continuation)
                    return false
                }
                if isThere { continuation.resume() } else if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func sleep(for length: Duration) async throws {
        let number = nextNumber()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let watchers = state.withLock { state in
                    state.sleepers[number] = Sleeper(
                        length: length, end: state.running + length, continuation: continuation)
                    let watchers = state.watchers.filter { $0.value.length == length }
                    for watcher in watchers.keys { state.watchers[watcher] = nil }
                    return watchers.values.map(\.continuation)
                }
                for watcher in watchers { watcher.resume() }
                if Task.isCancelled { cancel(number) }
            }
        } onCancel: {
            cancel(number)
        }
    }

    private func nextNumber() -> Int {
        state.withLock { state in
            state.next += 1
            return state.next
        }
    }

    private func cancel(_ number: Int) {
        let continuation = state.withLock { state in
            state.sleepers.removeValue(forKey: number)?.continuation
                ?? state.watchers.removeValue(forKey: number)?.continuation
        }
        continuation?.resume(throwing: CancellationError())
    }
}
