import Appraisal
import AuditStore
import DCAPFormats
import DatabaseFiles
import Foundation
import GRDB
import Glibc
import LogAudit
import MerkleLog
import PlatformSimulator
import ProcessSupport
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService
@testable import StateStore

/// A disk that fills: nothing is begun that cannot be ended, the operator can still make room, and nothing is lost.
@Suite("A full disk", .timeLimit(.minutes(10)))
struct FullDiskTests {
    // MARK: Who writes

    /// Everything that writes into the data folder for somebody's request. What is not in this list may not write.
    enum Writer: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case log, guardFile, evidence, rejectedEvidence, query, challenges, collateral, webhooks
        var testDescription: String { rawValue }

        func write(_ assay: TestService) async throws {
            let (recorder, state) = (assay.stores.recorder, assay.stores.state)
            let item = EvidenceItem(.quote, Array("a quote".utf8))
            let now = assay.time.milliseconds
            switch self {
            case .log, .guardFile:
                let entry = CollateralEntry(manifestSHA256: .of(rawValue), nextUpdateMilliseconds: 0)
                _ = try await assay.log.append(LogEntry(timeMilliseconds: now, body: .collateral(entry)))
            case .evidence: _ = try await recorder.archive.store([item], of: "j", .accept, for: "a", at: now)
            case .rejectedEvidence: _ = try await recorder.archive.store([item], of: "j", .reject, for: "a", at: now)
            case .query: try await recorder.follower.catchUp()
            case .challenges:
                _ = try await state.challenges.spend([1], expires: assay.time.now, at: assay.time.now)
            case .collateral: try await state.write(for: .request) { try $0.execute(sql: "DELETE FROM collateral_set") }
            case .webhooks: try await state.write(for: .request) { try $0.execute(sql: "DELETE FROM webhook_cursor") }
            }
        }
    }

    /// Names, lengths and times of all files of the folder.
    private static func files(_ assay: TestService) throws -> [String] {
        let folder = assay.surroundings.folder.path + "/data"
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            // Readers touch the shared memory of a file.
            guard !name.hasSuffix("-shm") else { return name }
            return "\(name) \(attributes[.size] ?? 0) \(attributes[.modificationDate] ?? 0)"
        }
    }

    @Test("Each writer asks for room before its first byte", arguments: Writer.allCases)
    func asks(_ writer: Writer) async throws {
        try await TestService.run { assay async throws in
            try await assay.attest()
            try await assay.stores.recorder.follower.catchUp()
            assay.disk.set(255 << 20)
            if writer == .query {
                // Something to follow: an entry of the log's own.
                await assay.stores.recorder.summarize(
                    malformed: 1, rateLimited: 0, from: 0, to: assay.time.milliseconds)
            }
            try await Self.settled(assay)
            let before = try Self.files(assay)
            await #expect(throws: (any Error).self) { try await writer.write(assay) }
            #expect(try Self.files(assay) == before)
            assay.disk.set(1 << 40)
        }
    }

    /// Returns when what was written before is in its file.
    private static func settled(_ assay: TestService) async throws {
        let path = assay.surroundings.folder.path + "/data/evidence.db-wal"
        try await eventually("the write-ahead log of evidence.db is empty") {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.size] as? Int ?? 0 == 0
        }
    }

    // MARK: What goes on

    @Test("Read-only: no verdict, no challenge spent; the operator's acts and the log's own entries go on")
    func readOnly() async throws {
        try await TestService.run { assay async throws in
            let kept = try await assay.attest()
            let other = try await assay.attest(try TestWorld.quote(binding: [9]))
            assay.disk.set(255 << 20)
            let issued = assay.service.issueChallenge()
            let opened = try assay.service.openChallenge(issued.token)
            let size = assay.log.tree.size
            for _ in 0..<2 {
                do throws(ServiceFailure) {
                    let binding = CheckedBinding(expected: nil, nonce: nil, userData: nil, challenge: opened)
                    let submission = try CheckedSubmission(
                        quote: kept.judgement.submission.evidence.quote.bytes, binding: binding, adapter: .native,
                        in: assay.service.policies.current)
                    _ = try await assay.service.attest(submission, for: .client("local"))
                    Issue.record("a verdict without room for it")
                } catch {
                    guard case .notRecorded(let reason) = error else {
                        // A spent challenge would be told so the second time.
                        Issue.record("\(error)")
                        return
                    }
                    #expect(reason.code == "LOG_UNAVAILABLE" && reason.retryAfterSeconds == 30)
                    #expect(reason.sentence.contains("make room"))
                }
            }
            #expect(assay.log.tree.size == size)
            #expect(assay.log.condition.name == "read_only")
            // Purge, erase, rotate, and what is summed up.
            assay.time.advance(.seconds(1))
            #expect(try await assay.evidence.erase(other.judgement.identifier).quotes == 1)
            _ = try await assay.keys.rotate("ES256", at: assay.time.now)
            await assay.stores.recorder.summarize(malformed: 1, rateLimited: 0, from: 0, to: assay.time.milliseconds)
            _ = try await assay.evidence.purge()
            let kinds = try await assay.entries[Int(size)...].map(\.kind)
            #expect(kinds == ["purge", "key", "summary"])
            #expect(assay.log.condition.name == "read_only")
            assay.disk.set(1 << 40)
            try await Self.resumed(assay)
            #expect(try await assay.attest().decision == .accept)
        }
    }

    private static func resumed(_ assay: TestService) async throws {
        try await eventually("the log takes entries again") { assay.log.condition.takesEntries }
    }

    @Test(
        "Nothing free at all: the service starts, says what to do, and its entry of this start comes first afterwards")
    func nothingFree() async throws {
        let surroundings = try Surroundings()
        try await TestService.run(in: surroundings) { assay async throws in _ = try await assay.attest() }
        surroundings.disk.set(0)
        try await TestService.run(in: surroundings) { assay async throws in
            let size = assay.log.tree.size
            #expect(assay.log.condition.name == "read_only")
            #expect(assay.log.condition.reason?.contains("make room") == true)
            await #expect(throws: ServiceFailure.self) { try await assay.attest() }
            await assay.stores.recorder.summarize(malformed: 1, rateLimited: 0, from: 0, to: assay.time.milliseconds)
            #expect(assay.log.tree.size == size)
            _ = try await assay.log.reader.leaf(at: 0)
            surroundings.disk.set(1 << 40)
            try await Self.resumed(assay)
            #expect(try await assay.attest().decision == .accept)
            #expect(try await assay.entries[Int(size)...].map(\.kind).first == "restart")
        }
        #expect(try await surroundings.check().findings == [])
    }

    @Test("With what the ballast gives back, a start is written down, and so is what commands did")
    func notes() async throws {
        try await TestService.run { assay in
            let notes = assay.stores.state.notes
            assay.disk.set(Ballast.bytes)
            try await notes.set(start: StartMark(after: nil))
            try await notes.add(action: "recover.state", subject: "state.db")
            for act in try await notes.acts() { try await notes.remove(act) }
            #expect(try await notes.acts().isEmpty)
            #expect(try await notes.start() != nil)
            assay.disk.set(1 << 40)
        }
    }

    // MARK: A real one

    @Test(
        "A real disk of 256 MB, filled to its last byte and emptied again: nothing that was acknowledged is lost",
        .enabled(if: Tmpfs.canMount, "needs the right to mount a tmpfs"))
    func real() async throws {
        var made = try Surroundings()
        let folder = made.folder.path
        let disk = try Tmpfs(at: folder, megabytes: 256)
        defer { disk.unmount() }
        let reserve: Int64 = 64 << 20
        made.room = DiskRoom(folder: folder, reserve: reserve)
        let surroundings = made
        var settings = TestService.Settings()
        settings.archive = {
            $0.rejectBytesPerCaller = 1 << 40
            $0.rejectBytesPerDay = 1 << 40
            $0.rejectRetentionDays = 1
        }
        let acknowledged = try await TestService.run(settings, in: surroundings) { assay async throws in
            Ballast(folder: folder + "/data").keep(beside: reserve, surroundings.room)
            let results = try await Self.fill(assay)
            #expect(surroundings.room.freeBytes() < reserve)
            #expect(surroundings.room.freeBytes() > reserve / 2, "the reserve is left alone")
            await assay.stores.recorder.summarize(malformed: 1, rateLimited: 0, from: 0, to: assay.time.milliseconds)
            return results
        }
        #expect(acknowledged.count > 5)
        // Somebody else takes what is left.
        try disk.fill()
        #expect(surroundings.room.freeBytes() < 65_536)
        surroundings.time.advance(.seconds(2 * 86_400))
        try await TestService.run(settings, in: surroundings) { assay async throws in
            await #expect(throws: ServiceFailure.self) { try await assay.attest() }
            for result in acknowledged { #expect(try await assay.entry(of: result).jti == result.judgement.identifier) }
            // The ballast is room enough to make room.
            let free = surroundings.room.freeBytes()
            #expect(try await assay.evidence.purge() > 0)
            #expect(surroundings.room.freeBytes() > free + 16 << 20)
            try disk.empty()
            try await Self.resumed(assay)
            #expect(try await assay.attest().decision == .accept)
        }
        #expect(try await surroundings.check().findings == [])
    }

    /// Rejects with two megabytes each, until the service takes no more.
    private static func fill(_ assay: TestService) async throws -> [AttestationResult] {
        var results: [AttestationResult] = [try await assay.attest()]
        let quote = try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }
        for number in 0..<200 {
            var log = [UInt8](repeating: 0x5A, count: Limits.eventLogBytes)
            for position in log.indices where position % 3 == 0 { log[position] = UInt8(truncatingIfNeeded: number) }
            do throws(ServiceFailure) {
                let submission = try CheckedSubmission(
                    quote: quote, eventLog: log, adapter: .native, in: assay.service.policies.current)
                results.append(try await assay.service.attest(submission, for: .client("local")))
            } catch {
                guard case .notRecorded = error else { throw error }
                return results
            }
        }
        throw TestFailure("the disk does not fill")
    }
}

/// A file system of a bounded size, in memory; where the test may mount one.
struct Tmpfs {
    let path: String

    static let canMount: Bool = {
        guard let folder = try? ScratchFolder(), let disk = try? Tmpfs(at: folder.path, megabytes: 1) else {
            return false
        }
        disk.unmount()
        return true
    }()

    init(at path: String, megabytes: Int) throws {
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw TestFailure("mount: \(String(cString: strerror(errno)))")
        }
        self.path = path
    }

    /// To the last byte.
    func fill() throws {
        let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw TestFailure("filler") }
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 65_536)
        while write(descriptor, block, block.count) > 0 {}
    }

    func empty() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

    func unmount() { umount2(path, Int32(MNT_DETACH)) }
}
