import CCurl
import Foundation
import Synchronization

/// HTTP(S) over libcurl: one thread drives every transfer, so that no cooperative thread ever waits for a socket.
///
/// Certificates are verified always, redirects are not followed, no proxy is taken from the environment.
package final class HTTPTransport: Sendable {
    private let mailbox: TransferMailbox

    package init() throws(TransportFailure) {
        let mailbox = try TransferMailbox()
        self.mailbox = mailbox
        let thread = Thread {
            guard let loop = TransferLoop(mailbox) else { return mailbox.refuse() }
            loop.run()
        }
        thread.name = "assay.http"
        thread.start()
    }

    deinit { mailbox.stop() }

    /// Ends what is under way, and takes nothing more.
    package func stop() { mailbox.stop() }

    package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
        try await withCheckedContinuation { continuation in
            mailbox.put(TransferJob(request: request, answer: { continuation.resume(returning: $0) }))
        }.get()
    }
}

struct TransferJob: Sendable {
    let request: HTTPRequest
    /// Called exactly once.
    let answer: @Sendable (Result<HTTPResponse, TransportFailure>) -> Void
}

/// How work reaches the thread: a list under a lock, and a pipe that wakes the thread's poll.
final class TransferMailbox: Sendable {
    private struct State {
        var jobs: [TransferJob] = []
        var isStopped = false
    }

    private let state = Mutex(State())
    let wakeDescriptor: Int32
    private let ringDescriptor: Int32

    init() throws(TransportFailure) {
        var descriptors: [Int32] = [-1, -1]
        guard pipe(&descriptors) == 0 else { throw .network("no descriptor is free") }
        (wakeDescriptor, ringDescriptor) = (descriptors[0], descriptors[1])
        for descriptor in descriptors {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        close(wakeDescriptor)
        close(ringDescriptor)
    }

    func put(_ job: TransferJob) {
        let isTaken = state.withLock { state in
            guard !state.isStopped else { return false }
            state.jobs.append(job)
            return true
        }
        guard isTaken else { return job.answer(.failure(.stopped)) }
        wake()
    }

    /// Answers what is waiting, and takes nothing more.
    func refuse() {
        stop()
        for job in take().jobs { job.answer(.failure(.stopped)) }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        wake()
    }

    /// Everything put since the last time, and whether to go on.
    func take() -> (jobs: [TransferJob], isStopped: Bool) {
        state.withLock { state in
            defer { state.jobs = [] }
            return (state.jobs, state.isStopped)
        }
    }

    func drainWakeUps() {
        var bytes: [UInt8] = Array(repeating: 0, count: 256)
        while read(wakeDescriptor, &bytes, bytes.count) == bytes.count {}
    }

    /// A full pipe is as good as a written one: the thread wakes.
    private func wake() {
        var byte: UInt8 = 1
        _ = write(ringDescriptor, &byte, 1)
    }
}
