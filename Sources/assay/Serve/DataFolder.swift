import AttestationService
import AuditStore
import DatabaseFiles
import Foundation
import ServiceConfiguration
import StateStore
import Wire

/// Whether the files of a data folder belong together, looked at before any of them is written (transparency-log 13.3).
/// What is missing or older than the log says is named, with the way out; nothing is made in its place.
struct DataFolder {
    let path: String
    let log: AuditLog

    /// Intel's documents are in date for so long: a service that was away longer has none in date, and somebody is at hand who
    /// starts it.
    private static let longestAbsenceMilliseconds: Int64 = 30 * 86_400_000
    /// On one boot the time that has passed is known; what a time server set right meanwhile is not.
    private static let toleranceMilliseconds: Int64 = 600_000

    /// - Parameters:
    ///   - now: Milliseconds since 1970.
    ///   - machine: The clocks of the machine now; `nil` where they do not count.
    /// - Returns: the start after the last one.
    func check(_ now: Int64, _ machine: MachineClock?) async throws -> StartMark {
        let mark = log.startMark
        // A log that has only begun knows nothing that could be missing, but what lies there may know of another log.
        let isNew = log.tree.size == 0
        for (name, lost) in [
            (
                "state.db",
                "versions of policies, spent challenges and what keeps old collateral out. The policies that the log has in force "
                    + "come back from evidence.db: assay recover --data \(path) --state"
            ),
            (
                "evidence.db",
                "what verdicts rest on, for whoever judges them again. Put the newest backup of it there, or go on without: "
                    + "assay recover --data \(path) --evidence"
            ),
        ] {
            switch DatabaseFile.condition(of: "\(path)/\(name)") {
            case .whole: continue
            case .missing where isNew, .empty where isNew: continue
            case .missing:
                throw missing("\(name) is not there, and the log has \(log.tree.size) entries. In it were \(lost)")
            case .empty: throw missing("\(name) is empty, and the log has \(log.tree.size) entries. In it were \(lost)")
            case .damaged(let why):
                throw Problem.serving(.damaged, "data \(path): \(name) is damaged (\(why)). In it are \(lost)")
            }
        }
        try await compare(mark, isNew: isNew)
        guard !isNew else { return StartMark(after: mark) }
        try await checkEvidence()
        try await check(clock: now, machine)
        return StartMark(after: mark)
    }

    private func compare(_ mark: StartMark?, isNew: Bool) async throws {
        let last = try LastStart(of: path)
        let state = try await stateMark()
        if let known = [last?.mark, state].compactMap({ $0 }).max(by: { $0.number < $1.number }),
            known.number > (mark?.number ?? 0) + 1
        {
            throw Problem.serving(
                .rolledBack,
                "data \(path): log.db knows \(mark?.number ?? 0) starts, and \(last?.mark == known ? LastStart.name : "state.db") "
                    + "knows \(known.number): log.db is an older copy. Find the newer one; if there is none: assay restore"
            )
        }
        guard let mark, !isNew else { return }
        guard let state, state.number >= mark.number else {
            throw missing(
                "state.db is older than the log: it knows \(state?.number ?? 0) starts, and the log \(mark.number). Put the newer "
                    + "one back, or go on from what the log knows: assay recover --data \(path) --state")
        }
        guard let last, last.mark.number >= mark.number else {
            throw missing(
                "\(LastStart.name) is \(last == nil ? "not there" : "older than the log"): the folder, or files of it, were copied "
                    + "back. Where nothing newer exists anywhere: assay recover --data \(path) --copied")
        }
        for (name, other) in [("state.db", state), (LastStart.name, last.mark)]
        where other.number == mark.number && other != mark {
            throw Problem.serving(
                .foreign,
                "data \(path): \(name) is of another history than log.db: both know \(mark.number) starts, and the last is not the "
                    + "same. Put together again what ran together")
        }
        let exchanged = last.exchanged(in: path)
        guard exchanged.isEmpty else {
            throw missing(
                "\(exchanged.joined(separator: ", ")): not the \(exchanged.count == 1 ? "file" : "files") that the last start left "
                    + "behind. A copy was put back, or the folder was moved. Was it stopped in order before it was copied, and has "
                    + "nothing run on it since: assay recover --data \(path) --copied. Otherwise put the newest files back, or "
                    + "use assay restore")
        }
    }

    /// An entry of the future cannot be taken back, and nothing could be appended before its time has come. So a clock that is
    /// far ahead of the log's last entry is believed only when somebody says so.
    private func check(clock now: Int64, _ machine: MachineClock?) async throws {
        let accepted = try await Self.storage(path) { () async throws(StateFailure) in
            try await StateStore(reading: "\(path)/state.db").notes.number(.clockUntil)
        }
        if let accepted, now <= accepted { return }
        let last = try LastStart(of: path)?.clock
        let limit: Int64
        if let machine, let expected = last?.expected(at: machine) {
            limit = max(expected, log.committedMilliseconds) + Self.toleranceMilliseconds
        } else {
            limit = log.committedMilliseconds + Self.longestAbsenceMilliseconds
        }
        guard now > limit else { return }
        throw Problem.serving(
            .clock,
            "data \(path): the clock says \(Instant(seconds: now / 1_000)), and the log's last entry is of "
                + "\(Instant(seconds: log.committedMilliseconds / 1_000)): more than has passed. Set the clock; if it is right: "
                + "assay recover --data \(path) --clock")
    }

    private func stateMark() async throws -> StartMark? {
        guard case .whole = DatabaseFile.condition(of: "\(path)/state.db") else { return nil }
        return try await Self.storage(path) { () async throws(StateFailure) in
            try await StateStore(reading: "\(path)/state.db").notes.start()
        }
    }

    /// The newest verdict whose evidence must be there has it.
    private func checkEvidence() async throws {
        let floor = try await Self.storage(path) { () async throws(StateFailure) in
            try await StateStore(reading: "\(path)/state.db").notes.number(.evidenceFrom)
        }
        do {
            let reader = try EvidenceReader(path: "\(path)/evidence.db")
            guard let index = try await log.reader.newestWithoutEvidence(reader, from: UInt64(clamping: floor ?? 0))
            else {
                return
            }
            throw missing(
                "evidence.db is older than the log: the evidence of entry \(index) is not in it, and nothing says that it was "
                    + "deleted. Put the newer one back, or go on without: assay recover --data \(path) --evidence")
        } catch let failure as EvidenceFailure {
            throw Problem.serving(.damaged, "data \(path): evidence.db cannot be read: \(failure.sentence)")
        }
    }

    private func missing(_ sentence: String) -> Problem { .serving(.missing, "data \(path): \(sentence)") }

    static func storage<Value>(
        _ path: String, _ body: () async throws(StateFailure) -> Value
    ) async throws -> Value {
        do throws(StateFailure) {
            return try await body()
        } catch {
            throw Problem.serving(.damaged, "data \(path): state.db cannot be read: \(error.sentence)")
        }
    }
}
