import GRDB
import Testing
import Wire

@testable import StateStore

@Suite("Spent challenges")
struct SpentChallengeTests {
    private static let time = Instant(seconds: 1_790_000_000)
    private static let expires = time.advanced(bySeconds: 120)

    @Test("Each once, over restarts")
    func once() async throws {
        let folder = try StateFolder()
        var store = try folder.open()
        #expect(try await store.challenges.spend([1, 2], expires: Self.expires, at: Self.time))
        #expect(try await !store.challenges.spend([1, 2], expires: Self.expires, at: Self.time))
        store.close()
        store = try folder.open()
        #expect(try await !store.challenges.spend([1, 2], expires: Self.expires, at: Self.time))
        #expect(try await store.challenges.spend([1, 3], expires: Self.expires, at: Self.time))
    }

    @Test("A thousand at once: one is first")
    func race() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        let first = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 {
                group.addTask { try await store.challenges.spend([7], expires: Self.expires, at: Self.time) }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(first == 1)
    }

    @Test("Kept for a day after their end, and no longer")
    func forgotten() async throws {
        let folder = try StateFolder()
        let store = try folder.open()
        #expect(try await store.challenges.spend([1], expires: Self.expires, at: Self.time))
        for (seconds, isKept) in [(Int64(0), true), (1, false)] {
            let later = Self.expires.advanced(bySeconds: 86_400 + seconds)
            let end = later.advanced(bySeconds: 120)
            #expect(try await store.challenges.spend([2, UInt8(seconds)], expires: end, at: later))
            let count = try await store.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM spent_challenge WHERE nonce = x'01'")
            }
            #expect(count == (isKept ? 1 : 0))
        }
    }
}

@Suite("Webhook cursors")
struct WebhookCursorTests {
    @Test("Of each URL and log, over restarts; another log begins anew")
    func positions() async throws {
        let folder = try StateFolder()
        var store = try folder.open()
        let (one, other) = ("https://one.example/told", "https://other.example/told")
        #expect(try await store.webhooks.position(of: one, origin: "log") == nil)
        try await store.webhooks.set(7, of: one, origin: "log")
        try await store.webhooks.set(9, of: other, origin: "log")
        try await store.webhooks.set(8, of: one, origin: "log")
        store.close()
        store = try folder.open()
        #expect(try await store.webhooks.position(of: one, origin: "log") == 8)
        #expect(try await store.webhooks.position(of: other, origin: "log") == 9)
        #expect(try await store.webhooks.position(of: one, origin: "log of next year") == nil)
    }
}
