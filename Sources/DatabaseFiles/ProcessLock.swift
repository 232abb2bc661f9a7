import Foundation

/// `log.lock`: one process writes the databases of a data folder (transparency-log S-3). Held until the process ends,
/// however it ends.
package final class ProcessLock: Sendable {
    /// The data folder.
    package let folder: String
    private let descriptor: Int32

    /// - Parameter folder: The data folder, which is there.
    package init(folder: String) throws(DatabaseDefect) {
        let path = "\(folder)/log.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DatabaseDefect(.unwritable, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw DatabaseDefect(.held, "\(path) is held by another process: a log has one writer; end that one first")
        }
        self.folder = folder
        self.descriptor = descriptor
    }

    /// The databases are closed: another process may open them.
    package func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}
