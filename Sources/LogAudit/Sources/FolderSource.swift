import Foundation
package import MerkleLog
import Wire

/// A log as files, as `export-tiles` or a mirror leaves it.
package struct FolderSource: LogSource {
    private let folder: URL

    package init(path: String) { folder = URL(filePath: path, directoryHint: .isDirectory) }

    package func checkpoint() async throws -> [UInt8] {
        guard let bytes = try read("checkpoint", limit: Limits.noteBytes) else {
            throw AuditFailure.inputOutput("\(folder.path): there is no file checkpoint in it")
        }
        return bytes
    }

    package func bytes(of tile: TileCoordinate) async throws -> [UInt8]? {
        try read(tile.path, limit: Limits.tileResourceBytes)
    }

    package func earlierCheckpoints() async throws -> [[UInt8]] { [] }

    private func read(_ name: String, limit: Int) throws -> [UInt8]? {
        let file = folder.appending(path: name)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        guard let handle = FileHandle(forReadingAtPath: file.path),
            let data = try? handle.read(upToCount: limit + 1) ?? Data()
        else { throw AuditFailure.inputOutput("\(file.path): cannot be read") }
        guard data.count <= limit else {
            throw AuditFailure.notVerified("\(file.path): larger than \(limit) bytes")
        }
        return [UInt8](data)
    }
}
