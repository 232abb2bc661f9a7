package import DatabaseFiles
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
        try DatabaseFile.copy(source, to: draft)
    }

    /// The key that a log says is its own; nothing is verified by that.
    package static func key(of path: String) throws(LogDefect) -> NoteKey {
        let text = try reading(path) { try LogTables.meta($0, "log_vkey") } ?? []
        guard let key = try? NoteKey(parsing: text) else {
            throw LogDefect(.corrupt, "\(path) does not say whose log it is")
        }
        return key
    }

    /// The root that a verified copy has at a size.
    package static func root(of path: String, at size: UInt64) throws(LogDefect) -> MerkleHash {
        try reading(path) { try StoredTiles.nodes($0, size: size).source.root(over: 0..<size) }
    }

    /// The last start that a copy knows of.
    package static func startMark(of path: String) throws(LogDefect) -> StartMark? {
        try reading(path) { try LogTables.meta($0, LogTables.startName) }
            .flatMap { StartMark(text: String(decoding: $0, as: UTF8.self)) }
    }

    private static func reading<Value>(_ path: String, _ body: (Database) throws -> Value) throws(LogDefect) -> Value {
        do {
            return try DatabaseFile.reader(of: path).read(body)
        } catch {
            throw LogDefect(of: path, error)
        }
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
