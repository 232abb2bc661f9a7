import DatabaseFiles
import Foundation
import GRDB
import MerkleLog
import Wire

/// The parts of a log that passed the start-up checks.
struct OpenedLog {
    let file: DatabaseFile
    let pool: DatabasePool
    let lock: ProcessLock
    let key: NoteKey
    let pipeline: CommitPipeline
    let inForce: InForce
    let tree: SignedTree
    let cursorKey: CursorKey
    /// `nil` when the log has just begun.
    let restart: RestartEntry?
    /// Whether the file's own consistency is still to be looked at.
    let owesQuickCheck: Bool
    let startMark: StartMark?
}

extension AuditLog {
    /// Opens the log, or begins one where there is nothing at all: no log, no guard, no key. Whatever is missing beside
    /// what is there is a reason to refuse, and nothing is repaired (transparency-log 11). Blocks.
    ///
    /// - Returns: the log as it is: nothing is appended before `begin`.
    public static func open(_ settings: LogSettings, keys: LogKeySource) throws(LogDefect) -> AuditLog {
        let opened: OpenedLog
        do {
            opened = try OpenedLog(settings, keys: keys)
        } catch {
            throw LogDefect(of: "\(settings.folder)/log.db", error)
        }
        let log = AuditLog(opened, settings: settings)
        log.start()
        if opened.owesQuickCheck { log.quickCheckLater() }
        return log
    }

    /// Appends the `genesis` or `restart` entry of this start, once nothing speaks against what was opened.
    public func begin() async throws(LogDefect) {
        do {
            try await file.writer.write { try LogTables.removeMeta($0, "clean_shutdown") }
        } catch {
            throw LogDefect(of: file.path, error)
        }
        let body: LogEntryBody =
            if let restart {
                .restart(restart)
            } else {
                .genesis(
                    GenesisEntry(
                        origin: origin.description, logKey: key.text, specification: "attest-log/1",
                        previousOrigin: settings.predecessor?.origin,
                        previousSize: settings.predecessor.map { Int64(clamping: $0.size) },
                        previousRoot: settings.predecessor?.root))
            }
        do throws(AppendFailure) {
            _ = try await append(LogEntry(timeMilliseconds: settings.now(), body: body))
        } catch {
            if restart != nil, owe(body) {
                settings.notice("the entry of this start waits for room on the disk: \(error.sentence)")
                return
            }
            throw LogDefect(.refused, "the first entry of this start cannot be appended: \(error.sentence)")
        }
    }

    /// Looks at the whole file while the service runs: a second or two per million entries.
    private func quickCheckLater() {
        Thread.detachNewThread { [self] in
            do {
                try file.reader().read { try StartupCheck(database: $0, path: file.path).integrity() }
            } catch let defect as LogDefect {
                enter(.integrityFault(defect.sentence))
            } catch {
                settings.notice("quick_check did not run: \(sentence(of: error))")
            }
        }
    }
}

extension OpenedLog {
    init(_ settings: LogSettings, keys: LogKeySource) throws {
        let path = "\(settings.folder)/log.db"
        let guardPath = "\(settings.folder)/guard"
        lock = try settings.lock ?? ProcessLock(folder: settings.folder)
        // What has no table SQLite would take for a new file, and fill.
        let hasLog: Bool
        switch DatabaseFile.condition(of: path, readsAll: false) {
        case .missing, .empty: hasLog = false
        case .whole: hasLog = true
        case .damaged(let why):
            throw LogDefect(.corrupt, "\(path) is damaged: \(why). Put the newest backup in its place: assay restore")
        }
        let hasGuard = FileManager.default.fileExists(atPath: guardPath)
        let existing: LogSigner?
        do {
            existing = try keys.existing()
        } catch {
            throw LogDefect(.refused, "the log's key cannot be read: \(error)")
        }
        guard hasGuard || (!hasLog && existing == nil) else {
            throw LogDefect(
                .missing,
                "\(guardPath) is not there, and \(hasLog ? path : "the log's key") is. Without it nobody can tell whether "
                    + "newer checkpoints were signed; compare with a witness or an auditor before anything else")
        }
        let isBeginning = !hasLog
        let origin = try Self.origin(settings, path: path, isBeginning: isBeginning)
        let guardFile = try GuardFile(path: guardPath, origin: origin.description, create: !hasGuard)
        let mark = try guardFile.read()
        if isBeginning, let mark, mark.size > 0 {
            throw LogDefect(
                .rollback,
                "\(path) is not there, or holds nothing, and the guard knows a signed tree of \(mark.size) entries with root \(mark.root.hex)"
            )
        }
        // The guard first: what begins and is cut off may begin again, because a guard of size 0 says so.
        if isBeginning, mark == nil {
            try guardFile.write(GuardFile.Mark(sequence: 1, size: 0, root: MerkleHashing.empty))
        }
        guard let signer = try existing ?? (isBeginning ? keys.make() : nil) else {
            throw LogDefect(
                .missing,
                "keys/log.pem is not there: nobody can sign for \(origin). Put the key back from the backup of keys/")
        }
        guard let key = NoteKey(name: origin, type: .ed25519, publicKey: signer.publicKey.bytes) else {
            throw LogDefect(.refused, "the log's key is no Ed25519 key")
        }
        self.key = key
        file = try DatabaseFile(path: path, .full)
        try LogTables.schema.apply(to: file)
        let reader = try file.reader()
        let world = CommitWorld(
            now: settings.now, freeBytes: settings.freeBytes ?? { Self.freeBytes(settings.folder) }, sign: signer.sign,
            probe: settings.probe)
        if try reader.read({ try LogTables.state($0) }) == nil {
            try Self.begin(file, key: key, at: settings.now())
        }
        let checked = try reader.read { database in
            try Self.check(StartupCheck(database: database, path: path), key: key, mark: mark, settings: settings)
        }
        var pipeline = CommitPipeline(
            file: file, reader: reader, guardFile: guardFile, key: key, world: world, state: checked.state,
            edge: checked.edge, guardSequence: max(1, mark?.sequence ?? 1))
        inForce = checked.inForce
        owesQuickCheck = checked.isClean && !isBeginning
        let size = checked.state.size
        restart = size == 0 ? nil : RestartEntry(isClean: checked.isClean, previousSize: Int64(size))
        // What a crash left committed and unsigned was checked against its tiles: now the guard says so too.
        if let mark, mark.size < size { try pipeline.guardState() }
        tree = try pipeline.sign()
        self.pipeline = pipeline
        pool = try file.readers(8)
        startMark = try reader.read { try LogTables.meta($0, LogTables.startName) }
            .flatMap { StartMark(text: String(decoding: $0, as: UTF8.self)) }
        cursorKey = CursorKey(
            bytes: try file.writer.write { database in
                if let key = try LogTables.meta(database, "cursor_key"), key.count == 32 { return key }
                var generator = SystemRandomNumberGenerator()
                let key = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
                try LogTables.setMeta(database, "cursor_key", key)
                return key
            })
    }

