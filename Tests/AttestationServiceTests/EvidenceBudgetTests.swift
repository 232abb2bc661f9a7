import Appraisal
import AuditStore
import DCAPFormats
import Foundation
import GRDB
import MerkleLog
import PlatformSimulator
import Records
import ServiceSupport
import Testing
import Wire
import Words

@testable import AttestationService

/// How many bytes of evidence a caller, a day and the file may take: of rejects no more is kept then, accepts are not given.
@Suite("Budgets of evidence", .timeLimit(.minutes(10)))
struct EvidenceBudgetTests {
    private static let (one, other) = (Principal.client("192.0.2.1"), Principal.client("192.0.2.2"))

    /// A quote that does not verify, another for each number.
    private static func forged(_ number: Int) throws -> [UInt8] {
        var quote = try TestWorld.evidence().quote
        quote[600] = UInt8(truncatingIfNeeded: number)
        quote[601] = UInt8(truncatingIfNeeded: number >> 8)
        quote[700] ^= 1
        return quote
    }

    private static func isKept(_ assay: TestService, _ result: AttestationResult) async throws -> Bool {
        let entry = try await assay.entry(of: result)
        #expect(entry.isArchived != true, "it stands in an entry only where it is false")
        let bytes = try await assay.stores.recorder.archive.bytes(of: entry.evidenceSHA256)
        #expect((bytes != nil) == (entry.isArchived == nil), "the entry says what is")
        return bytes != nil
    }

    /// Rejects until one is not kept any more.
    private static func rejects(
        _ assay: TestService, _ numbers: Range<Int>, for caller: Principal
    ) async throws -> [Bool] {
        var kept: [Bool] = []
        for number in numbers {
            kept.append(try await isKept(assay, try await assay.attest(try forged(number), for: caller)))
        }
        return kept
    }

