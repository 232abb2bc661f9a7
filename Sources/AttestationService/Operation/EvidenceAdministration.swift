import AuditStore
package import Logging

/// The evidence archive, for administrators.
package struct EvidenceAdministration: Sendable {
    private let recorder: VerdictRecorder
    private let clocks: Clocks
    private let logger: Logger

    package init(recorder: VerdictRecorder, clocks: Clocks, logger: Logger) {
        self.recorder = recorder
        self.clocks = clocks
        self.logger = logger
    }

    private var retention: Retention {
        Retention(archive: recorder.archive, index: recorder.index, log: recorder.log)
    }

    /// Deletes now what the hourly run would delete.
    ///
    /// - Returns: how many quotes are gone.
    package func purge() async throws(ServiceFailure) -> Int {
        try await doing { try await retention.purge(at: clocks.wall()) }
    }

    /// - Throws: `held` where the verdict's evidence must stay.
    package func checkErasure(of identifier: String) async throws(ServiceFailure) {
        guard try await !doing({ try await recorder.archive.isHeld(owner: identifier) }) else {
            throw .archive(.held(identifier))
        }
    }

    /// Deletes what is kept for one verdict alone; its entry stays in the log for ever (transparency-log E-15).
    package func erase(_ identifier: String) async throws(ServiceFailure) -> (references: Int, quotes: Int) {
        guard let erased = try await doing({ try await retention.erase(identifier, at: clocks.wall()) }) else {
            throw .archive(.held(identifier))
        }
        return erased
    }

    /// Keeps one verdict's evidence whatever its age, or no longer.
    package func hold(_ identifier: String, _ isHeld: Bool) async throws(ServiceFailure) {
        try await doing { try await recorder.archive.setHold(isHeld, owner: identifier) }
    }

    private func doing<Value: Sendable>(_ body: () async throws -> Value) async throws(ServiceFailure) -> Value {
        do {
            return try await body()
        } catch {
            logger.error("the archive", metadata: ["reason": "\(error)"])
            throw .archive(.unavailable)
        }
    }
}
