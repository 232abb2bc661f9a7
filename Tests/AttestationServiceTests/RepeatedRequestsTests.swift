import ServiceSupport
import Synchronization
import Testing
import Wire

@testable import AttestationService

/// The same request again under the same key: the same answer, once made, for ten minutes of the monotonic clock.
@Suite("Repeated requests", .timeLimit(.minutes(10)))
struct RepeatedRequestsTests {
    private struct Failure: Error, Hashable {}
    private typealias Requests = RepeatedRequests<Int, Failure>

    private static let anna = Principal.named("anna")

    private static func ask(
        _ requests: Requests, _ key: String, _ digest: [UInt8], _ tally: Tally, of caller: Principal = anna
    ) async -> String {
        do throws(RepetitionFailure) {
            guard let work = try requests.work(key, of: caller, digest, { () throws(Failure) in tally.add() }) else {
                return "no room"
            }
            let outcome = await work.outcome
            switch outcome.result {
            case .success(let number): return "\(number)" + (outcome.isKept ? "" : " not kept")
            case .failure: return "failed"
            }
        } catch {
            return "\(error)"
        }
    }

    /// Answers of ten bytes each.
    private static func requests(_ time: TimeInHand, memory: MemoryBudget = MemoryBudget(bytes: 1 << 20)) -> Requests {
        Requests(time.clocks, memory: memory) { _ in 10 }
    }

    @Test("Made once while it is kept; another request under the key is told so; another key is another request")
    func once() async throws {
        let (time, tally) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally())
        let requests = Self.requests(time)
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
        // Nobody gets another's answer, nor hears that there is one.
        #expect(await Self.ask(requests, "a", [2], tally, of: .client("192.0.2.1")) == "5")
        time.advance(.seconds(599))
        #expect(await Self.ask(requests, "a", [1], tally) == "1")
        time.advance(.seconds(1))
        #expect(await Self.ask(requests, "a", [2], tally) == "6")
    }

    @Test("Who asks while it is under way waits for it, and is known for a repeat")
    func underWay() async throws {
        let (time, tally, barrier) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally(), Barrier())
        let requests = Self.requests(time)
        let works = try (0..<20).map { _ in
            try #require(
                try requests.work("a", of: Self.anna, [1]) { () async throws(Failure) in
                    await barrier.wait()
                    return tally.add()
                })
        }
        await barrier.waiting(1)
        barrier.open()
        for work in works { #expect(await work.outcome.result == .success(1)) }
        #expect(tally.count == 1)
        #expect(works.map(\.isRepeat) == [false] + [Bool](repeating: true, count: 19))
    }

    @Test("A failure is not kept: the same may be tried again at once, and takes no room")
    func failures() async throws {
        let (time, tally, memory) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally(), MemoryBudget(bytes: 1 << 20))
        let requests = Self.requests(time, memory: memory)
        for _ in 0..<3_000 {
            let work = try #require(
                try requests.work("a", of: Self.anna, [1]) { () throws(Failure) in throw Failure() })
            let outcome = await work.outcome
            #expect(outcome.result == .failure(Failure()) && !outcome.isKept)
        }
        #expect(memory.reserved == 0)
        #expect(await Self.ask(requests, "a", [2], tally) == "1")
    }

    @Test(
        "Room is bytes: of one caller, of all, and what is over gives it back; what has no room is given, and says so")
    func room() async throws {
        // A quarter for what is kept, an eighth of that for one: 100 bytes, ten answers.
        let (time, tally, memory) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally(), MemoryBudget(bytes: 3_200))
        let requests = Self.requests(time, memory: memory)
        for number in 1...10 { #expect(await Self.ask(requests, "\(number)", [1], tally) == "\(number)") }
        #expect(await Self.ask(requests, "one more", [1], tally) == "11 not kept")
        #expect(await Self.ask(requests, "one more", [1], tally) == "12 not kept")
        #expect(await Self.ask(requests, "7", [1], tally) == "7")
        #expect(memory.reserved == 100)
        for other in 1...7 {
            for number in 0..<10 {
                let answer = await Self.ask(requests, "\(number)", [1], tally, of: .client("192.0.2.\(other)"))
                #expect(!answer.contains("not kept"))
            }
        }
        #expect(memory.reserved == memory.keptCapacity)
        #expect(await Self.ask(requests, "1", [1], tally, of: .client("192.0.2.8")).hasSuffix("not kept"))
        time.advance(.seconds(600))
        #expect(!(await Self.ask(requests, "one more", [1], tally).hasSuffix("not kept")))
        #expect(memory.reserved == 10)
    }

    @Test("Beyond so many keys a key promises nothing")
    func number() async throws {
        let (time, tally) = (TimeInHand(Instant(seconds: 1_768_435_200)), Tally())
        let requests = Self.requests(time)
        for number in 0..<2_048 { #expect(await Self.ask(requests, "\(number)", [1], tally) == "\(number + 1)") }
        #expect(await Self.ask(requests, "one more", [1], tally) == "no room")
        time.advance(.seconds(600))
        #expect(await Self.ask(requests, "one more", [1], tally) == "2049")
    }
}
