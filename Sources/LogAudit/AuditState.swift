import Foundation
package import MerkleLog
import Wire

/// What an auditor or witness has seen of a log: the newest checkpoint that held, and for an auditor its compact range, so
/// that the next one needs no proof.
package struct AuditState: Sendable {
    package let note: SignedNote
    package let checkpoint: Checkpoint
    /// `nil` in a witness's state: it is shown proofs, not entries.
    package let range: CompactRange?
    /// Of the entries that were read.
    package let census: RulesetCensus

    package init(_ accepted: AcceptedCheckpoint, range: CompactRange, census: RulesetCensus = RulesetCensus()) {
        note = accepted.note
        checkpoint = accepted.checkpoint
        self.range = range
        self.census = census
    }

    package init(witnessed accepted: AcceptedCheckpoint) {
        note = accepted.note
        checkpoint = accepted.checkpoint
        range = nil
        census = RulesetCensus()
    }

    /// Only a file whose parts fit together is a state: the range is that of the checkpoint.
    init?(parsing bytes: [UInt8]) {
        guard let root = try? JSONDocument(parsing: bytes, limit: Limits.auditStateBytes).root,
            root.member("kind")?.string == "audit-state", case .value(1)? = root.member("v")?.integer,
            let text = root.member("checkpoint")?.string, let note = try? SignedNote(parsing: Array(text.utf8)),
            let checkpoint = try? Checkpoint(parsing: note.text)
        else { return nil }
        self.note = note
        self.checkpoint = checkpoint
        if let kept = root.member("census") {
            guard let census = RulesetCensus(kept) else { return nil }
            self.census = census
        } else {
            census = RulesetCensus()
        }
        guard let listed = root.member("range") else {
            range = nil
            return
        }
        let hashes = listed.elements.compactMap { value in
            value.string.flatMap { Hex.fixed(Array($0.utf8)[...]) as MerkleHash? }
        }
        guard let range = CompactRange(size: checkpoint.size, hashes: hashes), range.root == checkpoint.root else {
            return nil
        }
        self.range = range
    }

    var bytes: [UInt8] {
        var members: [(String, JSON)] = [
            ("kind", .string("audit-state")), ("v", .integer(1)),
            ("checkpoint", .string(String(decoding: note.bytes, as: UTF8.self))),
        ]
        if let range { members.append(("range", .array(range.hashes.map { .string($0.hex) }))) }
        if census.entries > 0 { members.append(("census", census.document)) }
        return JSON.object(members).compactBytes + [0x0A]
    }
}

/// A state file, held by one process at a time: between what was read and what is written nobody else decides.
package final class StateFile {
    private let path: String
    private let lock: Int32

    package init(path: String) throws {
        self.path = path
        lock = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw AuditFailure.inputOutput("\(path).lock: cannot be made") }
        guard flock(lock, LOCK_EX) == 0 else {
            close(lock)
            throw AuditFailure.inputOutput("\(path).lock: cannot be held")
        }
    }

    deinit { close(lock) }

    /// - Returns: `nil` where there is no file yet.
    package func load() throws -> AuditState? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path), data.count <= Limits.auditStateBytes,
            let state = AuditState(parsing: [UInt8](data))
        else {
            throw AuditFailure.inputOutput("\(path): not a state that an audit left; refusing to begin anew over it")
        }
        return state
    }

    /// Whole or not at all, and on the disk when this returns (K-1).
    package func save(_ state: AuditState) throws { try DurableFile.write(state.bytes, to: path) }
}

/// A file that is either the old one or the new one, whatever happens.
package enum DurableFile {
    package static func write(_ bytes: [UInt8], to path: String) throws {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw AuditFailure.inputOutput("\(temporary): cannot be made") }
        var isWritten = true
        var rest = bytes[...]
        while !rest.isEmpty, isWritten {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else { isWritten = count < 0 && errno == EINTR }
        }
        isWritten = isWritten && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw AuditFailure.inputOutput("\(path): cannot be written")
        }
        let folder = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
