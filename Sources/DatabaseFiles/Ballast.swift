import Foundation

/// `ballast`: bytes of the data folder that are kept for a start on a disk that is full, because SQLite writes a little
/// before it can read anything (transparency-log 17).
package struct Ballast: Sendable {
    package static let bytes: Int64 = 8 << 20
    private let path: String

    package init(folder: String) { path = folder + "/ballast" }

    /// Before the first database is opened: gives the bytes free, where less than they are is free.
    package func release(_ room: DiskRoom) {
        if room.freeBytes() < Self.bytes { unlink(path) }
    }

    /// Takes the bytes again, where so many are free beside. Blocks.
    package func keep(beside bytes: Int64, _ room: DiskRoom) {
        var status = stat()
        if stat(path, &status) == 0, Int64(status.st_blocks) * 512 >= Self.bytes { return }
        guard room.freeBytes() >= bytes + Self.bytes else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let result = posix_fallocate(descriptor, 0, off_t(Self.bytes))
        close(descriptor)
        // Half of it would be no help.
        if result != 0 { unlink(path) }
    }
}
