import Appraisal
import AuditStore
import KeyCustody
import Logging
import MerkleLog
import Records
import ServiceSupport
import Testing
import Wire

@testable import AttestationService

/// What runs beside the requests, by a clock that only the test moves.
@Suite("In the background", .timeLimit(.minutes(10)))
struct BackgroundTests {
    /// Runs housekeeping while `body` moves the clock; it has ended when this returns.
    private static func housekeeping(
        _ assay: TestService, _ accesses: AccessTally = AccessTally(), _ body: () async throws -> Void
    ) async throws {
        let housekeeping = Housekeeping(
            service: assay.service, keys: assay.stores.keys, accesses: accesses,
            challengeLifetimeSeconds: TestService.challengeLifetimeSeconds,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await housekeeping.run() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        task.cancel()
        _ = await task.result
        try result.get()
    }

    /// A minute, and everything that is done then.
    private static func minute(_ assay: TestService) async throws {
        try await assay.time.sleeper(of: .seconds(60))
        assay.time.advance(.seconds(60))
        try await assay.time.sleeper(of: .seconds(60))
    }

    private static func summaries(_ assay: TestService) async throws -> [SummaryEntry] {
        try await assay.entries.compactMap { if case .summary(let entry) = $0 { entry } else { nil } }
    }

    @Test("Every minute what was turned away is summed up, and at the end what came since")
    func summaries() async throws {
        try await TestService.run { assay in
            let start = assay.time.milliseconds
            try await Self.housekeeping(assay) {
                assay.service.turnedAway.countMalformed()
                try await Self.minute(assay)
                #expect(try await Self.summaries(assay).map(\.malformed) == [1])
                try await Self.minute(assay)
                #expect(try await Self.summaries(assay).count == 1)
                assay.service.turnedAway.countRateLimited()
            }
            let found = try await Self.summaries(assay)
            #expect(found.map { [$0.malformed, $0.rateLimited] } == [[1, 0], [0, 1]])
            #expect(found.first?.fromMilliseconds == start && found.first?.toMilliseconds == start + 60_000)
            #expect(found.last?.fromMilliseconds == start + 120_000)
        }
    }

    @Test("A key that another process made is announced within a minute, and used from then on")
    func keys() async throws {
        try await TestService.run { assay in
            try await Self.housekeeping(assay) {
                try await Self.minute(assay)
                let ring = try assay.stores.keys.rotate(.es256, at: assay.time.now, overlapSeconds: 60)
                let name = try #require(ring.entries.last { $0.record.algorithm == .es256 }?.record.keyIdentifier)
                #expect(!assay.service.keySet.compactText.contains(name))
                try await Self.minute(assay)
                #expect(assay.service.keySet.compactText.contains(name))
                #expect(
                    try await assay.entries.contains {
                        if case .key(let entry) = $0 { entry.kid == name } else { false }
                    })
            }
        }
    }

    @Test("Every hour who read evidence is written down, and evidence whose time is over goes")
    func hour() async throws {
        var settings = TestService.Settings()
        settings.retentionDays = 1
        try await TestService.run(settings) { assay in
            let accesses = AccessTally()
            let result = try await assay.attest()
            assay.time.advance(.seconds(86_400 - 1_800))
            try await Self.housekeeping(assay, accesses) {
                accesses.add("anna", .bundle)
                for _ in 0..<59 { try await Self.minute(assay) }
                #expect(
                    try await assay.stores.recorder.archive.bytes(of: result.judgement.submission.evidence.sha256)
                        != nil)
                try await Self.minute(assay)
                #expect(
                    try await assay.stores.recorder.archive.bytes(of: result.judgement.submission.evidence.sha256)
                        == nil)
                let found = try await assay.entries.compactMap {
                    if case .access(let entry) = $0 { entry } else { nil }
                }
                #expect(found.map(\.who) == ["anna"])
            }
        }
    }

    @Test("Followers are woken by each change and by a heartbeat; who reads nothing for five of them is let go")
    func events() async throws {
        let time = TimeInHand(TestWorld.today)
        let events = VerdictEvents(time.clocks)
        func heartbeat() async throws {
            try await time.sleeper(of: .seconds(15))
            time.advance(.seconds(15))
            try await time.sleeper(of: .seconds(15))
        }
        let (reader, sleeper) = (try #require(events.subscribe()), try #require(events.subscribe()))
        #expect(events.count == 2 && !events.isFull)
        var wakes = reader.wakes.makeAsyncIterator()
        events.announce()
        #expect(await wakes.next() != nil)
        for number in 1...5 {
            try await heartbeat()
            #expect(await wakes.next() != nil)
            events.progressed(reader)
            #expect(events.count == (number < 5 ? 2 : 1))
        }
        var others = sleeper.wakes.makeAsyncIterator()
        // One wake-up that it never took, and then the end.
        #expect(await others.next() != nil)
        #expect(await others.next() == nil)
        events.end(reader)
        #expect(events.count == 0)
        let subscriptions = (0..<VerdictEvents.capacity).map { _ in events.subscribe() }
        #expect(subscriptions.allSatisfy { $0 != nil } && events.isFull && events.subscribe() == nil)
        events.close()
        #expect(events.count == 0 && events.subscribe() == nil)
    }
}
