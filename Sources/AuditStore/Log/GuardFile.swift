import Foundation
package import MerkleLog
import Wire

/// `guard`: the newest tree that may have been signed (transparency-log 8.6). An old copy of the database is perfect in
/// itself; only this file, which is in no backup, knows that more was signed.
package final class GuardFile: Sendable {
    struct Mark: Hashable, Sendable {
        let sequence: UInt64
        let size: UInt64
        let root: MerkleHash
    }

    private static let magic = Array("ATLGRD1\0".utf8)
    private static let slotBytes = 512
    private static let slotStride = 4_096
    private static let hashedBytes = 88

    private let descriptor: Int32
    private let path: String
    private let originHash: MerkleHash

    /// - Parameter create: Whether a file that is not there is made; only for a log that is not there either.
    init(path: String, origin: String, create: Bool) throws(LogDefect) {
        self.path = path
        originHash = MerkleHashing.sha256(origin.utf8)
        let descriptor = open(path, O_RDWR | O_DSYNC | O_CLOEXEC | (create ? O_CREAT : 0), 0o600)
        guard descriptor >= 0 else {
            let isMissing = errno == ENOENT
            let reason = isMissing ? "is not there" : "cannot be opened: \(String(cString: strerror(errno)))"
            throw LogDefect(
                isMissing ? .missing : .unwritable,
                "\(path) \(reason). Without it nobody can tell whether newer checkpoints were signed than log.db knows")
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The valid slot with the highest sequence; `nil` where there is none.
    func read() throws(LogDefect) -> Mark? {
        var newest: Mark?
        var isEmpty = true
        for slot in 0..<2 {
            var bytes = [UInt8](repeating: 0, count: Self.slotBytes)
            let count = pread(descriptor, &bytes, bytes.count, off_t(slot * Self.slotStride))
            guard count >= 0 else {
                throw LogDefect(.refused, "\(path) cannot be read: \(String(cString: strerror(errno)))")
            }
            if count > 0, bytes.contains(where: { $0 != 0 }) { isEmpty = false }
            guard count == Self.slotBytes, let mark = try parse(bytes) else { continue }
            if mark.sequence >= (newest?.sequence ?? 0) { newest = mark }
        }
        guard newest != nil || isEmpty else { throw LogDefect(.corrupt, "\(path) has no valid slot") }
        return newest
    }

    /// Writes into the older slot, and returns when it is on the disk.
    func write(_ mark: Mark) throws(LogDefect) {
        var bytes = Self.magic + Self.bigEndian(mark.sequence) + originHash.bytes + Self.bigEndian(mark.size)
        bytes += mark.root.bytes
        bytes += MerkleHashing.sha256(bytes).bytes
        bytes += [UInt8](repeating: 0, count: Self.slotBytes - bytes.count)
        let count = pwrite(descriptor, bytes, bytes.count, off_t(Int(mark.sequence % 2) * Self.slotStride))
        guard count == bytes.count else {
            throw LogDefect(.refused, "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
    }

    /// The newest tree that a folder's guard knows to be signed; `nil` where there is no guard, or it is empty.
    package static func known(
        folder: String, origin: KeyName
    ) throws(LogDefect) -> (size: UInt64, root: MerkleHash)? {
        guard access("\(folder)/guard", F_OK) == 0 else { return nil }
        return try GuardFile(path: "\(folder)/guard", origin: origin.description, create: false).read().map {
            ($0.size, $0.root)
        }
    }

    /// For a log that was restored to a folder without one: what somebody outside knows to be signed.
    package static func makeIfMissing(
        folder: String, origin: KeyName, size: UInt64, root: MerkleHash
    ) throws(LogDefect) {
        let file = try GuardFile(path: "\(folder)/guard", origin: origin.description, create: true)
        guard try file.read() == nil else { return }
        try file.write(Mark(sequence: 1, size: size, root: root))
    }

    private func parse(_ bytes: [UInt8]) throws(LogDefect) -> Mark? {
        guard bytes.starts(with: Self.magic),
            MerkleHashing.sha256(bytes[..<Self.hashedBytes]).bytes
                == Array(bytes[Self.hashedBytes..<Self.hashedBytes + 32]),
            let root = MerkleHash(exactly: bytes[56..<88])
        else { return nil }
        guard Array(bytes[16..<48]) == originHash.bytes else {
            throw LogDefect(.refused, "\(path) is the guard of another log")
        }
        return Mark(sequence: Self.number(bytes[8..<16]), size: Self.number(bytes[48..<56]), root: root)
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
