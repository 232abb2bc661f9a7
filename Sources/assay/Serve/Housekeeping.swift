import ServiceLifecycle

/// What is done every minute: collateral is fetched ahead of need, and keys that another process rotated are read.
struct Housekeeping: ServiceLifecycle.Service {
    let refreshCollateral: @Sendable () -> Void
    /// Reads files: not on a cooperative thread.
    let reloadKeys: @Sendable () -> Void

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(60))
                refreshCollateral()
                await BlockingWork.run(reloadKeys)
            }
        }
    }
}
