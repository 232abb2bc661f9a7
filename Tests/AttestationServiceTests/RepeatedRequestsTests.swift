import Synchronization
import Testing
import Wire

@testable import AttestationService

/// The same request again under the same key: the same answer, once made, for ten minutes of the monotonic clock.
@Suite("Repeated requests", .timeLimit(.minutes(10)))
struct RepeatedRequestsTests {
    private struct Failure: Error, Hashable {}

    private static func ask(
        _ requests: RepeatedRequests<Int, Failure>, _ key: String, _ digest: [UInt8], _ tally: Tally
    ) async -> String {
        do throws(RepetitionFailure) {
            guard let work = try requests.work(key, digest, { () throws(Failure) in tally.add() }) else {
                return "no room"
            }
            switch await work.value {
            case .success(let number): return "\(number)"
            case .failure: return "failed"
            }
        } catch {
            return "\(error)"
        }
    }

    @Test("Made once while it is kept; another request under the key is told so; another key is another request")
    func once() async throws {
        let (time, tally) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally())
        let requests = RepeatedRequests<Int, Failure>(time.clocks)
        #expect(await Self.ask(requests, "a", [1], tally) == "1")
        #expect(await Self.ask(requests, "a", [1], tally) == "1")
        #expect(await Self.ask(requests, "a", [2], tally) == "reused")
        #expect(await Self.ask(requests, "b", [1], tally) == "2")
        // A key is its bytes: two that look alike are two.
        #expect(await Self.ask(requests, "\u{E9}", [1], tally) == "3")
        #expect(await Self.ask(requests, "e\u{301}", [2], tally) == "4")
        for key in ["", String(repeating: "a", count: 256)] {
            #expect(await Self.ask(requests, key, [1], tally) == "keyLength(\(key.utf8.count))")
        }
        time.advance(.seconds(599))
        #expect(await Self.ask(requests, "a", [1], tally) == "1")
        time.advance(.seconds(1))
        #expect(await Self.ask(requests, "a", [2], tally) == "5")
        requests.forget("a")
        #expect(await Self.ask(requests, "a", [1], tally) == "6")
    }

    @Test("Who asks while it is under way waits for it")
    func underWay() async throws {
        let (time, tally, barrier) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally(), Barrier())
        let requests = RepeatedRequests<Int, Failure>(time.clocks)
        let works = try (0..<20).map { _ in
            try #require(
                try requests.work("a", [1]) { () async throws(Failure) in
                    await barrier.wait()
                    return tally.add()
                })
        }
        await barrier.waiting(1)
        barrier.open()
        for work in works { #expect(await work.value == .success(1)) }
        #expect(tally.count == 1)
    }

    @Test("Beyond its room a key promises nothing; what is over makes room")
    func room() async throws {
        let (time, tally) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally())
        let requests = RepeatedRequests<Int, Failure>(time.clocks)
        for number in 0..<2_048 { #expect(await Self.ask(requests, "\(number)", [1], tally) != "no room") }
        #expect(await Self.ask(requests, "one more", [1], tally) == "no room")
        #expect(await Self.ask(requests, "7", [1], tally) == "8")
        time.advance(.seconds(600))
        #expect(await Self.ask(requests, "one more", [1], tally) == "2049")
    }
}
