import DatabaseFiles
import Foundation
import GRDB
public import MerkleLog
public import Wire

/// A copy of the log that was looked at before it counts as one (transparency-log 13.1). The guard is never part of it: it
/// must know what the copy does not.
public struct LogBackup: Hashable, Sendable {
    public let size: UInt64
    public let root: MerkleHash
    /// Of the file.
    public let sha256: MerkleHash

    /// Copies the log of a data folder, whether a service runs on it or not. Blocks.
    ///
    /// - Parameters:
    ///   - path: Must not be there yet; nothing is there before everything was checked.
    ///   - key: The log's.
    public static func make(folder: String, to path: String, key: NoteKey) throws(LogDefect) -> LogBackup {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw LogDefect(.refused, "\(path) is there already; a backup never replaces a file")
        }
        let draft = path + ".unverified"
        do {
            try? FileManager.default.removeItem(atPath: draft)
            try copy("\(folder)/log.db", to: draft)
            let backup = try verify(draft, key: key)
            guard rename(draft, path) == 0 else { throw LogDefect(.refused, "\(path) cannot be written") }
            return backup
        } catch {
            try? FileManager.default.removeItem(atPath: draft)
            throw LogDefect(error) ?? LogDefect(.refused, "\(path): \(sentence(of: error))")
        }
    }

    private static func copy(_ source: String, to draft: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        try DatabaseQueue(path: source, configuration: configuration).writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [draft])
        }
        let descriptor = open(draft, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw LogDefect(.refused, "\(draft) cannot be opened") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw LogDefect(.refused, "\(draft) cannot be flushed") }
    }

    /// The start-up checks but for the guard, on a file that nobody writes.
    public static func verify(_ path: String, key: NoteKey) throws(LogDefect) -> LogBackup {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let state = try DatabaseQueue(path: path, configuration: configuration).read { database in
                try LogTables.schema.check(database, path: path)
                let check = StartupCheck(database: database, path: path)
                try check.integrity()
                let state = try check.tree().state
                try check.newestCheckpoint(key, state)
                return state
            }
            return LogBackup(
                size: state.size, root: state.root,
                sha256: MerkleHashing.sha256(try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe)))
        } catch {
            throw LogDefect(error) ?? LogDefect(.corrupt, "\(path): \(sentence(of: error))")
        }
    }
}
