import CollateralService
import DCAPFormats
import DCAPVerification
import GRDB
import PlatformSimulator
import ProcessSupport
import ServiceSupport
import Testing
import Wire

/// dcap 3.9.5 and 7.11: memory, store, refresh, and what is served when nobody answers.
@Suite("Collateral that is kept")
struct CacheTests {
    @Test("243: a thousand at once for a platform nobody has seen make one request per item")
    func singleFlight() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.slow(milliseconds: 300), for: [.tcbInfo], count: 1)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<1_000 { group.addTask { await arrangement.answer().set != nil } }
                for await isThere in group { #expect(isThere) }
            }
            for item in PCCSItem.allCases { #expect(pccs.count(item) == 1, "\(item)") }
            #expect(pccs.requests.count == 6)
        }
    }

    @Test("A thousand at once for a platform that nobody knows ask once too, and all hear the same")
    func singleFlightOfFailure() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.slow(milliseconds: 300), for: [.tcbInfo], count: 1)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases) { $0.failureRetentionSeconds = 60 }
            await withTaskGroup(of: ErrorCode?.self) { group in
                for _ in 0..<1_000 { group.addTask { await arrangement.answer(Arrangement.unknownKey).failure?.code } }
                for await code in group { #expect(code == .collateralNotFound) }
            }
            #expect(pccs.count(.tcbInfo) == 1)
        }
    }

    @Test("221: in date and nobody answers, also after a restart: served from what is held")
    func outage() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let before = try Arrangement(bases)
            let first = try #require(await before.answer().set)
            pccs.fail(.status(503, retryAfterSeconds: nil))
            let again = try before.restarted(bases)
            let second = try #require(await again.answer().set)
            #expect(second.fetched == first.fetched)
            #expect(second.service == bases[0])
            #expect(second.collateral.source == first.collateral.source)
            #expect(second.early != nil)
            // Younger than the refresh age: not even asked.
            #expect(pccs.requests.count == 6)
            // Older: asked, in vain, and still served.
            let later = TestWorld.now.advanced(bySeconds: 7 * 3_600)
            #expect(await again.answer(at: later).set?.fetched == first.fetched)
        }
    }

    @Test("222: past its date and nobody answers, it is served with its dates, by which the verdict says expired")
    func stale() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            #expect(await arrangement.answer().set != nil)
            pccs.fail(.status(503, retryAfterSeconds: nil))
            let late = TestWorld.now.advanced(bySeconds: 17 * 86_400)
            #expect(try #require(await arrangement.answer(at: late).set).collateral.nextUpdate <= late)
            let again = try arrangement.restarted(bases)
            #expect(try #require(await again.answer(at: late).set).collateral.nextUpdate <= late)
            // Without anything held there is nothing to serve.
            #expect(try await Arrangement(bases).answer(at: late).failure?.code == .collateralUnavailable)
        }
    }

    @Test("What is due is fetched again without anybody waiting, and replaced when it has come")
    func refreshAhead() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            #expect(await arrangement.answer().set != nil)
            let later = TestWorld.now.advanced(bySeconds: 7 * 3_600)
            // At once, from memory.
            #expect(arrangement.service.current(Arrangement.key, at: later) != nil)
            try await eventually("the set is replaced") { arrangement.service.sets.first?.set.fetched == later }
            #expect(pccs.count(.tcbInfo) == 2)
        }
    }

    @Test("A failure is remembered for a moment, so that it is not asked for over and over; 60 s at most")
    func failureRetention() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        pccs.fail(.status(404, retryAfterSeconds: nil))
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases) { $0.failureRetentionSeconds = 60 }
            for _ in 0..<5 { #expect(await arrangement.answer().failure?.code == .collateralNotFound) }
            #expect(pccs.count(.rootCRL) == 1)
        }
        #expect(CollateralSettings(services: [], failureRetentionSeconds: 3_600).failureRetentionSeconds == 60)
    }

    @Test("A row that somebody edits is not served: its digest, or Intel's signature, does not hold")
    func editedStore() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let before = try Arrangement(bases)
            #expect(await before.answer().set != nil)
            let database = try DatabaseQueue(path: before.folder.path + "/state.db")
            try await database.write { database in
                try database.execute(sql: "UPDATE document SET bytes = CAST(bytes || x'20' AS BLOB)")
            }
            pccs.fail(.status(503, retryAfterSeconds: nil))
            let arrangement = try before.restarted(bases)
            #expect(try await arrangement.service.stored(Arrangement.key, at: TestWorld.now) == nil)
            #expect(await arrangement.answer().failure?.code == .collateralUnavailable)
        }
    }

    @Test("Documents that no set uses any more are not kept for ever")
    func pruned() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            _ = try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now)
            let database = try DatabaseQueue(path: arrangement.folder.path + "/state.db")
            func count() async throws -> Int? {
                try await database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM document") }
            }
            let before = try await count()
            var catalogue = try TestWorld.catalogue
            let next = try TestWorld.world.recipe(for: .tdx15V5).aged(days: -1)
            try catalogue.add(next, update: .standard)
            pccs.replace(catalogue)
            _ = try await arrangement.service.fetch(Arrangement.key, at: TestWorld.now)
            #expect(try await count() == before)
        }
    }

    @Test("After stop nothing is fetched, and whoever waits hears so")
    func stop() async throws {
        let pccs = SimulatedPCCS(try TestWorld.catalogue)
        try await ServedPCCS.run([pccs]) { bases in
            let arrangement = try Arrangement(bases)
            arrangement.service.stop()
            #expect(await arrangement.answer().failure?.code == .collateralUnavailable)
            #expect(pccs.requests.isEmpty)
        }
    }
}
