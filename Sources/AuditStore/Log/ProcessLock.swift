import Foundation

/// `log.lock`: one process writes a log (transparency-log S-3). Held until the process ends, however it ends.
final class ProcessLock: Sendable {
    private let descriptor: Int32

    init(path: String) throws(LogDefect) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw LogDefect(.refused, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw LogDefect(.refused, "\(path) is held by another process: a log has one writer")
        }
        self.descriptor = descriptor
    }

    /// The log is closed: another may open it.
    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
