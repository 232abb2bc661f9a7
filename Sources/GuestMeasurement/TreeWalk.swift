import EventLog
import Foundation
import Wire

/// Walks a directory for `assay-tree-1`, following no link and keeping names as the bytes they are (event-logs 6.2).
struct TreeWalk {
    /// More entries than any package has; a walk that finds them is in the wrong place.
    private static let entryLimit = 1_000_000

    private let root: String
    private var tree = PackageTree()

    /// The tree's digest and how many entries it covers.
    static func digest(_ root: String) throws(MeasurementFailure) -> (sha256: FixedBytes<32>, count: Int) {
        var walk = TreeWalk(root: root)
        // One directory at a time, so that depth costs no stack.
        var pending: [[UInt8]] = [[]]
        while let directory = pending.popLast() { pending += try walk.read(directory) }
        return (walk.tree.digest, walk.tree.count)
    }

    private init(root: String) { self.root = root }

    /// Adds what lies in a directory.
    ///
    /// - Returns: The directories in it.
    private mutating func read(_ directory: [UInt8]) throws(MeasurementFailure) -> [[UInt8]] {
        guard let stream = opendir(place(directory)) else {
            throw .unreadable("\(name(directory)): the folder cannot be read")
        }
        defer { closedir(stream) }
        var directories: [[UInt8]] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { break }
            // In place: the type has room for the longest name, and a record ends behind its own.
            let component = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if component == [0x2E] || component == [0x2E, 0x2E] { continue }
            let path = directory.isEmpty ? component : directory + [0x2F] + component
            if try add(path) { directories.append(path) }
        }
        guard errno == 0 else { throw .unreadable("\(name(directory)): the folder cannot be read to its end") }
        return directories
    }

    /// - Returns: Whether the path is a directory.
    private mutating func add(_ path: [UInt8]) throws(MeasurementFailure) -> Bool {
        var status = stat()
        guard lstat(place(path), &status) == 0 else {
            throw .unreadable("\(name(path)): vanished while the tree was read; measure a tree that rests")
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return true
        case S_IFREG: try addFile(path)
        case S_IFLNK: try addLink(path)
        default:
            throw .undefined("\(name(path)): neither a file nor a link nor a folder; such a tree has no digest")
        }
        guard tree.count <= Self.entryLimit else {
            throw .undefined("\(root): more than \(Self.entryLimit) entries; such a tree has no digest")
        }
        return false
    }

    private mutating func addFile(_ path: [UInt8]) throws(MeasurementFailure) {
        let descriptor = open(place(path), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable("\(name(path)): cannot be opened; check its permissions") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable("\(name(path)): changed while the tree was read; measure a tree that rests")
        }
        guard status.st_mode & (S_ISUID | S_ISGID) == 0 else {
            throw .undefined("\(name(path)): runs as another user; such a tree has no digest")
        }
        let (sha256, size) = try FileDigest.sha256(handle, name(path))
        tree.add(
            path, .file, isExecutable: status.st_mode & 0o111 != 0, length: UInt64(size), sha256: sha256)
    }

    private mutating func addLink(_ path: [UInt8]) throws(MeasurementFailure) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(place(path), &buffer, buffer.count)
        guard count > 0, count < buffer.count else { throw .unreadable("\(name(path)): the link cannot be read") }
        let target = buffer.prefix(count).map { UInt8(bitPattern: $0) }
        guard Self.staysInside(target, from: path) else {
            throw .undefined("\(name(path)): links out of the tree; such a tree has no digest")
        }
        tree.add(
            path, .link, isExecutable: false, length: UInt64(target.count),
            sha256: FileDigest.sha256(of: target))
    }

    /// Whether a link's target, read from where the link lies, never climbs above the root.
    static func staysInside(_ target: [UInt8], from path: [UInt8]) -> Bool {
        guard target.first != 0x2F else { return false }
        var depth = path.split(separator: 0x2F).count - 1
        for component in target.split(separator: 0x2F) where component != [0x2E] {
            depth += component == [0x2E, 0x2E] ? -1 : 1
            if depth < 0 { return false }
        }
        return true
    }

    /// The path for the system, ended by NUL.
    private func place(_ path: [UInt8]) -> [CChar] {
        (Array(root.utf8) + (path.isEmpty ? [] : [0x2F] + path) + [0]).map { CChar(bitPattern: $0) }
    }

    private func name(_ path: [UInt8]) -> String {
        path.isEmpty ? root : root + "/" + String(decoding: path, as: UTF8.self)
    }
}