    @Test("Rejects of one caller: so many bytes of a day; another has his own, and tomorrow is another day")
    func caller() async throws {
        let bytes = Int64(try Self.forged(0).count) + 512
        var settings = TestService.Settings()
        settings.archive = { $0.rejectBytesPerCaller = 3 * bytes }
        let surroundings = try Surroundings()
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await Self.rejects(assay, 0..<5, for: Self.one) == [true, true, true, false, false])
            #expect(try await Self.rejects(assay, 10..<12, for: Self.other) == [true, true])
        }
        // What was spent is known to the next process.
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await Self.rejects(assay, 20..<21, for: Self.one) == [false])
            #expect(try await Self.rejects(assay, 30..<32, for: Self.other) == [true, false])
            // An accept is not their matter.
            #expect(try await assay.attest(for: Self.one).decision == .accept)
            assay.time.advance(.seconds(86_400))
            #expect(try await Self.rejects(assay, 40..<44, for: Self.one) == [true, true, true, false])
        }
    }

    @Test("Rejects of all callers together: so many bytes of a day, after a restart too")
    func day() async throws {
        let bytes = Int64(try Self.forged(0).count) + 512
        var settings = TestService.Settings()
        settings.archive = { $0.rejectBytesPerDay = 3 * bytes }
        let surroundings = try Surroundings()
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await Self.rejects(assay, 0..<2, for: Self.one) == [true, true])
            #expect(try await Self.rejects(assay, 10..<12, for: Self.other) == [true, false])
        }
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await Self.rejects(assay, 20..<21, for: .client("192.0.2.3")) == [false])
        }
    }

    @Test("Whoever asked is in no file: a hash of one day alone")
    func privacy() async throws {
        try await TestService.run { assay async throws in
            try await assay.attest(try Self.forged(0), for: .client("198.51.100.77"))
            try await assay.attest(for: .named("a-name-of-a-caller"))
            let folder = assay.surroundings.folder.path + "/data/"
            for file in ["evidence.db", "evidence.db-wal", "log.db", "log.db-wal", "state.db", "query.db"] {
                let bytes = (try? Data(contentsOf: URL(filePath: folder + file))) ?? Data()
                for text in ["198.51.100.77", "a-name-of-a-caller"] {
                    #expect(bytes.range(of: Data(text.utf8)) == nil, "\(file)")
                }
            }
        }
    }

    @Test(
        "Accepts of one caller: so many bytes of a day, then refused with the time when it is over; nothing is recorded"
    )
    func accepts() async throws {
        var settings = TestService.Settings()
        settings.archive = { $0.acceptBytesPerCaller = 40_000 }
        try await TestService.run(settings) { assay async throws in
            var count = 0
            var failure: ServiceFailure?
            while failure == nil, count < 100 {
                do throws(ServiceFailure) {
                    let submission = try assay.service.submission()
                    _ = try await assay.service.attest(submission, for: Self.one)
                    count += 1
                } catch {
                    failure = error
                }
            }
            #expect((1..<20).contains(count))
            guard case .notRecorded(let reason) = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(reason.retryAfterSeconds == 43_200)
            #expect(failure?.detail.english.contains("tomorrow") == true)
            let size = assay.log.tree.size
            #expect(try await assay.attest(for: Self.other).decision == .accept)
            #expect(assay.log.tree.size == size + 1)
        }
    }

    @Test("A file at its limit: rejects leave their hash alone, accepts are refused, and room makes it go on")
    func limit() async throws {
        let surroundings = try Surroundings()
        var settings = TestService.Settings()
        try await TestService.run(settings, in: surroundings) { assay async throws in _ = try await assay.attest() }
        settings.archive = { $0.mostBytes = 1 }
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await Self.rejects(assay, 0..<1, for: Self.one) == [false])
            let size = assay.log.tree.size
            do throws(ServiceFailure) {
                _ = try await assay.service.attest(try assay.service.submission(), for: Self.one)
                Issue.record("an accept without its evidence")
            } catch {
                #expect(error.detail.english.contains("has reached its limit"))
            }
            #expect(assay.log.tree.size == size)
        }
        settings.archive = { _ in }
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await assay.attest().decision == .accept)
        }
    }

    @Test("Rejects are kept for their own time, and no longer; the log says what went before it goes")
    func retention() async throws {
        try await TestService.run { assay async throws in
            let rejected = try await assay.attest(try Self.forged(0))
            let accepted = try await assay.attest()
            assay.time.advance(.seconds(30 * 86_400))
            #expect(try await assay.evidence.purge() == 0)
            assay.time.advance(.seconds(1))
            #expect(try await assay.evidence.purge() == 1)
            let archive = assay.stores.recorder.archive
            #expect(try await archive.bytes(of: rejected.judgement.submission.evidence.sha256) == nil)
            #expect(try await archive.bytes(of: accepted.judgement.submission.evidence.sha256) != nil)
        }
    }

    @Test("A retention that was shortened counts for what is stored already")
    func shortened() async throws {
        let surroundings = try Surroundings()
        var settings = TestService.Settings()
        try await TestService.run(settings, in: surroundings) { assay async throws in
            _ = try await assay.attest()
            surroundings.time.advance(.seconds(11 * 86_400))
            #expect(try await assay.evidence.purge() == 0)
        }
        settings.retentionDays = 10
        try await TestService.run(settings, in: surroundings) { assay async throws in
            #expect(try await assay.evidence.purge() == 1)
        }
    }

    @Test("What a purge deletes is given back to the disk")
    func space() async throws {
        try await TestService.run { assay async throws in
            let file = assay.surroundings.folder.path + "/data/evidence.db"
            func size() throws -> Int {
                try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
            }
            let before = assay.stores.recorder.archive.usedBytes
            let log = [UInt8](repeating: 0x5A, count: Limits.eventLogBytes)
            for number in 0..<6 {
                var bytes = log
                bytes[0] = UInt8(number)
                _ = try await assay.service.attest(
                    try CheckedSubmission(
                        quote: try TestWorld.quote { $0.quote.td?.tdAttributes |= 1 }, eventLog: bytes,
                        adapter: .native, in: assay.service.policies.current), for: Self.one)
            }
            #expect(assay.stores.recorder.archive.usedBytes > before + 6 * Int64(log.count))
            assay.time.advance(.seconds(31 * 86_400))
            _ = try await assay.evidence.purge()
            #expect(assay.stores.recorder.archive.usedBytes < before + 1 << 20)
            #expect(try size() < Int(before) + 1 << 20)
            let free = try await DatabaseQueue(path: file).read { try Int.fetchOne($0, sql: "PRAGMA freelist_count") }
            #expect(free == 0)
        }
    }
}

extension AttestationService {
    /// A healthy quote, checked as a door checks it.
    fileprivate func submission() throws(ServiceFailure) -> CheckedSubmission {
        guard let quote = try? TestWorld.evidence().quote else { throw .internal("no evidence") }
        return try CheckedSubmission(quote: quote, adapter: .native, in: policies.current)
    }
}