    private static func begin(_ file: DatabaseFile, key: NoteKey, at now: Int64) throws {
        try file.writer.write { database in
            try LogTables.setMeta(database, "origin", key.name.bytes)
            try LogTables.setMeta(database, "log_vkey", Array(key.text.utf8))
            try LogTables.begin(
                database, TreeState(size: 0, root: MerkleHashing.empty, committedMilliseconds: now))
        }
    }

    private typealias Checked = (state: TreeState, edge: TileEdge, inForce: InForce, isClean: Bool)

    /// Steps 1 to 9, but for witnesses (`compare`).
    private static func check(
        _ check: StartupCheck, key: NoteKey, mark: GuardFile.Mark?, settings: LogSettings
    ) throws -> Checked {
        let database = check.database
        try LogTables.schema.check(database, path: check.path)
        guard try LogTables.meta(database, "origin") == key.name.bytes,
            try LogTables.meta(database, "log_vkey") == Array(key.text.utf8)
        else {
            throw LogDefect(
                .refused, "\(check.path) belongs to another origin or another key than \(key.text)")
        }
        let isClean = try LogTables.meta(database, "clean_shutdown") != nil
        // After a clean end nobody has to wait for it; after any other the file is looked at first.
        if !isClean { try check.integrity() }
        let (state, edge) = try check.tree()
        if let mark {
            try check.compare(mark, with: state)
        } else if state.size > 0 {
            throw LogDefect(
                .missing,
                "the guard is empty, and \(check.path) has \(state.size) entries: nobody can tell whether newer "
                    + "checkpoints were signed; compare with a witness or an auditor before anything else")
        }
        try check.newestCheckpoint(key, state)
        if state.size > 0 {
            guard let leaf = try LogTables.leaf(database, at: 0),
                case .genesis(let genesis) = try LogEntry(leaf: leaf).body,
                Array(genesis.origin.utf8) == key.name.bytes, Array(genesis.logKey.utf8) == Array(key.text.utf8)
            else { throw LogDefect(.corrupt, "entry 0 is not the genesis of \(key.text)") }
        }
        guard settings.now() >= state.committedMilliseconds - 5_000 else {
            throw LogDefect(
                .clockRegression,
                "the clock says \(settings.now()) ms, and the log was written at \(state.committedMilliseconds) ms: set the clock"
            )
        }
        return (state, edge, try InForce(database, size: state.size), isClean)
    }

    /// The configured origin, the log's own, or the one a new log gets.
    private static func origin(_ settings: LogSettings, path: String, isBeginning: Bool) throws -> KeyName {
        var stored: [UInt8]?
        if !isBeginning {
            var configuration = Configuration()
            configuration.readonly = true
            stored = try? DatabaseQueue(path: path, configuration: configuration).read {
                try LogTables.meta($0, "origin")
            }
        }
        let wanted = settings.origin.map { Array($0.utf8) } ?? stored ?? Array(settings.standardOrigin.utf8)
        guard let origin = KeyName(wanted) else {
            throw LogDefect(
                .refused, "audit.origin: found a name with blanks or a plus sign, wanted a URL without its scheme")
        }
        if let stored, stored != origin.bytes {
            throw LogDefect(
                .refused,
                "audit.origin is \(origin), and \(path) is the log \(String(decoding: stored, as: UTF8.self)): "
                    + "an origin is for the life of a log")
        }
        return origin
    }

    static func freeBytes(_ folder: String) -> Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { return 0 }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }
}
