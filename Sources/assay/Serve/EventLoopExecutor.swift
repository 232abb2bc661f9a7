import NIOCore
import NIOPosix

/// Runs tasks on the event loops that their connections live on: what is done there is short and never waits for a disk, and
/// a change of threads at every `await` would cost more than that. What is long goes to the service's `WorkPool`.
///
/// An event loop keeps what it starts, because `any()` is the current loop wherever there is one.
final class EventLoopExecutor: TaskExecutor {
    private let group = MultiThreadedEventLoopGroup.singleton

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        group.any().execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
