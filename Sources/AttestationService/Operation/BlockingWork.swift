import Foundation

/// Runs what may wait for a disk on a thread of its own: Dispatch has few, and tasks run on them.
package enum BlockingWork {
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }
}
