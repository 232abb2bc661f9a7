import ArgumentParser
import AttestationService
import AuditStore
import DatabaseFiles
import Foundation
import ServiceConfiguration
import StateStore
import Wire

/// `assay recover`: says what is missing in a stopped service's data folder, and goes on from what the log knows. Each thing
/// that it does is an `admin` entry of the log at the next start.
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what is missing in the data folder of a stopped service, and goes on from what the log knows.",
        discussion: """
            Without a flag nothing is changed. The log decides: what it says is in force comes back, by its hash; what it does \
            not know is given up by the flag that names it. docs/recovery.md has a runbook for each.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "state.db is lost or older: policies and reference sets in force come back from evidence.db.")
    var state = false

    @Flag(help: "evidence.db is lost or older: go on without what was in it.")
    var evidence = false

    @Flag(help: "The files were copied here, or the folder was moved, and nothing newer exists anywhere.")
    var copied = false

    @Flag(help: "The clock is right, although it is far from the log's last entry.")
    var clock = false

    @Option(
        name: .customLong("document"),
        help: "A policy or reference set that evidence.db does not have; may be repeated.")
    var documents: [String] = []

    func run() async throws {
        let configuration = try options.read()
        guard InputFile.isPresent(configuration.data + "/log.db") else {
            throw Problem.serving(
                .missing,
                "data \(configuration.data): there is no log.db; name the folder with --data, or use assay restore")
        }
        let inputs = try ServiceInputs(configuration)
        let given = try documents.map {
            try InputFile.read($0, limit: Limits.policyBytes, what: "policy or reference set")
        }
        let lock = try Service.lock(configuration)
        let keys = try Service.keyStore(configuration, inputs.passphrase)
        let log = try RecorderParts.log(
            configuration, lock, issuer: configuration.effectiveIssuer, keys: keys,
            clocks: Clocks.machine(wall: Service.clock), patience: Patience().disk,
            room: DiskRoom(folder: configuration.data), logger: Service.logger(configuration))
        let result = await Result { () async throws in
            let recovery = Recovery(configuration: configuration, log: log, lock: lock, policies: inputs.policies)
            // state.db remembers what is done, and policies come from what is left of evidence.db.
            if state { try await recovery.goOnFromTheLog(given) }
            if evidence { try await recovery.goOnWithoutEvidence() }
            if clock { try await recovery.takeTheClock() }
            if copied { try await recovery.takeTheFiles() }
            _ = try await DataFolder(path: configuration.data, log: log).check(Service.clock(), MachineClock.now)
        }
        await BlockingWork.run { log.abandon() }
        try result.get()
        Terminal.standardOutput(
            "data \(configuration.data): nothing is missing; the log has \(log.tree.size) entries\n")
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}

/// The steps of `assay recover`.
struct Recovery {
    let configuration: ServiceConfiguration
    let log: AuditLog
    let lock: ProcessLock
    let policies: PolicyBase

    private var folder: String { configuration.data }

    func goOnWithoutEvidence() async throws {
        try moveAside("evidence.db")
        do throws(EvidenceFailure) {
            let archive = try EvidenceArchive(
                path: folder + "/evidence.db", retentionDays: configuration.auditRetentionDays)
            archive.stop()
        } catch {
            throw Problem.serving(.notWritable, "data \(folder): evidence.db cannot be made: \(error.sentence)")
        }
        try await change { notes throws(StateFailure) in
            try await notes.set(.evidenceFrom, Int64(clamping: log.tree.size))
            try await notes.add(action: "recover.evidence", subject: "evidence.db")
        }
        try takeNewFiles()
        say("what lies in evidence.db now counts; older verdicts may not be judged again")
    }

    func goOnFromTheLog(_ documents: [[UInt8]]) async throws {
        try moveAside("state.db")
        let store = try Service.state(configuration, lock)
        defer { store.close() }
        let archive = try? EvidenceReader(path: folder + "/evidence.db")
        let restored: [DocumentVersion]
        do throws(ServiceFailure) {
            restored = try await PolicyAdministration.restore(
                policies, store.documents, from: log, archive, documents, at: Service.now)
        } catch {
            throw Problem(starting: error)
        }
        try await DataFolder.storage(folder) { () async throws(StateFailure) in
            for version in restored {
                try await store.notes.add(action: "recover.\(version.kind.rawValue)", subject: version.sha256.hex)
            }
            // Which challenges were spent is not known: those that were given out before now are treated as spent.
            try await store.notes.set(.challengesFrom, Service.now.seconds)
            try await store.notes.set(start: log.startMark)
            try await store.notes.add(action: "recover.state", subject: "state.db")
        }
        try takeNewFiles()
        for version in restored {
            say("\(version.kind.rawValue) \(version.id) \(version.sha256.hex) is in force again, as the log says")
        }
        say("challenges that were given out before \(Service.now) are refused")
    }

    func takeTheClock() async throws {
        let now = Service.clock()
        try await change { notes throws(StateFailure) in
            try await notes.set(.clockUntil, now + 86_400_000)
            try await notes.add(action: "recover.clock", subject: "\(now)")
        }
        say("the clock is taken to be right: \(Service.now)")
    }

    func takeTheFiles() async throws {
        guard let mark = log.startMark else { return }
        try await change { notes throws(StateFailure) in
            try await notes.add(action: "recover.copied", subject: "\(log.tree.size)")
        }
        try LastStart(mark, MachineClock.now, in: folder).write(in: folder)
        say("the files are taken to be the newest there are, at \(log.tree.size) entries")
    }

    /// Of files that this command made, the next start knows.
    private func takeNewFiles() throws {
        guard let last = try LastStart(of: folder) else { return }
        try LastStart(last, in: folder, but: ["evidence.db", "state.db"]).write(in: folder)
    }

    private func change(_ body: (StateNotes) async throws(StateFailure) -> Void) async throws {
        if DatabaseFile.condition(of: folder + "/state.db") != .whole, !isNew("state.db") {
            throw Problem.serving(
                .missing, "data \(folder): state.db is not whole, and it remembers what this command does: add --state")
        }
        let store = try Service.state(configuration, lock)
        defer { store.close() }
        try await DataFolder.storage(folder) { () async throws(StateFailure) in try await body(store.notes) }
    }

    private func isNew(_ name: String) -> Bool { log.tree.size == 0 && !InputFile.isPresent("\(folder)/\(name)") }

    /// What is damaged is kept for whoever wants to look at it.
    private func moveAside(_ name: String) throws {
        guard case .damaged = DatabaseFile.condition(of: "\(folder)/\(name)") else { return }
        for suffix in ["", "-wal", "-shm"] where InputFile.isPresent("\(folder)/\(name)\(suffix)") {
            guard rename("\(folder)/\(name)\(suffix)", "\(folder)/\(name).damaged\(suffix)") == 0 else {
                throw Problem.serving(.notWritable, "data \(folder): \(name) cannot be renamed; move it away by hand")
            }
        }
        say("\(name) is damaged; it lies beside as \(name).damaged")
    }

    private func say(_ sentence: String) { Terminal.standardOutput(sentence + "\n") }
}
