import Foundation
import GRDB

extension DatabaseFile {
    /// A consistent copy, on the disk when it returns, whether somebody writes the file meanwhile or not. Blocks.
    ///
    /// - Parameter path: Must not be there.
    package static func copy(_ source: String, to path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        try DatabaseQueue(path: source, configuration: configuration).writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw DatabaseDefect(.unwritable, "\(path) cannot be opened") }
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
            throw DatabaseDefect(.unwritable, "\(path) cannot be flushed")
        }
    }
}
