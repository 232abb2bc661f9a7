import Dispatch

/// Runs what may wait for a disk on a thread that may.
enum BlockingWork {
    static func run(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                body()
                continuation.resume()
            }
        }
    }
}
