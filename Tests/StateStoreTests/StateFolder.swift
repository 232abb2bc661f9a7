import DatabaseFiles
import Foundation
import GRDB
import Synchronization

@testable import StateStore

/// A data folder, whose `state.db` is opened as often as a test wants: one after the other.
final class StateFolder: Sendable {
    let path: String
    private let lock = Mutex<ProcessLock?>(nil)

    init() throws {
        path = NSTemporaryDirectory() + "assay-state-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/state.db" }

    /// As a service does that starts: what was open before must be closed.
    func open() throws -> StateStore {
        try lock.withLock { held in
            held?.release()
            let lock = try ProcessLock(folder: path)
            held = lock
            return try StateStore(in: lock)
        }
    }

    /// Somebody who writes into the file beside its owner.
    func stranger() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: file, configuration: configuration)
    }

    /// What a process that ends at this moment leaves behind.
    func copy() throws -> StateFolder {
        let other = try StateFolder()
        for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: file + suffix) {
            try FileManager.default.copyItem(atPath: file + suffix, toPath: other.file + suffix)
        }
        return other
    }
}
