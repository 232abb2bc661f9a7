import CFileIdentity
import DatabaseFiles
import Foundation
import Wire

/// `last-start`: which start was the last, and which files it left behind. It lies beside the guard, and is in no backup: a
/// database that was copied back is another file, however old it is (transparency-log 13.3).
struct LastStart: Hashable, Sendable {
    let mark: StartMark
    /// A file's inode and the time at which it was made, by its name.
    let files: [String: String]
    /// When it was.
    let clock: MachineClock?

    static let name = "last-start"
    private static let databases = ["log.db", "evidence.db", "state.db"]

    /// The files as they are now.
    init(_ mark: StartMark, _ clock: MachineClock?, in folder: String) {
        self.mark = mark
        self.clock = clock
        var files: [String: String] = [:]
        for name in Self.databases { files[name] = Self.identity(of: "\(folder)/\(name)") }
        self.files = files
    }

    /// Some files as they are now, the others as they were.
    init(_ last: LastStart, in folder: String, but made: Set<String>) {
        let now = LastStart(last.mark, last.clock, in: folder)
        (mark, clock) = (last.mark, last.clock)
        files = last.files.filter { !made.contains($0.key) }.merging(now.files.filter { made.contains($0.key) }) { $1 }
    }

    /// - Returns: `nil` where there is none.
    init?(of folder: String) throws {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(Self.name)") else { return nil }
        let lines = String(decoding: bytes.prefix(4_096), as: UTF8.self).split(separator: "\n")
        guard let mark = lines.first.flatMap({ StartMark(text: $0) }) else {
            throw Problem.serving(
                .damaged,
                "data \(folder): \(Self.name) is damaged; where nothing was copied back: assay recover --data \(folder) --copied"
            )
        }
        self.mark = mark
        var files: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { files[String(parts[0])] = String(parts[1]) }
        }
        clock = files.removeValue(forKey: "clock").flatMap { MachineClock(text: $0) }
        self.files = files
    }

    /// On the disk when it returns. Whole, or as before.
    func write(in folder: String) throws {
        let path = "\(folder)/\(Self.name)"
        let lines = [mark.text] + (clock.map { ["clock \($0.text)"] } ?? [])
        let text = (lines + files.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }).joined(
            separator: "\n")
        do {
            try Data((text + "\n").utf8).write(to: URL(filePath: path + ".new"))
            guard chmod(path + ".new", 0o600) == 0 else { throw CocoaError(.fileWriteNoPermission) }
            let handle = try FileHandle(forUpdating: URL(filePath: path + ".new"))
            try handle.synchronize()
            try handle.close()
            guard rename(path + ".new", path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            throw Problem.serving(
                .notWritable, "data \(folder): \(Self.name) cannot be written: \(error.localizedDescription)")
        }
    }

    /// Which databases are not the files that the last start left.
    func exchanged(in folder: String) -> [String] {
        files.filter { Self.identity(of: "\(folder)/\($0.key)") != $0.value }.keys.sorted()
    }

    /// A copy has another one. Where the file system does not know when a file was made, the inode alone counts.
    private static func identity(of path: String) -> String? {
        var (inode, made) = (UInt64(0), Int64(0))
        return file_identity(path, &inode, &made) == 0 ? "\(inode) \(made)" : nil
    }
}
