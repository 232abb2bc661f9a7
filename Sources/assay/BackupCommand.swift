import ArgumentParser
import AttestationService
import AuditStore
import DatabaseFiles
import Foundation
import KeyCustody
import MerkleLog
import ServiceConfiguration
import StateStore
import Wire

/// `assay backup`: a consistent, verified copy of a data folder, beside the running service or without it.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies the databases of a data folder, and looks at the copies.",
        discussion: """
            Neither the guard nor the keys are in it. The guard must know what a copy does not; the keys are backed up apart, \
            and encrypted.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "The folder to make; it must not be there.")
    var destination: String

    func run() async throws {
        let folder = try options.read().data
        let backup = try FolderBackup.make(of: folder, to: destination, at: Service.now)
        Terminal.standardOutput(
            "backup of \(backup.key.name) at \(backup.size) entries, root \(backup.root.hex)\n\(destination): verified\n"
        )
    }
}

/// `assay restore`: puts a backup in the place of a data folder's databases, where no entry that was signed is lost; and
/// otherwise begins another log, which says so in its first entry (transparency-log 13.3).
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a backup in the place of a data folder's databases.",
        discussion: """
            What lies there is kept beside. Where the guard, or the checkpoint that you give, knows more entries than the \
            backup has, the log cannot go on: another one begins, under another name.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Argument(help: "A folder that assay backup made.")
    var source: String

    @Option(help: "The newest checkpoint of this log that a witness, an auditor or a mirror has: a file.")
    var newest: String?

    @Option(
        name: .customLong("new-log"),
        help: ArgumentHelp(
            "Entries are lost: begin another log of this name, which names the one before.", valueName: "origin"))
    var newLog: String?

    func run() async throws {
        let configuration = try options.read()
        try Service.makeDataFolder(configuration.data)
        let lock = try Service.lock(configuration)
        let backup = try FolderBackup(reading: source)
        let restoration = Restoration(
            configuration: configuration, lock: lock, backup: backup,
            newest: try newest.map { try Restoration.checkpoint($0, of: backup.key) })
        if let newLog {
            try await restoration.begin(newLog)
        } else {
            try await restoration.goOn()
        }
    }
}

struct Restoration {
    let configuration: ServiceConfiguration
    let lock: ProcessLock
    let backup: FolderBackup
    /// What somebody outside has.
    let newest: Checkpoint?

    private var folder: String { configuration.data }

    static func checkpoint(_ file: String, of key: NoteKey) throws -> Checkpoint {
        let bytes = try InputFile.read(file, limit: Limits.jsonBytes, what: "checkpoint")
        do {
            let note = try SignedNote(parsing: bytes)
            _ = try note.verified(by: [key])
            return try Checkpoint(parsing: note.text)
        } catch {
            throw Problem.usage("--newest \(file): not a checkpoint that \(key.name) signed")
        }
    }

    /// The newest tree that anybody here knows to be signed; `nil` where nobody does.
    private func known() throws -> (size: UInt64, root: MerkleHash)? {
        let mark: (size: UInt64, root: MerkleHash)?
        do throws(LogDefect) {
            mark = try GuardFile.known(folder: folder, origin: backup.key.name)
        } catch {
            throw Problem(error, in: folder)
        }
        return [mark.map { ($0.size, $0.root) }, newest.map { ($0.size, $0.root) }].compactMap { $0 }.max {
            $0.0 < $1.0
        }
    }

    /// The same log: it holds every entry that was signed (13.2).
    func goOn() async throws {
        guard let known = try known() else {
            throw Problem.serving(
                .rolledBack,
                "data \(folder): no guard is here, so nobody knows what was signed after the backup. Ask a witness, an auditor or "
                    + "a mirror for the newest checkpoint, and give it with --newest; where nobody has one: --new-log")
        }
        let has = try root(at: known.size)
        guard let has, has == known.root else {
            throw Problem.serving(
                .rolledBack,
                "data \(folder): \(known.size) entries were signed, and the backup has \(backup.size)\(has == nil ? "" : " of another history"). Entries "
                    + "are lost, and the log must not go on without them: find a newer backup, or begin another log with --new-log"
            )
        }
        guard InputFile.isPresent(folder + "/keys/log.pem") else {
            throw Problem.serving(
                .missing, "data \(folder): keys/log.pem is not there; put the keys back first, from their own backup")
        }
        try putAside(["log.db", "evidence.db", "state.db", "query.db", LastStart.name])
        try copy("log.db")
        try copy("evidence.db")
        try copy("state.db")
        let mark: StartMark?
        do throws(LogDefect) {
            try GuardFile.makeIfMissing(folder: folder, origin: backup.key.name, size: known.size, root: known.root)
            mark = try LogBackup.startMark(of: folder + "/log.db")
        } catch {
            throw Problem(error, in: folder)
        }
        try await leaveWord("restore", mark)
        if let mark { try LastStart(mark, MachineClock.now, in: folder).write(in: folder) }
        say(
            "restored: \(backup.key.name) goes on at \(backup.size) entries; challenges of before \(Service.now) are refused"
        )
    }

