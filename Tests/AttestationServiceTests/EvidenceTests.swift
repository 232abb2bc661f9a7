import Appraisal
import AuditStore
import MerkleLog
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// How long evidence is kept, by the service's clock: until its time is over, while it is held, or until it is erased.
@Suite("Evidence and its time", .timeLimit(.minutes(10)))
struct EvidenceTests {
    private static func purges(_ assay: TestService) async throws -> [PurgeEntry] {
        try await assay.entries.compactMap { if case .purge(let entry) = $0 { entry } else { nil } }
    }

    private static func isKept(_ assay: TestService, _ result: AttestationResult) async throws -> Bool {
        try await assay.stores.recorder.archive.bytes(of: result.judgement.submission.evidence.sha256) != nil
    }

    /// Three verdicts over three quotes.
    private static func verdicts(_ assay: TestService) async throws -> [AttestationResult] {
        var results: [AttestationResult] = []
        for byte in [UInt8(1), 2, 3] {
            results.append(try await assay.attest(try TestWorld.quote(binding: [UInt8](repeating: byte, count: 32))))
        }
        return results
    }

    @Test("When its time is over it goes, but what is held; the log says how many, and of when")
    func retention() async throws {
        var settings = TestService.Settings()
        settings.retentionDays = 30
        try await TestService.run(settings) { assay in
            let results = try await Self.verdicts(assay)
            try await assay.evidence.hold(results[1].judgement.identifier, true)
            assay.time.advance(.seconds(30 * 86_400))
            // To the millisecond: it is kept for thirty days, and goes after them.
            #expect(try await assay.evidence.purge() == 0)
            #expect(try await Self.purges(assay).isEmpty)
            assay.time.advance(.seconds(1))
            #expect(try await assay.evidence.purge() == 2)
            for (result, isKept) in zip(results, [false, true, false]) {
                #expect(try await Self.isKept(assay, result) == isKept)
            }
            let purge = try #require(try await Self.purges(assay).first)
            #expect(purge.count == 2 && purge.basis == .retention)
            #expect(purge.toMilliseconds == assay.time.milliseconds - 30 * 86_400_000)
            #expect(
                purge.setSHA256
                    == PurgeEntry.digest(of: [0, 2].map { results[$0].judgement.submission.evidence.sha256 }))
            #expect(try await assay.evidence.purge() == 0, "and once")
            try await assay.evidence.hold(results[1].judgement.identifier, false)
            #expect(try await assay.evidence.purge() == 1)
            // The entries stay.
            for result in results { #expect(try await assay.entry(of: result).verdict == .accept) }
        }
    }

    @Test("One verdict's evidence is erased unless it is held; another that rests on the same quote keeps it")
    func erasure() async throws {
        try await TestService.run { assay in
            let (first, second) = (try await assay.attest(), try await assay.attest())
            let name = first.judgement.identifier
            try await assay.evidence.hold(name, true)
            #expect(await outcome { try await assay.evidence.checkErasure(of: name) } == "held")
            #expect(await outcome { _ = try await assay.evidence.erase(name) } == "held")
            try await assay.evidence.hold(name, false)
            #expect(await outcome { try await assay.evidence.checkErasure(of: name) } == "done")
            #expect(try await assay.evidence.erase(name).quotes == 0)
            #expect(try await Self.isKept(assay, second))
            #expect(try await Self.purges(assay).isEmpty)
            #expect(try await assay.evidence.erase(second.judgement.identifier).quotes == 1)
            #expect(try await !Self.isKept(assay, second))
            #expect(try await Self.purges(assay).map(\.basis) == [.erasure])
            #expect(try await assay.entry(of: first).jti == name)
        }
    }

    @Test("What it rests on is kept for as long as a verdict that can be judged again")
    func shared() async throws {
        var settings = TestService.Settings()
        settings.retentionDays = 30
        try await TestService.run(settings) { assay in
            let archive = assay.stores.recorder.archive
            let early = try await assay.entry(of: try await assay.attest())
            assay.time.advance(.seconds(10 * 86_400))
            try await assay.attest()
            try await assay.stores.recorder.follower.catchUp()
            assay.time.advance(.seconds(25 * 86_400))
            _ = try await assay.evidence.purge()
            let manifest = try #require(early.collateralSHA256)
            #expect(try await archive.bytes(of: manifest) != nil)
            #expect(try await archive.bytes(of: early.policySHA256) != nil)
            assay.time.advance(.seconds(40 * 86_400))
            _ = try await assay.evidence.purge()
            #expect(try await archive.bytes(of: manifest) == nil)
            #expect(try await archive.bytes(of: early.policySHA256) == nil)
        }
    }

    @Test("Who read evidence, and how often: counted, and written down once")
    func accesses() async throws {
        try await TestService.run { assay in
            let tally = AccessTally()
            for _ in 0..<3 { tally.add("anna", .bundle) }
            tally.add("bert", .export)
            let from = assay.time.milliseconds
            assay.time.advance(.seconds(3_600))
            for _ in 0..<2 {
                await assay.stores.recorder.recordAccesses(tally.take(), from: from, to: assay.time.milliseconds)
            }
            let found = try await assay.entries.compactMap { if case .access(let entry) = $0 { entry } else { nil } }
            #expect(found.map { "\($0.who) \($0.what.rawValue) \($0.count)" } == ["anna bundle 3", "bert export 1"])
            #expect(found.allSatisfy { $0.fromMilliseconds == from && $0.toMilliseconds == from + 3_600_000 })
        }
    }

    @Test("What was turned away is summed up, and silence is no entry")
    func summary() async throws {
        try await TestService.run { assay in
            let turnedAway = assay.service.turnedAway
            turnedAway.countMalformed()
            turnedAway.countMalformed()
            turnedAway.countRateLimited()
            let now = assay.time.milliseconds
            for _ in 0..<2 {
                let counts = turnedAway.take()
                await assay.stores.recorder.summarize(
                    malformed: counts.malformed, rateLimited: counts.rateLimited, from: now - 60_000, to: now)
            }
            let found = try await assay.entries.compactMap { if case .summary(let entry) = $0 { entry } else { nil } }
            #expect(found.map { [$0.malformed, $0.rateLimited] } == [[2, 1]])
        }
    }
}
