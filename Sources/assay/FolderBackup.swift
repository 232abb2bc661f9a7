import AuditStore
import DatabaseFiles
import Foundation
import MerkleLog
import Wire

/// A backup of a data folder: copies of the databases that were looked at before they count, and what they are, in
/// `backup.json` (transparency-log 13.1). The guard, the lock and what the folder knows of its last start are in none: they
/// must know what the copy does not. The keys are not in it either; they are backed up apart, and encrypted.
struct FolderBackup {
    static let databases = ["log.db", "evidence.db", "state.db"]
    static let manifest = "backup.json"

    let path: String
    let key: NoteKey
    let size: UInt64
    let root: MerkleHash
    let time: Instant
    let hashes: [String: MerkleHash]

    /// Copies, whether a service runs on the folder or not. Blocks.
    ///
    /// - Parameter path: Must not be there yet; nothing is there before everything was checked.
    static func make(of folder: String, to path: String, at time: Instant) throws -> FolderBackup {
        guard !InputFile.isPresent(path) else {
            throw Problem.usage(
                "\(path): is there already, and a backup replaces none; name a folder that is not there")
        }
        let draft = path + ".unverified"
        try? FileManager.default.removeItem(atPath: draft)
        do {
            try FileManager.default.createDirectory(
                atPath: draft, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Problem.serving(.notWritable, "\(draft): the folder cannot be made; name a place that can be written")
        }
        defer { try? FileManager.default.removeItem(atPath: draft) }
        // The log first: evidence is on the disk before its entry is, so the others have all that it speaks of.
        let log: LogBackup
        let key: NoteKey
        do throws(LogDefect) {
            key = try LogBackup.key(of: folder + "/log.db")
            log = try LogBackup.make(folder: folder, to: draft + "/log.db", key: key)
        } catch {
            throw Problem(error, in: folder)
        }
        var hashes = ["log.db": log.sha256]
        for name in ["evidence.db", "state.db"] {
            do {
                try DatabaseFile.copy("\(folder)/\(name)", to: "\(draft)/\(name)")
            } catch {
                throw Problem.serving(
                    .damaged, "data \(folder): \(name) cannot be copied: \(DatabaseDefect.sentence(of: error))")
            }
            hashes[name] = try digest("\(draft)/\(name)")
        }
        let backup = FolderBackup(path: path, key: key, size: log.size, root: log.root, time: time, hashes: hashes)
        try backup.verifyFiles(in: draft)
        let handle = draft + "/" + manifest
        guard FileManager.default.createFile(atPath: handle, contents: Data((backup.document.prettyText + "\n").utf8)),
            let file = FileHandle(forUpdatingAtPath: handle), (try? file.synchronize()) != nil,
            rename(draft, path) == 0
        else { throw Problem.serving(.notWritable, "\(path) cannot be written") }
        return backup
    }

    /// Reads a backup, and looks at all of it again.
    init(reading path: String) throws {
        let bytes = try InputFile.read(
            path + "/" + Self.manifest, limit: Limits.jsonBytes, what: "description of a backup")
        guard let root = (try? JSONDocument(parsing: bytes))?.root,
            root.member("format")?.string?.hasSameBytes(as: "assay-backup/1") == true,
            let key = root.member("log")?.string.flatMap({ try? NoteKey(parsing: $0) }),
            case .value(let size)? = root.member("size")?.integer,
            let hash = root.member("root")?.string.flatMap({ Hex.decode($0) }).flatMap({ MerkleHash(exactly: $0) }),
            let seconds = root.member("time")?.string.flatMap({ Instant(rfc3339: $0) })
        else { throw Problem.usage("\(path)/\(Self.manifest): not the description of a backup that assay backup made") }
        let files = JSON(document: root)?["files"]
        var hashes: [String: MerkleHash] = [:]
        for name in Self.databases {
            if case .string(let text)? = files?[name] {
                hashes[name] = Hex.decode(text).flatMap { MerkleHash(exactly: $0) }
            }
        }
        self.init(path: path, key: key, size: size, root: hash, time: seconds, hashes: hashes)
        for name in Self.databases {
            guard let wanted = hashes[name], try Self.digest("\(path)/\(name)") == wanted else {
                throw Problem.serving(
                    .damaged, "\(path): \(name) is not what the backup was: another hash than in \(Self.manifest)")
            }
        }
        try verifyFiles(in: path)
    }

    private init(
        path: String, key: NoteKey, size: UInt64, root: MerkleHash, time: Instant, hashes: [String: MerkleHash]
    ) {
        (self.path, self.key, self.size) = (path, key, size)
        (self.root, self.time, self.hashes) = (root, time, hashes)
    }

    private func verifyFiles(in folder: String) throws {
        for name in ["evidence.db", "state.db"] {
            guard case .whole = DatabaseFile.condition(of: "\(folder)/\(name)") else {
                throw Problem.serving(.damaged, "\(folder): \(name) is not whole")
            }
        }
        let log: LogBackup
        do throws(LogDefect) {
            log = try LogBackup.verify(folder + "/log.db", key: key)
        } catch {
            throw Problem(error, in: folder)
        }
        guard log.size == size, log.root == root else {
            throw Problem.serving(
                .damaged, "\(folder): log.db has \(log.size) entries, and \(Self.manifest) says \(size)")
        }
    }

    /// B-3: what it was when it was made.
    var document: JSON {
        .object([
            ("format", .string("assay-backup/1")), ("time", .string(time.description)), ("log", .string(key.text)),
            ("size", .integer(Int64(clamping: size))), ("root", .string(root.hex)),
            ("files", .object(hashes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.hex)) })),
        ])
    }

    private static func digest(_ path: String) throws -> MerkleHash {
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            throw Problem.usage("\(path): there is no such file, and every backup has it")
        }
        return MerkleHashing.sha256(bytes)
    }
}