    /// Another log: entries that were signed are gone (13.3, step 3).
    func begin(_ name: String) async throws {
        guard let origin = KeyName(name), origin != backup.key.name else {
            throw Problem.usage("--new-log \(name): wanted a name without blanks and plus signs, and not the old one")
        }
        if let configured = configuration.auditOrigin, !configured.hasSameBytes(as: name) {
            throw Problem.usage("--new-log \(name): audit.origin is \(configured); set it to the new name first")
        }
        let known = try known() ?? (backup.size, backup.root)
        if try root(at: known.size) == known.root {
            say("note: the backup holds every entry that is known to be signed; without --new-log the log would go on")
        }
        let before = known.size > backup.size ? known : (backup.size, backup.root)
        try putAside(["log.db", "evidence.db", "state.db", "query.db", LastStart.name, "guard", "keys/log.pem"])
        // The old log, for whoever asks: it can still be audited, and nobody appends to it.
        try copy("log.db", to: "closed-log.db")
        try copy("evidence.db")
        try copy("state.db")
        do throws(KeyError) {
            if InputFile.isPresent(folder + "/keys") { try KeyStore(path: folder + "/keys").bind(toLog: nil) }
        } catch {
            throw Problem.undecided("data \(folder): keys: \(error.sentence)")
        }
        let successor = Predecessor(
            origin: backup.key.name.description, size: before.0, root: before.1, successor: name)
        try successor.write(in: folder)
        try await leaveWord("restore.new_log", nil)
        say(
            "another log begins at the next start: \(name), after \(backup.key.name) at \(before.0) entries, root \(before.1.hex).\n"
                + "The old one lies in closed-log.db. Publish both checkpoints: what was signed after entry \(backup.size) is lost here"
        )
    }

    private func root(at size: UInt64) throws -> MerkleHash? {
        guard size <= backup.size else { return nil }
        do throws(LogDefect) {
            return try LogBackup.root(of: backup.path + "/log.db", at: size)
        } catch {
            throw Problem(error, in: backup.path)
        }
    }

    private func leaveWord(_ action: String, _ mark: StartMark?) async throws {
        let state = try Service.state(configuration, lock)
        defer { state.close() }
        try await DataFolder.storage(folder) { () async throws(StateFailure) in
            try await state.notes.set(start: mark)
            try await state.notes.set(.challengesFrom, Service.now.seconds)
            try await state.notes.set(.clockUntil, Service.clock() + 86_400_000)
            try await state.notes.add(action: action, subject: "\(backup.size)")
        }
    }

    private func putAside(_ names: [String]) throws {
        let place = "\(folder)/before-restore-\(Service.now.seconds)"
        for name in names {
            for suffix in ["", "-wal", "-shm"] where InputFile.isPresent("\(folder)/\(name)\(suffix)") {
                do {
                    try FileManager.default.createDirectory(
                        atPath: (place + "/" + name as NSString).deletingLastPathComponent,
                        withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                    try FileManager.default.moveItem(
                        atPath: "\(folder)/\(name)\(suffix)", toPath: "\(place)/\(name)\(suffix)")
                } catch {
                    throw Problem.serving(.notWritable, "data \(folder): \(name)\(suffix) cannot be moved aside")
                }
            }
        }
    }

    private func copy(_ name: String, to other: String? = nil) throws {
        let path = "\(folder)/\(other ?? name)"
        do {
            try FileManager.default.copyItem(atPath: "\(backup.path)/\(name)", toPath: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        } catch {
            throw Problem.serving(
                .notWritable, "data \(folder): \(other ?? name) cannot be written; there is one, or no room")
        }
    }

    private func say(_ sentence: String) { Terminal.standardOutput(sentence + "\n") }
}
